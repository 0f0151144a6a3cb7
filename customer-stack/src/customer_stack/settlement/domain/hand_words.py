"""What people say about a payment, and what a file says that one person alone must not bring. Pure.

One person says it, another says so too. Whoever proposed the settlement does neither. Whoever released it
may be the second to say that it failed, never the first: a payment that is called failed is paid again.

A file is bytes that one person brings, and anybody can write such bytes. So only a whole payment counts at
once, from somebody who neither proposed nor released it. Everything else waits for a second person, who did
neither and names the SHA-256 of the file as they have it from the bank.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final
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
    MessageDiffers,
    ProposerCannotDecide,
    ReleaserCannotSay,
    SamePersonSaid,
    ShortfallWaits,
    WordDecided,
    WordExpired,
)

EXPIRES_AFTER_WORKING_DAYS: Final = 5
"""What people say by hand and nobody approves until then is void: it is said of what stood on that day."""


class HandOutcome(StrEnum):
    """What the second person said. The members of the type settlement_hand_outcome."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class HandWord:
    """What one person said, and what another made of it. `amount` in micro-dollars.

    `break_id`: the break that people have to end first, where more is missing than two people close.
    `message_id`, `message_digest`: the file that said it, and its SHA-256; None: a person said it.
    `is_expired`: nobody approved it in time.
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
    message_id: UUID | None = None
    message_digest: bytes | None = None
    is_expired: bool = False

    @property
    def is_waiting(self) -> bool:
        """Tell whether a second person may still say so too."""
        return self.outcome is None and not self.is_expired

    @property
    def content(self) -> tuple[Word, int, str | None]:
        """Return what makes it the same word said again."""
        return self.word, self.amount, self.bank_reference


@dataclass(frozen=True, slots=True)
class Checker:
    """The second person, the digest of the file as they have it, and whether a break is still open."""

    staff_id: UUID
    message_digest: bytes | None
    is_break_open: bool


def counts_at_once(settlement: Settlement, told: HandWord) -> bool:
    """Tell whether what a file says counts without a second person: all of a payment, brought by a third."""
    is_whole = told.word is Word.PAID and told.amount == settlement.outstanding
    return is_whole and told.proposed_by not in (settlement.instruction.proposed_by, settlement.released_by)


def loss_of(settlement: Settlement, said: HandWord) -> int:
    """Return the micro-dollars that a word would leave nowhere: neither paid, nor on its way, nor back."""
    match said.word:
        case Word.CLOSED_SHORT:
            return said.amount
        case Word.RETURNED:
            return settlement.total(Word.PAID) - said.amount
        case Word.PAID | Word.REFUSED:
            return 0


def require_loss_seen(settlement: Settlement, said: HandWord, limit: int) -> None:
    """Go on only when people saw what is missing above `limit`, as it is now. Raises ShortfallWaits."""
    is_old = any(one.said_at > said.proposed_at for one in settlement.words)
    if loss_of(settlement, said) > limit and (said.break_id is None or is_old):
        raise ShortfallWaits("More is missing now than when this was said. Reject it and say it anew.")


def require_maker(settlement: Settlement, word: Word, staff_id: UUID) -> None:
    """Go on only when this person may say it first. Raises ProposerCannotDecide, ReleaserCannotSay."""
    _refuse_proposer(settlement, staff_id)
    if word is not Word.PAID and staff_id == settlement.released_by:
        raise ReleaserCannotSay("You released this settlement. Another person says how it ended.")


def require_checker(settlement: Settlement, said: HandWord, checker: Checker) -> None:
    """Go on only when this person may say so too.

    Raises WordDecided, WordExpired, ProposerCannotDecide, SamePersonSaid, ReleaserCannotSay, MessageDiffers,
    ShortfallWaits.
    """
    require_undecided(said)
    if said.is_expired:
        raise WordExpired("Nobody approved this in time. Say it anew, if it still holds.")
    _refuse_proposer(settlement, checker.staff_id)
    if checker.staff_id == said.proposed_by:
        raise SamePersonSaid("You said this yourself. Another person has to say so too.")
    if said.message_id is not None:
        if checker.staff_id == settlement.released_by:
            raise ReleaserCannotSay(
                "You released this settlement. Another person says that the file is right."
            )
        if checker.message_digest != said.message_digest:
            raise MessageDiffers("Fetch the file from the bank yourself and give its SHA-256 as `digest`.")
    if checker.is_break_open:
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
