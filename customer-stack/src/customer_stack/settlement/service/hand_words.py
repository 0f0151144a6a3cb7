"""Words by hand: one person says what the bank said, another says so too, and then it is posted.

What a file says and must not count through one person waits here too. What is missing beyond a limit opens a
break of its own, and the second person can say so only once people have ended that break.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.settlement import hand_store, store
from customer_stack.settlement.domain.hand_words import (
    EXPIRES_AFTER_WORKING_DAYS,
    Checker,
    HandOutcome,
    HandWord,
    decide_word,
    loss_of,
    require_checker,
    require_loss_seen,
    require_maker,
    require_undecided,
)
from customer_stack.settlement.domain.states import Settlement, Word
from customer_stack.settlement.errors import HandWordNotFound, PaymentDifferent, WordWaits
from customer_stack.settlement.service.desk import Desk
from customer_stack.settlement.service.keeping import Difference, Keeping, Source
from customer_stack.working_days.domain import WorkingCalendar
from shared.database import Transaction

HasEnded = Callable[[Transaction, UUID], Awaitable[bool]]
"""(tx, break) -> whether people ended it."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What is missing above `short_limit` micro-dollars is a break first; days are those of `calendar`."""

    short_limit: int
    calendar: WorkingCalendar
    has_ended: HasEnded


@dataclass(frozen=True, slots=True)
class Say:
    """What a person says. `amount` None: all of it."""

    word: Word
    amount: int | None = None
    bank_reference: str | None = None
    reason: str | None = None


