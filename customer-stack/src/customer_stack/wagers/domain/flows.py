"""What each event of a wager posts in the customer's book: F1-F3, S1, S2, R1, R2, R6 of the money flows.

Transfer ids are derived from the report's sequence, so a report that came again would collide with
itself in the database before it could post twice.

Guaranteed: every transfer touches one book; cost and fee of a fill are two transfers, and the hold is
captured in two parts; what a wallet lacks for a settlement fee becomes a debt, never a negative wallet.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from customer_stack.boundary_client.domain import Action
from customer_stack.ledger.domain import Account, TransferKind
from customer_stack.ledger.domain import Action as LedgerAction
from shared.ids import uuid_from_name
from shared.ledger.domain import USD, Capture, Close, Hold, Movement, Posting, Transfer


def movement_of(book_id: UUID, sequence: int) -> UUID:
    """Return the id of all that a report posts in a book."""
    return uuid_from_name(book_id, f"report:{sequence}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where and why something is posted: book, tenant, the report's sequence and business time."""

    tenant_id: UUID
    book_id: UUID
    sequence: int
    at: datetime
    movement_id: UUID = field(init=False)
    """The id of all that this report posts."""

    def __post_init__(self) -> None:
        """Name the movement once; each of the report's transfers asks for it."""
        object.__setattr__(self, "movement_id", movement_of(self.book_id, self.sequence))

    def transfer(self, part: str, kind: TransferKind, *postings: Posting) -> Transfer:
        """Build one transfer of this report; `part` tells it from the report's other transfers."""
        return Transfer(
            id=uuid_from_name(self.movement_id, part),
            movement_id=self.movement_id,
            tenant_id=self.tenant_id,
            book_id=self.book_id,
            kind=kind,
            effective_at=self.at,
            postings=postings,
        )


def cash_hold_id(wager_id: UUID) -> UUID:
    """Return the id of a sale's second hold: cash for fees that could exceed the proceeds."""
    return uuid_from_name(wager_id, "cash")


def build_holds(
    wager_id: UUID,
    tenant_id: UUID,
    book_id: UUID,
    action: Action,
    asset: int,
    quantity: int,
    max_total: int,
) -> tuple[Hold, ...]:
    """Reserve what a wager can take: money for a buy; contracts, and rarely cash, for a sale."""
    if action is Action.BUY:
        return (Hold(wager_id, tenant_id, book_id, USD, Account.WALLET, max_total, TransferKind.WAGER_BUY),)
    contracts = Hold(wager_id, tenant_id, book_id, asset, Account.POSITION, quantity, TransferKind.WAGER_SALE)
    if max_total == 0:
        return (contracts,)
    cash = Hold(
        cash_hold_id(wager_id),
        tenant_id,
        book_id,
        USD,
        Account.WALLET,
        max_total,
        TransferKind.WAGER_FEE,
    )
    return (contracts, cash)


def build_buy_fill(place: Place, hold_id: UUID, asset: int, quantity: int, cost: int, fee: int) -> Movement:
    """F1 and F2: contracts for money out of the hold; the fee is a second part of the hold."""
    fill = place.transfer(
        "fill",
        TransferKind.WAGER_BUY,
        Posting(USD, Account.WALLET, Account.EXECUTION, cost, LedgerAction.FILL),
        Posting(asset, Account.EXECUTION, Account.POSITION, quantity, LedgerAction.FILL),
    )
    transfers: tuple[Transfer, ...] = (fill,)
    captures: tuple[Capture, ...] = (Capture(hold_id, place.tenant_id, place.book_id, fill.id, cost),)
    if fee:
        charge = _charge(place, fee)
        transfers += (charge,)
        captures += (Capture(hold_id, place.tenant_id, place.book_id, charge.id, fee),)
    return Movement(transfers=transfers, captures=captures)


