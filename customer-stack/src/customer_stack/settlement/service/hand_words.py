"""Words by hand: one person says what the bank said, another says so too, and then it is posted.

What is missing beyond a limit is not closed so: it opens a break, and the second person can say so only once
people have ended that break.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.settlement import hand_store
from customer_stack.settlement.domain.hand_words import (
    HandOutcome,
    HandWord,
    decide_word,
    require_checker,
    require_maker,
    require_undecided,
)
from customer_stack.settlement.domain.states import Settlement, Word
from customer_stack.settlement.errors import HandWordNotFound, PaymentDifferent
from customer_stack.settlement.service.closing import (
    ClosingService,
    Difference,
    OpenBreak,
    PaymentBreak,
)
from customer_stack.settlement.service.desk import Desk
from shared.database import Transaction

HasEnded = Callable[[Transaction, UUID], Awaitable[bool]]
"""(tx, break) -> whether people ended it."""


@dataclass(frozen=True, slots=True)
class Breaks:
    """Where differences go, and whether people ended one."""

    open: OpenBreak
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

    def __init__(self, desk: Desk, closing: ClosingService, breaks: Breaks, short_limit: int) -> None:
        """Post through `closing`; what is missing above `short_limit` micro-dollars opens a break."""
        self._desk = desk
        self._closing = closing
        self._breaks = breaks
        self._short_limit = short_limit

    async def propose(self, officer: Officer, settlement_id: UUID, say: Say) -> HandWord:
        """Keep what one person says; said again while it waits or once it counts, it is the same.

        Raises SettlementNotFound, ProposerCannotDecide, ReleaserCannotSay, NotInThisState, PaymentDifferent,
        NothingShort.
        """
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            settlement = await self._desk.lock(tx, settlement_id)
            require_maker(settlement, say.word, officer.staff_id)
            now = self._desk.clock.now()
            said = self._build(officer, settlement, say, now)
            same = await self._find_same(tx, said)
            if same is not None:
                return same
            _refuse_known_reference(settlement, say)
            decide_word(settlement, said, now, self._desk.ids.new)
            if say.word is Word.CLOSED_SHORT and said.amount > self._short_limit:
                said = replace(said, break_id=await self._open_break(tx, settlement, said))
            await hand_store.insert(tx, said)
            await self._record(tx, settlement, "settlement.word_proposed", said, officer, now)
            return said

    async def approve(self, officer: Officer, settlement_id: UUID, word_id: UUID) -> Settlement:
        """Say so too, as another person: the word is posted. A repeat by the same person is harmless.

        Raises SettlementNotFound, HandWordNotFound, WordDecided, ProposerCannotDecide, SamePersonSaid,
        ShortfallWaits, NotInThisState, PaymentDifferent, NothingShort.
        """
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            settlement = await self._desk.lock(tx, settlement_id)
            said = await self._load(tx, settlement_id, word_id)
            if (said.outcome, said.decided_by) == (HandOutcome.APPROVED, officer.staff_id):
                return settlement
            is_open = said.break_id is not None and not await self._breaks.has_ended(tx, said.break_id)
            require_checker(settlement, said, officer.staff_id, is_break_open=is_open)
            now = self._desk.clock.now()
            closing = decide_word(settlement, said, now, self._desk.ids.new)
            await hand_store.insert_decision(tx, said, HandOutcome.APPROVED, officer.staff_id, now)
            return await self._closing.keep(tx, settlement, closing, (said.id, officer.actor))

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
            return await hand_store.load_all(tx, settlement_id)

    def _build(self, officer: Officer, settlement: Settlement, say: Say, now: datetime) -> HandWord:
        return HandWord(
            id=self._desk.ids.new(),
            tenant_id=settlement.instruction.tenant_id,
            settlement_id=settlement.instruction.id,
            word=say.word,
            amount=settlement.instruction.amount if say.amount is None else say.amount,
            bank_reference=say.bank_reference,
            reason=say.reason,
            proposed_by=officer.staff_id,
            proposed_at=now,
        )

    async def _find_same(self, tx: Transaction, said: HandWord) -> HandWord | None:
        """Return the same word where it waits; or where it counts, for one that has the bank's reference."""
        for known in await hand_store.load_all(tx, said.settlement_id):
            counts = known.outcome is HandOutcome.APPROVED and said.bank_reference is not None
            if known.content == said.content and (known.outcome is None or counts):
                return known
        return None

    async def _load(self, tx: Transaction, settlement_id: UUID, word_id: UUID) -> HandWord:
        said = await hand_store.load(tx, settlement_id, word_id)
        if said is None:
            raise HandWordNotFound("Nobody said this of the settlement. Look at its words.")
        return said

    async def _open_break(self, tx: Transaction, settlement: Settlement, said: HandWord) -> UUID:
        subject = f"settlement:{said.settlement_id}:short"
        amounts = settlement.instruction.amount, settlement.instruction.amount - said.amount
        return await self._breaks.open(
            tx, PaymentBreak(settlement, Difference.AMOUNT, subject, *amounts, said.proposed_at)
        )

    async def _record(
        self,
        tx: Transaction,
        settlement: Settlement,
        kind: str,
        said: HandWord,
        officer: Officer,
        now: datetime,
    ) -> None:
        body = {
            "hand_word": str(said.id),
            "word": said.word.value,
            "amount": said.amount,
            "bank_reference": said.bank_reference,
        }
        await self._desk.record(tx, settlement.instruction, kind, officer.actor, body, now)


def _refuse_known_reference(settlement: Settlement, say: Say) -> None:
    if say.bank_reference is None:
        return
    if any(one.bank_reference == say.bank_reference for one in settlement.words):
        raise PaymentDifferent("This reference of the bank is known already. Look at the settlement.")