class HandWords:
    """What people say about payments, by two."""

    def __init__(self, desk: Desk, keeping: Keeping, rules: Rules) -> None:
        """Post through `keeping`, by `rules`."""
        self._desk = desk
        self._keeping = keeping
        self._rules = rules

    async def propose(self, officer: Officer, settlement_id: UUID, say: Say) -> HandWord:
        """Keep what one person says; said again while it waits or once it counts, it is the same.

        Raises SettlementNotFound, ProposerCannotDecide, ReleaserCannotSay, WordWaits, NotInThisState,
        PaymentDifferent, NothingShort.
        """
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            settlement = await self._desk.lock(tx, settlement_id)
            require_maker(settlement, say.word, officer.staff_id)
            said = self._build(officer, settlement, say)
            known = await self._load_all(tx, settlement_id)
            same = _find_same(known, said)
            if same is not None:
                return same
            if say.word is not Word.PAID and any(one.word is say.word and one.is_waiting for one in known):
                raise WordWaits("Another word of this kind waits. Approve or reject it first.")
            decide_word(settlement, said, said.proposed_at, self._desk.ids.new)
            return await self._keep_waiting(tx, settlement, said, officer)

    async def wait(self, tx: Transaction, officer: Officer, settlement: Settlement, told: HandWord) -> None:
        """Keep what a file says until a second person says so too; the book is locked, and the word fits.

        Raises PaymentDifferent.
        """
        known = await self._load_all(tx, told.settlement_id)
        if _find_same(known, told) is None:
            await self._keep_waiting(tx, settlement, told, officer)

    async def approve(
        self, officer: Officer, settlement_id: UUID, word_id: UUID, message_digest: bytes | None = None
    ) -> Settlement:
        """Say so too, as another person: the word is posted. A repeat by the same person is harmless.

        `message_digest`: the SHA-256 of the file, where a file said it.

        Raises SettlementNotFound, HandWordNotFound, WordDecided, WordExpired, ProposerCannotDecide,
        SamePersonSaid, ReleaserCannotSay, MessageDiffers, ShortfallWaits, NotInThisState, PaymentDifferent,
        NothingShort.
        """
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            settlement = await self._desk.lock(tx, settlement_id)
            said = await self._load(tx, settlement_id, word_id)
            if (said.outcome, said.decided_by) == (HandOutcome.APPROVED, officer.staff_id):
                return settlement
            is_open = said.break_id is not None and not await self._rules.has_ended(tx, said.break_id)
            require_checker(settlement, said, Checker(officer.staff_id, message_digest, is_open))
            now = self._desk.clock.now()
            closing = decide_word(settlement, said, now, self._desk.ids.new)
            require_loss_seen(settlement, said, self._rules.short_limit)
            await hand_store.insert_decision(tx, said, HandOutcome.APPROVED, officer.staff_id, now)
            source = Source(officer.actor, said.message_id, said.id)
            return await self._keeping.keep(tx, settlement, closing, source)

    async def reject(self, officer: Officer, settlement_id: UUID, word_id: UUID) -> HandWord:
        """Refuse what was said; whoever said it may take it back so. Raises HandWordNotFound, WordDecided."""
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            settlement = await self._desk.lock(tx, settlement_id)
            said = await self._load(tx, settlement_id, word_id)
            require_undecided(said)
            now = self._desk.clock.now()
            await hand_store.insert_decision(tx, said, HandOutcome.REJECTED, officer.staff_id, now)
            await self._record(tx, settlement, "settlement.word_rejected", said, officer, now)
            return await self._load(tx, settlement_id, word_id)

    async def list_words(self, tenant_id: UUID, settlement_id: UUID) -> tuple[HandWord, ...]:
        """Return what people said, newest first. Raises SettlementNotFound."""
        async with self._desk.database.transaction(tenant_id) as tx:
            await self._desk.load(tx, settlement_id)
            return await self._load_all(tx, settlement_id)

    def _build(self, officer: Officer, settlement: Settlement, say: Say) -> HandWord:
        return HandWord(
            id=self._desk.ids.new(),
            tenant_id=settlement.instruction.tenant_id,
            settlement_id=settlement.instruction.id,
            word=say.word,
            amount=settlement.instruction.amount if say.amount is None else say.amount,
            bank_reference=say.bank_reference,
            reason=say.reason,
            proposed_by=officer.staff_id,
            proposed_at=self._desk.clock.now(),
        )

    async def _keep_waiting(
        self, tx: Transaction, settlement: Settlement, said: HandWord, officer: Officer
    ) -> HandWord:
        reference = said.bank_reference
        if reference is not None and await store.find_reference(tx, reference) is not None:
            raise PaymentDifferent("This reference of the bank is known already. Look at the settlement.")
        loss = loss_of(settlement, said)
        if loss > self._rules.short_limit:
            # The word's own id is in the subject: the end of this break is about no other word.
            base = (
                settlement.total(Word.PAID) if said.word is Word.RETURNED else settlement.instruction.amount
            )
            break_id = await self._keeping.open(
                tx, settlement, Difference.AMOUNT, (base, base - loss), reference, about=f":short:{said.id}"
            )
            said = replace(said, break_id=break_id)
        await hand_store.insert(tx, said)
        await self._record(tx, settlement, "settlement.word_proposed", said, officer, said.proposed_at)
        return said

    async def _load(self, tx: Transaction, settlement_id: UUID, word_id: UUID) -> HandWord:
        said = await hand_store.load(tx, settlement_id, word_id)
        if said is None:
            raise HandWordNotFound("Nobody said this of the settlement. Look at its words.")
        return self._age(said)

    async def _load_all(self, tx: Transaction, settlement_id: UUID) -> tuple[HandWord, ...]:
        return tuple(self._age(each) for each in await hand_store.load_all(tx, settlement_id))

    def _age(self, said: HandWord) -> HandWord:
        """Say of a word by hand that it waited too long. What a file says stays what the bank said."""
        if said.outcome is not None or said.message_id is not None:
            return said
        until = self._rules.calendar.due_at(said.proposed_at, EXPIRES_AFTER_WORKING_DAYS)
        return replace(said, is_expired=self._desk.clock.now() >= until)

    async def _record(
        self,
        tx: Transaction,
        settlement: Settlement,
        kind: str,
        said: HandWord,
        officer: Officer,
        now: datetime,
    ) -> None:
        body: dict[str, Any] = {
            "hand_word": str(said.id),
            "word": said.word.value,
            "amount": said.amount,
            "bank_reference": said.bank_reference,
            "break_id": None if said.break_id is None else str(said.break_id),
            "message": None if said.message_id is None else str(said.message_id),
        }
        await self._desk.record(tx, settlement.instruction, kind, officer.actor, body, now)


def _find_same(known: tuple[HandWord, ...], said: HandWord) -> HandWord | None:
    """Return the same word where it waits; or where it counts, for one that has the bank's reference."""
    for one in known:
        counts = one.outcome is HandOutcome.APPROVED and said.bank_reference is not None
        if one.content == said.content and (one.is_waiting or counts):
            return one
    return None