def build_sale_fill(
    place: Place, hold_id: UUID, asset: int, quantity: int, proceeds: int, fee: int
) -> Movement:
    """S1 and S2: contracts out of the hold for money; a fee beyond the proceeds uses the cash hold."""
    sale = place.transfer(
        "sale",
        TransferKind.WAGER_SALE,
        Posting(asset, Account.POSITION, Account.EXECUTION, quantity, LedgerAction.SALE),
        Posting(USD, Account.EXECUTION, Account.WALLET, proceeds, LedgerAction.SALE),
    )
    transfers: tuple[Transfer, ...] = (sale,)
    captures: tuple[Capture, ...] = (Capture(hold_id, place.tenant_id, place.book_id, sale.id, quantity),)
    if fee:
        charge = _charge(place, fee)
        transfers += (charge,)
        if fee > proceeds:
            cash = cash_hold_id(hold_id)
            captures += (Capture(cash, place.tenant_id, place.book_id, charge.id, fee - proceeds),)
    return Movement(transfers=transfers, captures=captures)


def _charge(place: Place, fee: int) -> Transfer:
    return place.transfer(
        "fee",
        TransferKind.WAGER_FEE,
        Posting(USD, Account.WALLET, Account.EXCHANGE_FEES, fee, LedgerAction.FEE),
    )


def build_release(
    tenant_id: UUID, book_id: UUID, wager_id: UUID, action: Action, *, exhausted: bool, has_cash_hold: bool
) -> Movement:
    """F3: end the holds of a wager; what they still reserve is free again."""
    reason = "exhausted" if exhausted else "released"
    closes: tuple[Close, ...] = (Close(wager_id, tenant_id, book_id, reason),)
    if action is Action.SELL and has_cash_hold:
        closes += (Close(cash_hold_id(wager_id), tenant_id, book_id, "released"),)
    return Movement(closes=closes)


def build_payout(place: Place, asset: int, quantity: int, amount: int) -> Movement:
    """R1 for a winner, R2 for a loser: the holding leaves the book, its value enters the wallet."""
    if amount == 0:
        lost = Posting(asset, Account.POSITION, Account.EXECUTION, quantity, LedgerAction.LOSS)
        return Movement(transfers=(place.transfer("loss", TransferKind.RESOLUTION_LOSS, lost),))
    paid = place.transfer(
        "payout",
        TransferKind.RESOLUTION_PAYOUT,
        Posting(asset, Account.POSITION, Account.EXECUTION, quantity, LedgerAction.PAYOUT),
        Posting(USD, Account.EXECUTION, Account.WALLET, amount, LedgerAction.PAYOUT),
    )
    return Movement(transfers=(paid,))


def build_settlement_fee(place: Place, amount: int, available: int) -> Movement:
    """R6: the fee out of the wallet; what the wallet lacks becomes a debt."""
    taken = min(amount, max(available, 0))
    transfers: tuple[Transfer, ...] = ()
    if taken:
        wallet = Posting(USD, Account.WALLET, Account.EXCHANGE_FEES, taken, LedgerAction.FEE)
        transfers += (place.transfer("settlement fee", TransferKind.SETTLEMENT_FEE, wallet),)
    if amount > taken:
        debt = Posting(USD, Account.DEBT, Account.EXCHANGE_FEES, amount - taken, LedgerAction.FEE)
        transfers += (place.transfer("settlement fee owed", TransferKind.SETTLEMENT_FEE, debt),)
    return Movement(transfers=transfers)


def build_debt_cover(place: Place, amount: int) -> Movement:
    """Advance to the wallet what it lacks for what is taken back: the customer owes it."""
    cover = Posting(USD, Account.DEBT, Account.WALLET, amount, LedgerAction.DEBT_COVER)
    return Movement(transfers=(place.transfer("debt cover", TransferKind.DEBT_COVER, cover),))


def build_debt_payment(place: Place, amount: int) -> Movement:
    """Pay what the customer owes out of what has just come into the wallet."""
    paid = Posting(USD, Account.WALLET, Account.DEBT, amount, LedgerAction.DEBT_CLEARANCE)
    return Movement(transfers=(place.transfer("debt clearance", TransferKind.DEBT_CLEARANCE, paid),))
