"""Payouts, what is posted for them, and what an answer means. Pure.

Money flows, section 10: W2 holds the gross amount; on the bank's yes W3 takes the net amount out of that hold
and W4 the fee; on its no the hold is released and nothing is charged; W5 takes back what W3 did, and W4 too
unless the terms say otherwise. A refund and a return have no fee.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutState
from customer_stack.payouts.errors import AmountOutOfBounds, AnswerContradicts, NotEnoughWaiting, TermsInvalid
from shared.errors import invariant
from shared.ids import Ids
from shared.ledger.domain import LKR, Capture, Close, Hold, Movement, Posting, Transfer
from shared.money import LKR_SCALE, format_minor

FIRST_PAUSE: Final = timedelta(milliseconds=500)
LONGEST_PAUSE: Final = timedelta(minutes=5)
HELD_AFTER: Final = timedelta(days=5)


class Purpose(StrEnum):
    """What a payout is for. The members of the database type payout_purpose."""

    WITHDRAWAL = "withdrawal"
    REFUND = "refund"
    SUSPENSE_RETURN = "suspense_return"


class Outcome(StrEnum):
    """How a payout was resolved. The members of the database type payout_outcome."""

    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    DENIED = "denied"


class HeldOutcome(StrEnum):
    """How the waiting ended. The members of the database type payout_held_outcome."""

    RELEASED = "released"
    DENIED = "denied"
    CANCELLED = "cancelled"


class TaskState(StrEnum):
    """What the provider is to be asked. The members of the database type payout_task_state."""

    TO_SEND = "to_send"
    SENT = "sent"
    HELD = "held"


class Standing(StrEnum):
    """How far a payout is, for whoever asked for it. Held: it waits for a decision of compliance."""

    HELD = "held"
    REQUESTED = "requested"
    SENT = "sent"
    PAID = "paid"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    DENIED = "denied"
    RETURNED = "returned"


KIND_OF: Final[Mapping[Purpose, TransferKind]] = {
    Purpose.WITHDRAWAL: TransferKind.WITHDRAWAL,
    Purpose.REFUND: TransferKind.REFUND,
    Purpose.SUSPENSE_RETURN: TransferKind.SUSPENSE_RETURN,
}

_CODE: Final = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:-")

_PREFIX: Final[Mapping[Purpose, str]] = {
    Purpose.WITHDRAWAL: "WD",
    Purpose.REFUND: "RF",
    Purpose.SUSPENSE_RETURN: "SR",
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a department asks of withdrawals, LKR cents. `is_fee_returned`: also when the bank pays back."""

    version: int
    fee: int
    minimum_amount: int
    maximum_amount: int
    is_fee_returned: bool


@dataclass(frozen=True, slots=True)
class Payout:
    """An order to pay `amount` LKR cents; `fee` comes on top, out of the same hold."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    customer_id: UUID | None
    purpose: Purpose
    provider: str
    amount: int
    fee: int
    is_fee_returned: bool
    reference: str
    account_id: UUID | None
    pay_in_id: UUID | None
    quote_id: UUID | None
    conversion_id: UUID | None
    hold_id: UUID | None
    requested_by: str
    requested_at: datetime

    @property
    def gross(self) -> int:
        """Return what the payout takes in all."""
        return self.amount + self.fee

    @property
    def book_id(self) -> UUID:
        """Return whose money it is: the customer's, or the department's suspense."""
        return self.customer_id or self.department_id


@dataclass(frozen=True, slots=True)
class PayoutStanding:
    """A payout and how far it is."""

    payout: Payout
    task: TaskState | None = None
    outcome: Outcome | None = None
    bank_reference: str | None = None
    reason: str | None = None
    resolved_at: datetime | None = None
    movement_id: UUID | None = None
    fee_movement_id: UUID | None = None
    return_reference: str | None = None
    returned_at: datetime | None = None
    is_held: bool = False
    held_end: HeldOutcome | None = None

    @property
    def state(self) -> Standing:
        """Return how far it is in one word."""
        if self.returned_at is not None:
            return Standing.RETURNED
        if self.outcome is not None:
            return Standing(self.outcome.value)
        if self.is_held:
            return Standing.HELD
        return Standing.REQUESTED if self.task is TaskState.TO_SEND else Standing.SENT


class Step(StrEnum):
    """What an answer makes us do."""

    NOTHING = "nothing"
    PAY = "pay"
    REFUSE = "refuse"
    RETURN = "return"
    PAY_AND_RETURN = "pay_and_return"


def require_terms(terms: Terms) -> None:
    """Refuse terms that contradict themselves. Raises TermsInvalid."""
    if not 0 <= terms.fee < terms.minimum_amount <= terms.maximum_amount:
        raise TermsInvalid("Give a fee below minimum_amount, and a minimum_amount not above maximum_amount.")


def decide_gross(*, asked: int | None, arriving: int, free: int, owed: int) -> int:
    """Return how much LKR a withdrawal takes, after what is owed was paid out of the wallet.

    `arriving` comes by the conversion of a quote, of which all that is left goes; without one, `asked` names
    the amount. Raises NotEnoughWaiting.
    """
    left = free + arriving - max(0, min(owed, free + arriving))
    if asked is None:
        return min(arriving, left)
    if asked > left:
        raise NotEnoughWaiting("Less LKR waits in your wallet than that. Choose a smaller amount.")
    return asked


def decide_net(gross: int, terms: Terms) -> int:
    """Return what is left of `gross` for the receiver. Raises AmountOutOfBounds."""
    if not terms.minimum_amount <= gross <= terms.maximum_amount:
        raise AmountOutOfBounds(
            f"One payout is between LKR {format_minor(terms.minimum_amount, LKR_SCALE)} and "
            f"LKR {format_minor(terms.maximum_amount, LKR_SCALE)}. Choose an amount in between."
        )
    return gross - terms.fee


def reference_of(purpose: Purpose, payout_id: UUID) -> str:
    """Return what the receiver reads on the statement."""
    return f"{_PREFIX[purpose]}{payout_id.hex[-16:].upper()}"


def pause_after(attempts: int, waited: timedelta) -> timedelta | None:
    """Return when to ask the provider again; None: a person has to ask."""
    if waited >= HELD_AFTER:
        return None
    doubled: int = 2 ** min(max(attempts - 1, 0), 16)
    return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


_STEPS: Final[Mapping[tuple[PayoutState, Outcome | None], Step]] = {
    (PayoutState.PAID, None): Step.PAY,
    (PayoutState.REFUSED, None): Step.REFUSE,
    (PayoutState.RETURNED, None): Step.PAY_AND_RETURN,
    (PayoutState.PAID, Outcome.PAID): Step.NOTHING,
    (PayoutState.REFUSED, Outcome.REFUSED): Step.NOTHING,
    (PayoutState.RETURNED, Outcome.PAID): Step.RETURN,
}


def decide_step(standing: PayoutStanding, answer: PayoutAnswer) -> Step:
    """Judge an answer against what is known; answers overtake each other and come again.

    Raises AnswerContradicts: money moved, or did not, against what the provider said before, or of what it
    was never told.
    """
    if answer.state is PayoutState.PENDING:
        return Step.NOTHING
    step = _STEPS.get((answer.state, standing.outcome))
    if step is None or standing.is_held:
        raise AnswerContradicts(
            "The provider contradicts what it said before. Ask it, then correct the books."
        )
    if step is Step.RETURN and standing.returned_at is not None:
        return Step.NOTHING
    return step


def tidy_reason(text: str | None) -> str | None:
    """Return a provider's reason as a code: no blanks, no names of people that a sentence could hold."""
    if not text:
        return None
    return "".join(character if character in _CODE else "_" for character in text)[:64]


