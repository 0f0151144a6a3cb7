"""Wire shapes of words that people say about payments."""

from uuid import UUID

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


class HandWordAnswer(Answer):
    """What a person said. `state`: waits, approved or rejected; `break_id`: a break that has to end first."""

    id: UUID
    settlement_id: UUID
    word: str
    amount: str
    bank_reference: str | None
    reason: str | None
    break_id: UUID | None
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
        state="waits" if said.outcome is None else said.outcome.value,
        proposed_by=said.proposed_by,
        proposed_at=said.proposed_at.isoformat(),
        decided_by=said.decided_by,
        decided_at=None if said.decided_at is None else said.decided_at.isoformat(),
    )
