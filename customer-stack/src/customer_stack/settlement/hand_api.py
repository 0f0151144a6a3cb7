"""Staff routes on which people say what the bank said, where it gives no file: one, and then another."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.access.domain import Officer
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.settlement.domain.states import Word
from customer_stack.settlement.hand_schemas import (
    HandWordAnswer,
    HandWordsAnswer,
    PaymentBody,
    RefusalBody,
    ReturnBody,
    ShortfallBody,
    WordApprovalBody,
    show_hand_word,
)
from customer_stack.settlement.schemas import SettlementAnswer, show_settlement
from customer_stack.settlement.service.hand_words import HandWords, Say
from shared.money import USD_SCALE, to_minor

Reader = Annotated[StaffPrincipal, require("tenant.settlement.read", whole_tenant=True)]
Releaser = Annotated[StaffPrincipal, require("tenant.settlement.release", whole_tenant=True)]


def build_hand_router(words: HandWords) -> APIRouter:
    """Return the routes of words by hand."""
    router = APIRouter(prefix="/staff/settlements", tags=["settlement"])
    _add_sayings(router, words)

    @router.get("/{settlement_id}/words")
    async def list_words(settlement_id: UUID, staff: Reader) -> HandWordsAnswer:
        """Return what people said about the payment, newest first, and what others made of it."""
        found = await words.list_words(staff.tenant_id, settlement_id)
        return HandWordsAnswer(items=[show_hand_word(each) for each in found])

    @router.post("/{settlement_id}/words/{word_id}/approval")
    async def approve(
        settlement_id: UUID, word_id: UUID, staff: Releaser, body: WordApprovalBody | None = None
    ) -> SettlementAnswer:
        """Say so too, and let it be posted; never what you said yourself. A file's word needs its digest."""
        digest = None if body is None or body.digest is None else bytes.fromhex(body.digest)
        return show_settlement(await words.approve(_officer(staff), settlement_id, word_id, digest))

    @router.post("/{settlement_id}/words/{word_id}/rejection")
    async def reject(settlement_id: UUID, word_id: UUID, staff: Releaser) -> HandWordAnswer:
        """Refuse what was said, or take back what you said."""
        return show_hand_word(await words.reject(_officer(staff), settlement_id, word_id))

    return router


def _add_sayings(router: APIRouter, words: HandWords) -> None:
    @router.post("/{settlement_id}/payment", status_code=201)
    async def say_paid(settlement_id: UUID, body: PaymentBody, staff: Releaser) -> HandWordAnswer:
        """Say that the released payment was made, wholly or in part; it counts once another says so too."""
        say = Say(Word.PAID, _minor(body.amount), body.bank_reference)
        return show_hand_word(await words.propose(_officer(staff), settlement_id, say))

    @router.post("/{settlement_id}/refusal", status_code=201)
    async def say_refused(settlement_id: UUID, body: RefusalBody, staff: Releaser) -> HandWordAnswer:
        """Say that the bank did not pay: once another says so too, it is owed again."""
        say = Say(Word.REFUSED, reason=body.reason)
        return show_hand_word(await words.propose(_officer(staff), settlement_id, say))

    @router.post("/{settlement_id}/return", status_code=201)
    async def say_returned(settlement_id: UUID, body: ReturnBody, staff: Releaser) -> HandWordAnswer:
        """Say that a payment came back: once another says so too, it is owed again."""
        say = Say(Word.RETURNED, _minor(body.amount), body.bank_reference, body.reason)
        return show_hand_word(await words.propose(_officer(staff), settlement_id, say))

    @router.post("/{settlement_id}/shortfall", status_code=201)
    async def say_short(settlement_id: UUID, body: ShortfallBody, staff: Releaser) -> HandWordAnswer:
        """Say that what did not arrive is lost. Above a limit a break is opened, which has to end first."""
        say = Say(Word.CLOSED_SHORT, _minor(body.amount), reason=body.reason)
        return show_hand_word(await words.propose(_officer(staff), settlement_id, say))


def _minor(amount: str) -> int:
    return to_minor(Decimal(amount), USD_SCALE)


def _officer(staff: StaffPrincipal) -> Officer:
    return Officer(staff.tenant_id, staff.staff_id, staff.department_id)
