"""Wire shapes of words that people say about payments."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from customer_stack.edge.schemas import AmountText, Answer, Body
from customer_stack.settlement.domain.hand_words import HandWord
from customer_stack.settlement.schemas import ReasonText, ReferenceText
from shared.money import USD_SCALE, format_minor


class PaymentBody(Body):
    """The bank's word: which amount of USD moved under which reference."""

    amount: AmountText
    bank_reference: ReferenceText


class RefusalBody(Body):
    """Why the bank did not pay."""

    reason: ReasonText


class ReturnBody(PaymentBody):
    """The bank's word that a payment came back: how much of it, under which reference, why."""

    reason: ReasonText


class ShortfallBody(Body):
    """What did not arrive, and why it is closed."""

    amount: AmountText
    reason: ReasonText


class WordApprovalBody(Body):
    """`digest`: the SHA-256 of the bank's file as you have it, in hex, where a file said it."""

    digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$")] | None = None


class HandWordAnswer(Answer):
    """What a person, or a file, said. `state`: waits, expired, approved or rejected.

    `break_id`: a break that has to end first; `message_id`: the file of the bank that said it.
    """

    id: UUID
    settlement_id: UUID
    word: str
    amount: str
    bank_reference: str | None
    reason: str | None
    break_id: UUID | None
    message_id: UUID | None
    state: str
    proposed_by: UUID
    proposed_at: str
    decided_by: UUID | None
    decided_at: str | None


class HandWordsAnswer(Answer):
    """What people said about a payment: the newest two hundred."""

    items: list[HandWordAnswer]


def show_hand_word(said: HandWord) -> HandWordAnswer:
    """Return a word as staff sees it."""
    return HandWordAnswer(
        id=said.id,
        settlement_id=said.settlement_id,
        word=said.word.value,
        amount=format_minor(said.amount, USD_SCALE),
        bank_reference=said.bank_reference,
        reason=said.reason,
        break_id=said.break_id,
        message_id=said.message_id,
        state=_state(said),
        proposed_by=said.proposed_by,
        proposed_at=said.proposed_at.isoformat(),
        decided_by=said.decided_by,
        decided_at=None if said.decided_at is None else said.decided_at.isoformat(),
    )


def _state(said: HandWord) -> str:
    if said.outcome is not None:
        return said.outcome.value
    return "expired" if said.is_expired else "waits"
