"""Wire shapes of wallets."""

from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.ledger.domain import WalletEntry
from shared.ledger.domain import Balance
from shared.money import Currency, format_minor


class BalanceAnswer(Answer):
    """A wallet in one currency: posted = held + available."""

    currency: Currency
    posted: str
    held: str
    available: str


class WalletAnswer(Answer):
    """A customer's wallet."""

    balances: list[BalanceAnswer]


class EntryAnswer(Answer):
    """One change of a wallet."""

    version: int
    amount: str
    balance_after: str
    action: str
    kind: str
    transfer_id: UUID
    movement_id: UUID
    effective_at: str
    recorded_at: str


class EntriesAnswer(Answer):
    """A page of a wallet's history, newest first."""

    items: list[EntryAnswer]
    next_cursor: str | None


def show_balance(currency: Currency, balance: Balance) -> BalanceAnswer:
    """Return a balance with amounts as strings."""
    return BalanceAnswer(
        currency=currency,
        posted=format_minor(balance.posted, currency.scale),
        held=format_minor(balance.held, currency.scale),
        available=format_minor(balance.available(), currency.scale),
    )


def show_entry(currency: Currency, entry: WalletEntry) -> EntryAnswer:
    """Return an entry with amounts as strings."""
    return EntryAnswer(
        version=entry.version,
        amount=format_minor(entry.amount, currency.scale),
        balance_after=format_minor(entry.balance_after, currency.scale),
        action=entry.action,
        kind=entry.kind,
        transfer_id=entry.transfer_id,
        movement_id=entry.movement_id,
        effective_at=entry.effective_at.isoformat(),
        recorded_at=entry.recorded_at.isoformat(),
    )
