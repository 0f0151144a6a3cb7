"""What the bank says closes a settlement; payments that are late are noticed.

Words come from files of the bank with our USD account, or from two people where a bank gives none
(`hand_words.py`). A file is taken whole in one transaction. What contradicts our books is posted nowhere: it
becomes a break, and a person looks at it.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Protocol
from uuid import UUID

import structlog
from prometheus_client import Gauge

from customer_stack.access.domain import Officer
from customer_stack.bank_files.domain.reading import read_message
from customer_stack.bank_files.domain.values import BankMessage
from customer_stack.settlement import message_store, store
from customer_stack.settlement.domain.closing import (
    Closing,
    Said,
    decide_payment,
    decide_refusal,
    decide_return,
)
from customer_stack.settlement.domain.messages import AppliedEntry, EntryOutcome, ImportedMessage
from customer_stack.settlement.domain.states import Settlement, State, Word
from customer_stack.settlement.domain.words import Told, read_words, word_of
from customer_stack.settlement.errors import (
    MessageAltered,
    PaymentDifferent,
    PaymentUnclear,
    RouteMissing,
)
from customer_stack.settlement.service.desk import Desk
from customer_stack.working_days.domain import WorkingCalendar
from shared.audit import AuditRecord, append
from shared.database import Transaction
from shared.errors import Refusal
from shared.ledger import store as ledger
from shared.ledger.domain import Movement
from shared.money import Currency

LATE_AFTER_WORKING_DAYS: Final = 2
NOTICED_AT_ONCE: Final = 200

_log = structlog.get_logger(__name__)
_in_transit = Gauge("settlement_in_transit", "Released settlements that are not wholly paid.")
_oldest = Gauge("settlement_in_transit_oldest_seconds", "Since the oldest of them was released.")
_late = Gauge("settlement_late", "Of them, those that took longer than they may.")

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


class Difference(StrEnum):
    """How a payment differs from what was released."""

    AMOUNT = "amount"
    DUPLICATE = "duplicate"
    DIRECTION = "direction"
    TIMING = "timing"
    FEE = "fee"


@dataclass(frozen=True, slots=True)
class PaymentBreak:
    """A difference to look at: what our books expect and what the bank said, in micro-dollars.

    None: that side says nothing of an amount.
    """

    settlement: Settlement
    difference: Difference
    subject: str
    ours: int | None
    theirs: int | None
    at: datetime
    bank_reference: str | None = None


class OpenBreak(Protocol):
    """Where differences go."""

    async def __call__(self, tx: Transaction, found: PaymentBreak) -> UUID:
        """Open a break in the caller's transaction; the same one again is one break while it is open."""
        ...


