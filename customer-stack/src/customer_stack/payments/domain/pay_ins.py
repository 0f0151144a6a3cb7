"""What becomes of a pay-in. Pure.

Money flows, section 3.1: exactly as quoted and in time, it is converted; otherwise the whole amount waits
in LKR; what cannot be given to anybody lies in suspense. What the bank takes back leaves whoever has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.ids import Ids
from shared.ledger.domain import LKR, Balance, Movement, Posting, Transfer

GATEWAYS: Final = frozenset({"hosted-checkout"})
"""Providers that keep what was paid until they pay it to our bank, less their fee, as an acquirer does."""

_CONVERT: Final = "Ask for a conversion quote for what still waits in your wallet, or for a refund."


class PayInOutcome(StrEnum):
    """Where the money went."""

    CONVERTED = "converted"
    WAITING = "waiting"
    SUSPENSE = "suspense"


class PayInReason(StrEnum):
    """Why it went there."""

    AS_QUOTED = "as_quoted"
    QUOTE_EXPIRED = "quote_expired"
    QUOTE_CLOSED = "quote_closed"
    AMOUNT_SHORT = "amount_short"
    AMOUNT_OVER = "amount_over"
    UNKNOWN_REFERENCE = "unknown_reference"
    CUSTOMER_NOT_ACTIVE = "customer_not_active"
    DEBT_CLEARED = "debt_cleared"
    TAKEN_BACK = "taken_back"


@dataclass(frozen=True, slots=True)
class Notice:
    """A provider says that LKR arrived. `amount` in cents; `bank_reference` names the booking."""

    provider: str
    event_id: str
    bank_reference: str
    pay_reference: str
    amount: int
    payer_account: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class TakeBack:
    """A provider says that it took a pay-in back: `reversal_reference` is its name of that booking."""

    provider: str
    bank_reference: str
    reversal_reference: str
    amount: int
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One line of the bank's statement, LKR cents; negative where money left. `booked_at`: by the bank."""

    bank_reference: str
    amount: int
    booked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Statement:
    """The bank's account as the bank sees it: its balance, and every entry, oldest first."""

    balance: int
    entries: Sequence[StatementEntry]


@dataclass(frozen=True, slots=True)
class PayIn:
    """Money that arrived and what became of it."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    customer_id: UUID | None
    provider: str
    event_id: str
    bank_reference: str
    amount: int
    outcome: PayInOutcome
    reason: PayInReason
    quote_id: UUID | None
    conversion_id: UUID | None
    movement_id: UUID
    booked_at: datetime
    decided_at: datetime

    @property
    def place(self) -> Account:
        """Return where the money lies: at the bank, or with a gateway that owes it to us."""
        return Account.CARD_RECEIVABLE if self.provider in GATEWAYS else Account.COLLECTION

    @property
    def in_suspense(self) -> bool:
        """Tell whether the money came into the department's book."""
        return self.outcome is PayInOutcome.SUSPENSE or self.customer_id is None


@dataclass(frozen=True, slots=True)
class PayInStanding:
    """A pay-in and what happened to it since. `owner_id` is whose it is now, None while in suspense."""

    pay_in: PayIn
    owner_id: UUID | None
    is_taken_back: bool
    is_returned: bool
    refund_proposed_at: datetime | None

    @property
    def state(self) -> str:
        """Return where the money is, in one word."""
        if self.is_taken_back:
            return "taken_back"
        if self.is_returned:
            return "returned"
        if self.pay_in.outcome is PayInOutcome.SUSPENSE and self.owner_id is not None:
            return PayInOutcome.WAITING.value
        return self.pay_in.outcome.value

    @property
    def next_step(self) -> str:
        """Return what the customer does next."""
        match self.state:
            case "taken_back":
                return "The bank took it back. What is missing is owed, and later pay-ins settle it first."
            case "returned":
                return "It was sent back to the account that it came from."
            case "waiting" if self.refund_proposed_at is not None:
                return f"It has waited long. {_CONVERT}"
            case "waiting" if self.pay_in.outcome is PayInOutcome.SUSPENSE:
                return f"A person found out that it is yours. {_CONVERT}"
        return NEXT_STEPS[self.pay_in.reason]


OUTCOME_OF: Final[Mapping[PayInReason, PayInOutcome]] = {
    PayInReason.AS_QUOTED: PayInOutcome.CONVERTED,
    PayInReason.QUOTE_EXPIRED: PayInOutcome.WAITING,
    PayInReason.QUOTE_CLOSED: PayInOutcome.WAITING,
    PayInReason.AMOUNT_SHORT: PayInOutcome.WAITING,
    PayInReason.AMOUNT_OVER: PayInOutcome.WAITING,
    PayInReason.UNKNOWN_REFERENCE: PayInOutcome.SUSPENSE,
    PayInReason.CUSTOMER_NOT_ACTIVE: PayInOutcome.SUSPENSE,
    PayInReason.DEBT_CLEARED: PayInOutcome.WAITING,
    PayInReason.TAKEN_BACK: PayInOutcome.SUSPENSE,
}


