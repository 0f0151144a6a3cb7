"""Where a settlement stands, and who may take it a step further. Pure.

Until its release a settlement is what people decide; after it, what the bank says. The state is never
stored: it follows from the decision, the release and the bank's words, in that order.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.settlement.domain.instruction import Instruction
from customer_stack.settlement.errors import (
    InstructionChanged,
    InstructionExpired,
    NotInThisState,
    ProposerCannotDecide,
)


class State(StrEnum):
    """Where a settlement stands.

    `partial`: a part is paid; `refused`: the bank did not pay; `returned`: what was paid came back.
    """

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"
    RELEASED = "released"
    PARTIAL = "partial"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    RETURNED = "returned"


class Step(StrEnum):
    """What a person, the clock or the bank does to a settlement."""

    APPROVE = "approve"
    REJECT = "reject"
    EXPIRE = "expire"
    RELEASE = "release"
    PAY_PART = "pay_part"
    PAY = "pay"
    REFUSE = "refuse"
    RETURN = "return"
    CLOSE = "close"


TRANSITIONS: Final[Mapping[tuple[State, Step], State]] = {
    (State.PROPOSED, Step.APPROVE): State.APPROVED,
    (State.PROPOSED, Step.REJECT): State.REJECTED,
    (State.PROPOSED, Step.EXPIRE): State.EXPIRED,
    (State.APPROVED, Step.REJECT): State.REJECTED,
    (State.APPROVED, Step.EXPIRE): State.EXPIRED,
    (State.APPROVED, Step.RELEASE): State.RELEASED,
    (State.RELEASED, Step.PAY_PART): State.PARTIAL,
    (State.RELEASED, Step.PAY): State.CONFIRMED,
    (State.RELEASED, Step.REFUSE): State.REFUSED,
    (State.PARTIAL, Step.PAY_PART): State.PARTIAL,
    (State.PARTIAL, Step.PAY): State.CONFIRMED,
    (State.PARTIAL, Step.RETURN): State.RETURNED,
    (State.PARTIAL, Step.CLOSE): State.CONFIRMED,
    (State.CONFIRMED, Step.RETURN): State.RETURNED,
    (State.CONFIRMED, Step.CLOSE): State.CONFIRMED,
    (State.RETURNED, Step.CLOSE): State.RETURNED,
}

PENDING: Final = frozenset({State.PROPOSED, State.APPROVED})
"""While a settlement stands here, the tenant has no other."""


class Word(StrEnum):
    """What a bank, or a person about the bank, said. The members of the type settlement_word."""

    PAID = "paid"
    REFUSED = "refused"
    RETURNED = "returned"
    CLOSED_SHORT = "closed_short"


@dataclass(frozen=True, slots=True)
class BankWord:
    """One word about a released settlement.

    `amount` in micro-dollars; `reopened` is what it adds to what we owe (negative: to what is owed to us).
    """

    word: Word
    amount: int
    reopened: int
    bank_reference: str | None
    reason: str | None
    said_by: str
    said_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """A proposal and what became of it.

    `kept_until`: a restore lost something after it was proposed, so it may have been paid: it does not expire
    before this, a day after a person has compared with the banks. None: nothing was lost.
    """

    instruction: Instruction
    digest: bytes
    decision: State | None = None
    decided_by: UUID | None = None
    reason: str | None = None
    decided_at: datetime | None = None
    proof: str | None = None
    released_by: UUID | None = None
    released_at: datetime | None = None
    release_transfer_id: UUID | None = None
    words: tuple[BankWord, ...] = ()
    kept_until: datetime | None = None

    @property
    def state(self) -> State:
        """Return where it stands, whatever the clock says."""
        if self.released_at is None:
            return self.decision or State.PROPOSED
        return state_of_words(self.instruction.amount, self.words)

    @property
    def bank_reference(self) -> str | None:
        """Return the reference of the newest payment."""
        return next((one.bank_reference for one in reversed(self.words) if one.word is Word.PAID), None)

    def total(self, word: Word) -> int:
        """Return the micro-dollars of all words of a kind."""
        return sum(one.amount for one in self.words if one.word is word)

    @property
    def outstanding(self) -> int:
        """Return what was released and neither paid nor closed; zero once it was refused or returned."""
        if self.state not in (State.RELEASED, State.PARTIAL):
            return 0
        return self.instruction.amount - self.total(Word.PAID)

    @property
    def loss(self) -> int:
        """Return what did not come back of a returned payment and no expense closed yet."""
        if self.state is not State.RETURNED:
            return 0
        return self.total(Word.PAID) - self.total(Word.RETURNED) - self.total(Word.CLOSED_SHORT)


def state_of_words(amount: int, words: Sequence[BankWord]) -> State:
    """Return the state that the bank's words, in their order, leave a release of `amount` in."""
    said = {one.word for one in words}
    paid = sum(one.amount for one in words if one.word is Word.PAID)
    if Word.RETURNED in said:
        return State.RETURNED
    if Word.REFUSED in said:
        return State.REFUSED
    if paid == amount or Word.CLOSED_SHORT in said:
        return State.CONFIRMED
    return State.PARTIAL if paid else State.RELEASED


def state_at(settlement: Settlement, now: datetime) -> State:
    """Return the state as the clock makes it: what is not released in time has expired."""
    valid_until, kept_until = settlement.instruction.valid_until, settlement.kept_until
    if settlement.state in PENDING and now >= max(valid_until, kept_until or valid_until):
        return State.EXPIRED
    return settlement.state


def next_state(state: State, step: Step) -> State:
    """Return the state after `step`. Raises NotInThisState."""
    following = TRANSITIONS.get((state, step))
    if following is None:
        raise NotInThisState(f"The settlement is {state.value}. Look at it again before you decide.")
    return following


def require_exact(settlement: Settlement, digest: bytes, now: datetime) -> None:
    """Go on only with this instruction, in its time. Raises InstructionExpired, InstructionChanged."""
    if state_at(settlement, now) is State.EXPIRED:
        raise InstructionExpired("The proposal has expired. Propose the settlement again.")
    if not digest == settlement.digest == settlement.instruction.digest:
        raise InstructionChanged("This is not the instruction that was proposed. Load it again and compare.")


def require_approval(settlement: Settlement, approver: UUID, digest: bytes, now: datetime) -> State:
    """Return APPROVED when `approver` may approve exactly this instruction now.

    Raises ProposerCannotDecide, InstructionExpired, InstructionChanged, NotInThisState.
    """
    if approver == settlement.instruction.proposed_by:
        raise ProposerCannotDecide("You proposed this settlement. Another person has to approve it.")
    require_exact(settlement, digest, now)
    return next_state(settlement.state, Step.APPROVE)


def require_release(settlement: Settlement, releaser: UUID, now: datetime) -> State:
    """Return RELEASED when `releaser` may release the approved instruction now.

    Raises ProposerCannotDecide, InstructionExpired, InstructionChanged, NotInThisState.
    """
    if releaser == settlement.instruction.proposed_by:
        raise ProposerCannotDecide("You proposed this settlement. Another person has to release it.")
    following = next_state(settlement.state, Step.RELEASE)
    require_exact(settlement, settlement.digest, now)
    return following
