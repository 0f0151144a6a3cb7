"""What becomes of a pay-in. Pure.

Money flows, section 3.1: exactly as quoted and in time, it is converted; otherwise the whole amount waits
in LKR; what cannot be given to anybody lies in suspense.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.fx.domain.quotes import Quote, QuoteOutcome, QuotePurpose
from customer_stack.ledger.domain import Account, Action, TransferKind
from shared.ledger.domain import LKR, Movement, Posting, Transfer


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


@dataclass(frozen=True, slots=True)
class Notice:
    """The bank says that LKR arrived. `amount` in cents."""

    provider: str
    event_id: str
    bank_reference: str
    pay_reference: str
    amount: int
    payer_account: str
    booked_at: datetime


@dataclass(frozen=True, slots=True)
class StatementEntry:
    """One line of the bank's statement, LKR cents; negative where money left."""

    bank_reference: str
    amount: int


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


OUTCOME_OF: Final[Mapping[PayInReason, PayInOutcome]] = {
    PayInReason.AS_QUOTED: PayInOutcome.CONVERTED,
    PayInReason.QUOTE_EXPIRED: PayInOutcome.WAITING,
    PayInReason.QUOTE_CLOSED: PayInOutcome.WAITING,
    PayInReason.AMOUNT_SHORT: PayInOutcome.WAITING,
    PayInReason.AMOUNT_OVER: PayInOutcome.WAITING,
    PayInReason.UNKNOWN_REFERENCE: PayInOutcome.SUSPENSE,
    PayInReason.CUSTOMER_NOT_ACTIVE: PayInOutcome.SUSPENSE,
}


def decide_pay_in(
    amount: int, quote: Quote | None, ended: QuoteOutcome | None, *, is_active: bool, now: datetime
) -> PayInReason:
    """Judge `amount` LKR cents against the quote that its reference names, None when it names none."""
    if quote is None:
        return PayInReason.UNKNOWN_REFERENCE
    if not is_active:
        return PayInReason.CUSTOMER_NOT_ACTIVE
    if ended is QuoteOutcome.EXPIRED or (ended is None and now >= quote.expires_at):
        return PayInReason.QUOTE_EXPIRED
    if ended is not None or quote.purpose is not QuotePurpose.DEPOSIT:
        return PayInReason.QUOTE_CLOSED
    if amount == quote.amount:
        return PayInReason.AS_QUOTED
    return PayInReason.AMOUNT_SHORT if amount < quote.amount else PayInReason.AMOUNT_OVER


def build_receipt(pay_in: PayIn, transfer_id: UUID) -> Movement:
    """D1: what arrived lies at the bank and in the customer's wallet, or in the department's suspense."""
    in_suspense = pay_in.outcome is PayInOutcome.SUSPENSE or pay_in.customer_id is None
    book_id = pay_in.department_id if in_suspense else (pay_in.customer_id or pay_in.department_id)
    owner = Account.SUSPENSE if in_suspense else Account.WALLET
    transfer = Transfer(
        id=transfer_id,
        movement_id=pay_in.movement_id,
        tenant_id=pay_in.tenant_id,
        book_id=book_id,
        kind=TransferKind.PAY_IN,
        effective_at=pay_in.decided_at,
        postings=(Posting(LKR, Account.COLLECTION, owner, pay_in.amount, Action.INFLOW),),
    )
    return Movement(transfers=(transfer,))


_CONVERT: Final = "Ask for a conversion quote for the LKR in your wallet and accept its rate."

NEXT_STEPS: Final[Mapping[PayInReason, str]] = {
    PayInReason.AS_QUOTED: "Nothing to do: the money was converted at the locked rate.",
    PayInReason.QUOTE_EXPIRED: f"It came after the rate had expired. {_CONVERT}",
    PayInReason.QUOTE_CLOSED: f"Its quote was used or replaced before. {_CONVERT}",
    PayInReason.AMOUNT_SHORT: f"It was less than the quote. {_CONVERT}",
    PayInReason.AMOUNT_OVER: f"It was more than the quote. {_CONVERT}",
    PayInReason.UNKNOWN_REFERENCE: "A person finds out whose money it is.",
    PayInReason.CUSTOMER_NOT_ACTIVE: "The account could not receive it. Contact support: a person decides.",
}
"""What the customer does next, by reason."""