def build_hold(payout: Payout) -> Movement:
    """W2: the gross amount is reserved until the provider says yes or no."""
    invariant(payout.hold_id is not None, "what a customer pays out is held")
    if payout.hold_id is None:
        return Movement()
    hold = Hold(
        id=payout.hold_id,
        tenant_id=payout.tenant_id,
        book_id=payout.book_id,
        asset=LKR,
        account=Account.WALLET,
        amount=payout.gross,
        purpose=KIND_OF[payout.purpose],
    )
    return Movement(holds=(hold,))


def build_payment(payout: Payout, movement_id: UUID, *, ids: Ids, now: datetime) -> Movement:
    """W3, and the same for a refund and a return: the money left the bank."""
    owner = Account.SUSPENSE if payout.customer_id is None else Account.WALLET
    posting = Posting(LKR, owner, Account.COLLECTION, payout.amount, Action.OUTFLOW)
    paid = _transfer(payout, payout.book_id, KIND_OF[payout.purpose], movement_id, posting, ids, now)
    return Movement(transfers=(paid,), captures=_capture(payout, paid, payout.amount))


def build_fee(payout: Payout, movement_id: UUID, *, ids: Ids, now: datetime) -> Movement:
    """W4: the fee leaves the wallet for the department. A movement of its own, so that it can stay."""
    if payout.fee == 0:
        return Movement()
    kind = TransferKind.WITHDRAWAL_FEE
    given = Posting(LKR, Account.WALLET, Account.DESK, payout.fee, Action.FEE)
    taken = Posting(LKR, Account.DESK, Account.PAYOUT_FEE_REVENUE, payout.fee, Action.FEE)
    customer = _transfer(payout, payout.book_id, kind, movement_id, given, ids, now)
    department = _transfer(payout, payout.department_id, kind, movement_id, taken, ids, now)
    return Movement(transfers=(customer, department), captures=_capture(payout, customer, payout.fee))


def build_end(payout: Payout, *, is_paid: bool) -> Movement:
    """End the hold: used up by a yes, free again by a no."""
    if payout.hold_id is None:
        return Movement()
    reason = "exhausted" if is_paid else "released"
    return Movement(closes=(Close(payout.hold_id, payout.tenant_id, payout.book_id, reason),))


def _capture(payout: Payout, transfer: Transfer, amount: int) -> tuple[Capture, ...]:
    if payout.hold_id is None:
        return ()
    return (Capture(payout.hold_id, payout.tenant_id, payout.book_id, transfer.id, amount),)


def _transfer(
    payout: Payout,
    book_id: UUID,
    kind: TransferKind,
    movement_id: UUID,
    posting: Posting,
    ids: Ids,
    now: datetime,
) -> Transfer:
    return Transfer(
        id=ids.new(),
        movement_id=movement_id,
        tenant_id=payout.tenant_id,
        book_id=book_id,
        kind=kind,
        effective_at=now,
        postings=(posting,),
    )
