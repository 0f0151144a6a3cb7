"""What the bank says closes a settlement; payments that are late are noticed.

Words come from files of the bank with our USD account, or from two people where a bank gives none
(`hand_words.py`). A file is taken whole in one transaction. Of what it says whole payments count at once: the
rest waits for a second person. What contradicts our books is posted nowhere: it becomes a break, and a
person looks at it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from prometheus_client import Gauge

from customer_stack.access.domain import Officer
from customer_stack.bank_files.domain.reading import read_message
from customer_stack.bank_files.domain.values import BankMessage
from customer_stack.settlement import hand_store, message_store, store
from customer_stack.settlement.domain.hand_words import (
    EXPIRES_AFTER_WORKING_DAYS,
    HandWord,
    counts_at_once,
    decide_word,
)
from customer_stack.settlement.domain.messages import AppliedEntry, EntryOutcome, ImportedMessage
from customer_stack.settlement.domain.states import Settlement, State, Word
from customer_stack.settlement.domain.words import Told, read_words, word_of
from customer_stack.settlement.errors import MessageAltered, PaymentUnclear, RouteMissing
from customer_stack.settlement.service.desk import Desk
from customer_stack.settlement.service.hand_words import HandWords
from customer_stack.settlement.service.keeping import Difference, Keeping, Source
from customer_stack.working_days.domain import WorkingCalendar
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.errors import Refusal
from shared.ledger import store as ledger
from shared.money import Currency

LATE_AFTER_WORKING_DAYS: Final = 2
NOTICED_AT_ONCE: Final = 200
BY_HAND: Final = timedelta(days=30)
"""Longer than any word by hand waits before it is void."""

_log = structlog.get_logger(__name__)
_in_transit = Gauge("settlement_in_transit", "Released settlements that are not wholly paid.")
_oldest = Gauge("settlement_in_transit_oldest_seconds", "Since the oldest of them was released.")
_late = Gauge("settlement_late", "Of them, those that took longer than they may.")
_words = Gauge("settlement_words_waiting", "Words of banks that no second person decided on.", ("said_by",))
_words_oldest = Gauge(
    "settlement_words_waiting_oldest_seconds", "Since the oldest of them was said.", ("said_by",)
)

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


class ClosingService:
    """Words of banks, applied."""

    def __init__(
        self,
        desk: Desk,
        keeping: Keeping,
        words: HandWords,
        all_tenants: AllTenants,
        calendar: WorkingCalendar,
    ) -> None:
        """Keep words through `keeping`, or let them wait in `words`; count lateness by `calendar`."""
        self._desk = desk
        self._keeping = keeping
        self._words = words
        self._all_tenants = all_tenants
        self._calendar = calendar

    async def import_message(self, officer: Officer, raw: bytes) -> ImportedMessage:
        """Take a message of the bank with our USD account whole; the same message again changes nothing.

        Raises RouteMissing, FileInvalid, FileTooLarge, OtherAccount, BalancesDisagree, MessageAltered.
        """
        if self._desk.route is None:
            raise RouteMissing("Configure our USD account first (CUSTOMER_USD_ACCOUNT_...).")
        number = self._desk.route.ours.number
        message = await asyncio.to_thread(read_message, raw, number, Currency.USD)
        digest = hashlib.sha256(raw).digest()
        async with self._desk.database.transaction(officer.tenant_id) as tx:
            department_id = await self._desk.root_department(tx, officer.tenant_id)
            await ledger.lock_books(tx, [department_id])
            known = await message_store.find_message(tx, message.message_id)
            if known is not None:
                if known[1] != digest:
                    raise MessageAltered(
                        "This message came before with other bytes. Ask the bank which is right."
                    )
                return await message_store.load_message(tx, known[0])
            return await self._take(tx, officer, message, digest)

    async def notice_late(self) -> int:
        """Measure what is on its way and which words wait; open a break for what took too long.

        The timer's use case.
        """
        now, tenants = self._desk.clock.now(), await self._all_tenants()
        async with self._desk.database.transaction(*tenants) as tx:
            waiting = await store.load_in_transit(tx, now, NOTICED_AT_ONCE)
            words = await hand_store.load_waiting(tx, now - BY_HAND, NOTICED_AT_ONCE)
        self._show_words(words, now)
        released = [one.released_at for one in waiting if one.released_at is not None]
        late = [one for one in waiting if self._is_late(one, now)]
        _in_transit.set(len(waiting))
        _late.set(len(late))
        _oldest.set((now - min(released)).total_seconds() if released else 0)
        return sum([await self._notice(one.instruction.tenant_id, one.instruction.id) for one in late])

    def _show_words(self, words: Sequence[tuple[bool, datetime]], now: datetime) -> None:
        """Show how many words of files and of people wait, and since when; expired ones do not."""
        for said_by in ("file", "hand"):
            since = [
                said_at
                for is_file, said_at in words
                if is_file is (said_by == "file")
                and (is_file or now < self._calendar.due_at(said_at, EXPIRES_AFTER_WORKING_DAYS))
            ]
            _words.labels(said_by).set(len(since))
            _words_oldest.labels(said_by).set((now - min(since)).total_seconds() if since else 0)

    def _is_late(self, settlement: Settlement, now: datetime) -> bool:
        if settlement.released_at is None:
            return False
        return now >= self._calendar.due_at(settlement.released_at, LATE_AFTER_WORKING_DAYS)

    async def _notice(self, tenant_id: UUID, settlement_id: UUID) -> bool:
        async with self._desk.database.transaction(tenant_id) as tx:
            settlement = await self._desk.lock(tx, settlement_id)
            now, instruction = self._desk.clock.now(), settlement.instruction
            if not settlement.outstanding or not await store.insert_late(tx, tenant_id, settlement_id, now):
                return False
            body = {"outstanding": settlement.outstanding}
            await self._desk.record(tx, instruction, "settlement.late", "system", body, now)
            await self._keeping.open(tx, settlement, Difference.TIMING, (settlement.outstanding, 0))
        _log.warning("settlement.late", settlement_id=str(settlement_id))
        return True

    async def _take(
        self, tx: Transaction, officer: Officer, message: BankMessage, digest: bytes
    ) -> ImportedMessage:
        now, message_id = self._desk.clock.now(), self._desk.ids.new()
        entries = [
            await self._apply(tx, officer, number, told, message_id)
            for number, told in enumerate(read_words(message), 1)
        ]
        taken = ImportedMessage(
            message_id, message.kind, message.message_id, officer.actor, now, tuple(entries)
        )
        await message_store.insert_message(tx, officer.tenant_id, taken, digest)
        body = {"message": taken.id, "digest": digest.hex(), "told": len(taken.entries)}
        record = AuditRecord(officer.tenant_id, "settlement.message_taken", body, now, officer.actor)
        await append(tx, [record])
        return taken

    async def _apply(
        self, tx: Transaction, officer: Officer, number: int, told: Told, message_id: UUID
    ) -> AppliedEntry:
        """Apply one thing told, and say what became of it."""
        settlement = await self._find(tx, told)
        settlement_id, outcome, problem = None, EntryOutcome.NOT_OURS, None
        if settlement is not None:
            settlement_id = settlement.instruction.id
            outcome, problem = await self._close(tx, officer, settlement, told, message_id)
        return AppliedEntry(
            number, settlement_id, told.bank_reference, told.amount, told.is_credit, outcome, problem
        )

    async def _close(
        self, tx: Transaction, officer: Officer, settlement: Settlement, told: Told, message_id: UUID
    ) -> tuple[EntryOutcome, str | None]:
        word = word_of(told, settlement)
        if word is None:
            return await self._contradict(tx, settlement, word, told, PaymentUnclear.code)
        said = self._read(officer, settlement, told, word, message_id)
        if _is_repeat(settlement, word, said.amount, told):
            return EntryOutcome.REPEATED, None
        try:
            closing = decide_word(settlement, said, said.proposed_at, self._desk.ids.new)
            if counts_at_once(settlement, said):
                await self._keeping.keep(tx, settlement, closing, Source(officer.actor, message_id))
                return EntryOutcome.APPLIED, None
            await self._words.wait(tx, officer, settlement, said)
        except Refusal as refusal:
            return await self._contradict(tx, settlement, word, told, refusal.code)
        return EntryOutcome.WAITS, None

    def _read(
        self, officer: Officer, settlement: Settlement, told: Told, word: Word, message_id: UUID
    ) -> HandWord:
        """Return what a file says as a word of whoever brought it; a refusal is of all and has no booking."""
        amount, is_refusal = told.amount, word is Word.REFUSED
        if amount is None:
            amount = settlement.instruction.amount if is_refusal else settlement.outstanding
        return HandWord(
            id=self._desk.ids.new(),
            tenant_id=officer.tenant_id,
            settlement_id=settlement.instruction.id,
            word=word,
            amount=amount,
            bank_reference=None if is_refusal else told.bank_reference,
            reason=told.reason,
            proposed_by=officer.staff_id,
            proposed_at=self._desk.clock.now(),
            message_id=message_id,
        )

    async def _contradict(
        self, tx: Transaction, settlement: Settlement, word: Word | None, told: Told, problem: str
    ) -> tuple[EntryOutcome, str]:
        reference, theirs = told.bank_reference, told.amount
        ours = None if theirs == settlement.outstanding else settlement.outstanding
        is_second = word is Word.PAID and settlement.state is State.CONFIRMED
        difference = Difference.DUPLICATE if is_second else Difference.AMOUNT
        if word is None:
            difference = Difference.FEE
        await self._keeping.open(tx, settlement, difference, (ours, theirs), reference)
        return EntryOutcome.CONTRADICTS, problem

    async def _find(self, tx: Transaction, told: Told) -> Settlement | None:
        """Return the released settlement that something told is about, now that the book is locked."""
        settlement_id = told.settlement_id
        if settlement_id is None and told.original_reference is not None:
            settlement_id = await store.find_reference(tx, told.original_reference)
        found = None if settlement_id is None else await store.load_settlement(tx, settlement_id)
        return None if found is None or found.released_at is None else found


def _is_repeat(settlement: Settlement, word: Word, amount: int, told: Told) -> bool:
    """Tell whether a settlement knows this already: the same booking, or the same refusal."""
    if word is Word.REFUSED:
        return settlement.state is State.REFUSED
    if word is Word.PAID and told.amount is None and settlement.state is State.CONFIRMED:
        return True
    return any(
        one.word is word
        and one.bank_reference == told.bank_reference
        and (told.amount is None or one.amount == amount)
        for one in settlement.words
    )