class ClosingService:
    """Words of banks, applied."""

    def __init__(
        self,
        desk: Desk,
        open_break: OpenBreak,
        all_tenants: AllTenants,
        calendar: WorkingCalendar,
    ) -> None:
        """Tell `open_break` what contradicts; count lateness in working days of `calendar`."""
        self._desk = desk
        self._open_break = open_break
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
        """Measure what is on its way, and open a break for what took too long. The timer's use case."""
        now, tenants = self._desk.clock.now(), await self._all_tenants()
        async with self._desk.database.transaction(*tenants) as tx:
            waiting = await store.load_in_transit(tx, now, NOTICED_AT_ONCE)
        released = [one.released_at for one in waiting if one.released_at is not None]
        late = [one for one in waiting if self._is_late(one, now)]
        _in_transit.set(len(waiting))
        _late.set(len(late))
        _oldest.set((now - min(released)).total_seconds() if released else 0)
        return sum([await self._notice(one.instruction.tenant_id, one.instruction.id) for one in late])

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
            await self._open(tx, settlement, Difference.TIMING, (settlement.outstanding, 0))
        _log.warning("settlement.late", settlement_id=str(settlement_id))
        return True

    async def _take(
        self, tx: Transaction, officer: Officer, message: BankMessage, digest: bytes
    ) -> ImportedMessage:
        now = self._desk.clock.now()
        entries = [
            await self._apply(tx, officer, number, told) for number, told in enumerate(read_words(message), 1)
        ]
        taken = ImportedMessage(
            self._desk.ids.new(), message.kind, message.message_id, officer.actor, now, tuple(entries)
        )
        await message_store.insert_message(tx, officer.tenant_id, taken, digest)
        body = {"message": taken.id, "digest": digest.hex(), "told": len(taken.entries)}
        record = AuditRecord(officer.tenant_id, "settlement.message_taken", body, now, officer.actor)
        await append(tx, [record])
        return taken

    async def _apply(self, tx: Transaction, officer: Officer, number: int, told: Told) -> AppliedEntry:
        """Apply one thing told, and say what became of it."""
        settlement = await self._find(tx, told)
        settlement_id, outcome, problem = None, EntryOutcome.NOT_OURS, None
        if settlement is not None:
            settlement_id = settlement.instruction.id
            outcome, problem = await self._close(tx, officer, settlement, told)
        return AppliedEntry(
            number, settlement_id, told.bank_reference, told.amount, told.is_credit, outcome, problem
        )

    async def _close(
        self, tx: Transaction, officer: Officer, settlement: Settlement, told: Told
    ) -> tuple[EntryOutcome, str | None]:
        word, new_id = word_of(told, settlement), self._desk.ids.new
        said = Said(officer.actor, self._desk.clock.now(), told.bank_reference, told.reason)
        amount = settlement.outstanding if told.amount is None else told.amount
        if word is None:
            return await self._contradict(tx, settlement, word, told, PaymentUnclear.code)
        if _is_repeat(settlement, word, amount, told):
            return EntryOutcome.REPEATED, None
        try:
            match word:
                case Word.REFUSED:
                    said = Said(said.by, said.at, None, said.reason)
                    closing = decide_refusal(settlement, said, new_id)
                case Word.RETURNED:
                    closing = decide_return(settlement, amount, said, new_id)
                case _:
                    closing = decide_payment(settlement, amount, said, new_id)
            after = await self.keep(tx, settlement, closing)
        except Refusal as refusal:
            return await self._contradict(tx, settlement, word, told, refusal.code)
        if after.state is State.PARTIAL:
            amounts = after.instruction.amount, after.total(Word.PAID)
            await self._open(tx, after, Difference.AMOUNT, amounts, told.bank_reference)
        if after.loss:
            amounts = after.total(Word.PAID), after.total(Word.RETURNED)
            await self._open(tx, after, Difference.FEE, amounts, told.bank_reference)
        return EntryOutcome.APPLIED, None

    async def _contradict(
        self, tx: Transaction, settlement: Settlement, word: Word | None, told: Told, problem: str
    ) -> tuple[EntryOutcome, str]:
        reference, theirs = told.bank_reference, told.amount
        ours = None if theirs == settlement.outstanding else settlement.outstanding
        is_second = word is Word.PAID and settlement.state is State.CONFIRMED
        difference = Difference.DUPLICATE if is_second else Difference.AMOUNT
        if word is None:
            difference = Difference.FEE
        await self._open(tx, settlement, difference, (ours, theirs), reference)
        return EntryOutcome.CONTRADICTS, problem

    async def _open(
        self,
        tx: Transaction,
        settlement: Settlement,
        difference: Difference,
        amounts: tuple[int | None, int | None],
        bank_reference: str | None = None,
    ) -> None:
        subject = f"settlement:{settlement.instruction.id}"
        now = self._desk.clock.now()
        found = PaymentBreak(settlement, difference, subject, *amounts, now, bank_reference)
        await self._open_break(tx, found)

    async def _find(self, tx: Transaction, told: Told) -> Settlement | None:
        """Return the released settlement that something told is about, now that the book is locked."""
        settlement_id = told.settlement_id
        if settlement_id is None and told.original_reference is not None:
            settlement_id = await store.find_reference(tx, told.original_reference)
        found = None if settlement_id is None else await store.load_settlement(tx, settlement_id)
        return None if found is None or found.released_at is None else found

    async def keep(
        self,
        tx: Transaction,
        settlement: Settlement,
        closing: Closing,
        by_hand: tuple[UUID, str] | None = None,
    ) -> Settlement:
        """Keep a word and post it; the book is locked. Raises PaymentDifferent, before anything is posted.

        `by_hand`: the word that a person said, and who said so too.
        """
        word, instruction = closing.word, settlement.instruction
        if not await store.insert_word(tx, settlement, word, by_hand and by_hand[0]):
            raise PaymentDifferent("This reference of the bank was about another settlement. Ask the bank.")
        await ledger.post(tx, Movement(transfers=closing.transfers))
        body = {
            "amount": word.amount,
            "reopened": word.reopened,
            "bank_reference": word.bank_reference,
            "transfers": [str(each.id) for each in closing.transfers],
        }
        if by_hand is not None:
            body |= {"hand_word": str(by_hand[0]), "approved_by": by_hand[1]}
        kind = f"settlement.{word.word.value}"
        await self._desk.record(tx, instruction, kind, word.said_by, body, word.said_at)
        return await self._desk.load(tx, instruction.id)


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