def decide_pay_in(
    amount: int,
    quote: Quote | None,
    ended: QuoteOutcome | None,
    *,
    is_active: bool,
    now: datetime,
    owed: int = 0,
    is_taken_back: bool = False,
) -> PayInReason:
    """Judge `amount` LKR cents against the quote that its reference names, None when it names none.

    What the customer owes is paid first, so a quote is used only by somebody who owes nothing. What the
    bank took back before we heard of it goes to nobody.
    """
    if is_taken_back or quote is None:
        return PayInReason.TAKEN_BACK if is_taken_back else PayInReason.UNKNOWN_REFERENCE
    if not is_active:
        return PayInReason.CUSTOMER_NOT_ACTIVE
    if ended is QuoteOutcome.EXPIRED or (ended is None and now >= quote.expires_at):
        return PayInReason.QUOTE_EXPIRED
    if ended is not None or quote.purpose is not QuotePurpose.DEPOSIT:
        return PayInReason.QUOTE_CLOSED
    return _judge_amount(amount, quote, owed)


def _judge_amount(amount: int, quote: Quote, owed: int) -> PayInReason:
    if amount != quote.amount:
        return PayInReason.AMOUNT_SHORT if amount < quote.amount else PayInReason.AMOUNT_OVER
    return PayInReason.DEBT_CLEARED if owed > 0 else PayInReason.AS_QUOTED


def build_receipt(pay_in: PayIn, transfer_id: UUID) -> Movement:
    """D1: what arrived lies in its place, and in the customer's wallet or the department's suspense."""
    book_id = pay_in.department_id if pay_in.in_suspense else (pay_in.customer_id or pay_in.department_id)
    owner = Account.SUSPENSE if pay_in.in_suspense else Account.WALLET
    transfer = Transfer(
        id=transfer_id,
        movement_id=pay_in.movement_id,
        tenant_id=pay_in.tenant_id,
        book_id=book_id,
        kind=TransferKind.PAY_IN,
        effective_at=pay_in.decided_at,
        postings=(Posting(LKR, pay_in.place, owner, pay_in.amount, Action.INFLOW),),
    )
    return Movement(transfers=(transfer,))


@dataclass(frozen=True, slots=True)
class Sources:
    """From where a take-back takes, LKR cents. Either the department's suspense or the customer's book."""

    suspense: int = 0
    wallet: int = 0
    debt: int = 0


def decide_take_back(amount: int, *, in_suspense: bool, still_waits: bool, wallet: Balance) -> Sources:
    """Decide who bears what the bank took back.

    Suspense bears its own; LKR that still waits is taken where it lies, as far as nothing holds it; the rest,
    and all of what was converted, is owed. The wallet's floor is never broken.
    """
    if in_suspense:
        return Sources(suspense=amount)
    taken = max(0, min(amount, wallet.available())) if still_waits else 0
    return Sources(wallet=taken, debt=amount - taken)


def build_take_back(
    pay_in: PayIn, owner_id: UUID | None, sources: Sources, *, movement_id: UUID, ids: Ids, now: datetime
) -> Movement:
    """Post a take-back: the money is no more where it lay, and whoever bears it has less or owes."""
    parts = (
        (pay_in.department_id, Account.SUSPENSE, sources.suspense),
        (owner_id or pay_in.department_id, Account.WALLET, sources.wallet),
        (owner_id or pay_in.department_id, Account.DEBT, sources.debt),
    )
    return Movement(
        transfers=tuple(
            Transfer(
                id=ids.new(),
                movement_id=movement_id,
                tenant_id=pay_in.tenant_id,
                book_id=book_id,
                kind=TransferKind.PAY_IN_TAKEN_BACK,
                effective_at=now,
                postings=(Posting(LKR, account, pay_in.place, amount, Action.INFLOW_REVERT),),
            )
            for book_id, account, amount in parts
            if amount
        )
    )


NEXT_STEPS: Final[Mapping[PayInReason, str]] = {
    PayInReason.AS_QUOTED: "Nothing to do: the money was converted at the locked rate.",
    PayInReason.QUOTE_EXPIRED: f"It came after the rate had expired. {_CONVERT}",
    PayInReason.QUOTE_CLOSED: f"Its quote was used or replaced before. {_CONVERT}",
    PayInReason.AMOUNT_SHORT: f"It was less than the quote. {_CONVERT}",
    PayInReason.AMOUNT_OVER: f"It was more than the quote. {_CONVERT}",
    PayInReason.UNKNOWN_REFERENCE: "A person finds out whose money it is.",
    PayInReason.DEBT_CLEARED: f"Part of it paid what was owed, the rest waits. {_CONVERT}",
    PayInReason.TAKEN_BACK: "The bank took it back.",
    PayInReason.CUSTOMER_NOT_ACTIVE: "The account could not receive it. Contact support: a person decides.",
}
"""What the customer does next, by reason."""
