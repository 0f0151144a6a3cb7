"""What people say about a payment where the bank gives no file. Pure.

One person says it, another says so too. Whoever proposed the settlement does neither. Whoever released it
may be the second to say that it failed, never the first: a payment that is called failed is paid again.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.settlement.domain.closing import (
    Closing,
    NewId,
    Said,
    decide_payment,
    decide_refusal,
    decide_return,
    decide_short,
)
from customer_stack.settlement.domain.states import Settlement, Word
from customer_stack.settlement.errors import (
    ProposerCannotDecide,
    ReleaserCannotSay,
    SamePersonSaid,
    ShortfallWaits,
    WordDecided,
)


class HandOutcome(StrEnum):
    """What the second person said. The members of the type settlement_hand_outcome."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class HandWord:
    """What one person said, and what another made of it. `amount` in micro-dollars.

    `break_id`: the break that people have to end first, where more is missing than two people close.
    """

    id: UUID
    tenant_id: UUID
    settlement_id: UUID
    word: Word
    amount: int
    bank_reference: str | None
    reason: str | None
    proposed_by: UUID
    proposed_at: datetime
    break_id: UUID | None = None
    outcome: HandOutcome | None = None
    decided_by: UUID | None = None
    decided_at: datetime | None = None

    @property
    def content(self) -> tuple[Word, int, str | None]:
        """Return what makes it the same word said again."""
        return self.word, self.amount, self.bank_reference


def require_maker(settlement: Settlement, word: Word, staff_id: UUID) -> None:
    """Go on only when this person may say it first. Raises ProposerCannotDecide, ReleaserCannotSay."""
    _refuse_proposer(settlement, staff_id)
    if word is not Word.PAID and staff_id == settlement.released_by:
        raise ReleaserCannotSay("You released this settlement. Another person says how it ended.")


def require_checker(settlement: Settlement, said: HandWord, staff_id: UUID, *, is_break_open: bool) -> None:
    """Go on only when this person may say so too.

    Raises WordDecided, ProposerCannotDecide, SamePersonSaid, ShortfallWaits.
    """
    require_undecided(said)
    _refuse_proposer(settlement, staff_id)
    if staff_id == said.proposed_by:
        raise SamePersonSaid("You said this yourself. Another person has to say so too.")
    if is_break_open:
        raise ShortfallWaits(f"More is missing than is closed here. End break {said.break_id} first.")


def require_undecided(said: HandWord) -> None:
    """Go on only while it waits. Raises WordDecided."""
    if said.outcome is not None:
        raise WordDecided(f"This was {said.outcome.value} before. Look at the settlement again.")


def decide_word(settlement: Settlement, said: HandWord, at: datetime, new_id: NewId) -> Closing:
    """Return what the word does to the settlement now.

    Raises NotInThisState, PaymentDifferent, NothingShort.
    """
    told = Said(f"staff:{said.proposed_by}", at, said.bank_reference, said.reason)
    match said.word:
        case Word.PAID:
            return decide_payment(settlement, said.amount, told, new_id)
        case Word.REFUSED:
            return decide_refusal(settlement, told, new_id)
        case Word.RETURNED:
            return decide_return(settlement, said.amount, told, new_id)
        case Word.CLOSED_SHORT:
            return decide_short(settlement, said.amount, told, new_id)


def _refuse_proposer(settlement: Settlement, staff_id: UUID) -> None:
    if staff_id == settlement.instruction.proposed_by:
        raise ProposerCannotDecide("You proposed this settlement. Another person says how it ended.")
