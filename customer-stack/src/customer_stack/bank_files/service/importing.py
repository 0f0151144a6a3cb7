"""Take a bank's file, and apply what it says, entry by entry.

Taking is one transaction: the whole file or nothing. Applying is a task per entry, because each entry is a
movement of its own and one that fails must not keep the others waiting.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import UUID

import structlog

from customer_stack.bank_files import payout_store, store
from customer_stack.bank_files.domain.reading import read_message
from customer_stack.bank_files.domain.records import ImportedFile, Outcome, StoredEntry
from customer_stack.bank_files.domain.values import (
    BankMessage,
    Meaning,
    Verdict,
    find_pay_reference,
    meaning_of,
)
from customer_stack.bank_files.errors import FileNotFound, MessageAltered, ReferenceAltered
from customer_stack.bank_files.service.house import PROVIDER, AllTenants, Texts, lock_house
from customer_stack.bank_files.store import SealedEntry
from customer_stack.ledger.service import read_id_cursor
from customer_stack.payments.domain import Notice, TakeBack
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import Refusal
from shared.ids import Ids

BATCH: Final = 50
ATTEMPTS: Final = 8
LEASE: Final = timedelta(seconds=30)
FIRST_PAUSE: Final = timedelta(seconds=1)

_log = structlog.get_logger(__name__)


class PayIns(Protocol):
    """Where money that arrived, or was taken back, is told."""

    async def announce(self, notice: Notice) -> bool:
        """Store a pay-in with the wish to settle it; False for a repeat."""
        ...

    async def take_back(self, take_back: TakeBack) -> bool:
        """Undo a pay-in that the bank took back, once."""
        ...


TellPayout = Callable[[UUID], Awaitable[None]]
"""Settles what files have said of a payout, at once instead of when the provider is asked again."""


@dataclass(frozen=True, slots=True)
class Doors:
    """Where entries are told."""

    pay_ins: PayIns
    tell_payout: TellPayout


@dataclass(frozen=True, slots=True)
class FilePage:
    """Files, newest first, and where the next page begins."""

    files: tuple[ImportedFile, ...]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class EntryPage:
    """Entries of a file in their order, and the number after which the next page begins."""

    entries: tuple[StoredEntry, ...]
    next_after: int | None


class BankFiles:
    """Messages of the bank with the account `account`."""

    def __init__(
        self,
        database: Database,
        account: str,
        doors: Doors,
        texts: Texts,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Tell `doors` what entries say; keep what names people with `texts`."""
        self._database = database
        self._account = account
        self._pay_ins = doors.pay_ins
        self._tell_payout = doors.tell_payout
        self._texts = texts
        self._all_tenants = all_tenants
        self._clock = clock
        self._ids = ids

    async def import_file(self, tenant_id: UUID, actor: str, raw: bytes) -> ImportedFile:
        """Take a file whole; the same file again gives entries new attempts that are held or name a payout.

        Raises FileInvalid, FileTooLarge, OtherAccount, BalancesDisagree, MessageAltered, ReferenceAltered,
        AccountNotAssigned.
        """
        message = await asyncio.to_thread(read_message, raw, self._account)
        async with self._database.transaction(tenant_id) as tx:
            await lock_house(tx)
            file = await self._keep(tx, tenant_id, actor, message, hashlib.sha256(raw).digest())
            answered = await payout_store.load_answered(tx, file.id)
        await self._tell(answered)
        return file

    async def apply_due(self) -> int:
        """Apply entries that are due; return how many were tried. The timer's use case."""
        now, tenants = self._clock.now(), await self._all_tenants()
        async with self._database.transaction(*tenants) as tx:
            taken = await store.take_due(tx, now, now + LEASE, BATCH)
        for entry, attempts in taken:
            await self._try(entry, attempts)
        return len(taken)

    async def list_files(self, tenant_id: UUID, limit: int, cursor: str | None) -> FilePage:
        """Return one page of the tenant's files. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_files(tx, before, limit + 1)
        page = found[:limit]
        return FilePage(page, str(page[-1].id) if len(found) > limit else None)

    async def list_entries(
        self, tenant_id: UUID, file_id: UUID, outcome: Outcome | None, after: int, limit: int
    ) -> EntryPage:
        """Return one page of a file's entries and what became of them. Raises FileNotFound."""
        async with self._database.transaction(tenant_id) as tx:
            await self._load(tx, file_id)
            found = await store.load_entries(tx, file_id, outcome, after, limit + 1)
        page = found[:limit]
        return EntryPage(page, page[-1].number if len(found) > limit else None)

    async def _keep(
        self, tx: Transaction, tenant_id: UUID, actor: str, message: BankMessage, digest: bytes
    ) -> ImportedFile:
        """Keep a message, or return the one that was kept. The department's book is locked."""
        now = self._clock.now()
        known = await store.find_file(tx, message.message_id)
        if known is not None:
            if known[1] != digest:
                raise MessageAltered(
                    "A message with this id was taken before with other content. "
                    "Ask the bank which of them is right."
                )
            await store.renew_held(tx, known[0], now)
            return await self._load(tx, known[0])
        await _require_known_unchanged(tx, message)
        file_id = self._ids.new()
        file = ImportedFile(file_id, message.kind, message.message_id, actor, now, 0, 0)
        await store.insert_file(tx, file, message, digest, self._seal(message), tenant_id)
        answered = await self._keep_words(tx, message, file_id, now)
        body = {
            "file": str(file_id),
            "kind": message.kind.value,
            "message_id": message.message_id,
            "digest": digest.hex(),
            "entries": len(message.entries),
            "answers": answered,
        }
        await append(tx, [AuditRecord(tenant_id, "bank_files.imported", body, now, actor)])
        return await self._load(tx, file_id)

    async def _tell(self, payout_ids: Sequence[UUID]) -> None:
        """Settle what a file said of payouts. What stands against it is seen when the file comes again."""
        for payout_id in payout_ids:
            try:
                await self._tell_payout(payout_id)
            except Refusal as refusal:
                _log.warning("bank_files.payout_open", payout_id=str(payout_id), code=refusal.code)

    async def _load(self, tx: Transaction, file_id: UUID) -> ImportedFile:
        found = await store.load_file(tx, file_id)
        if found is None:
            raise FileNotFound("There is no such file. Look at the list of files.")
        return found

    def _seal(self, message: BankMessage) -> Sequence[SealedEntry]:
        sealed = []
        for entry in message.entries:
            row_id = self._ids.new()
            remittance = self._texts.seal("remittance_sealed", row_id, entry.remittance)
            counterparty = self._texts.seal("counterparty_sealed", row_id, entry.counterparty)
            sealed.append(SealedEntry(row_id, entry, remittance, counterparty))
        return sealed

    async def _keep_words(self, tx: Transaction, message: BankMessage, file_id: UUID, now: datetime) -> int:
        """Keep a report's explicit words about payouts that went with a file of ours."""
        words: list[tuple[UUID, Verdict, str | None, str | None]] = [
            (status.payout_id, status.verdict, status.bank_reference, status.reason)
            for status in message.statuses
        ]
        for refusal in message.batch_refusals:
            refused = await payout_store.load_refused_payouts(tx, refusal)
            words += [(payout_id, Verdict.REFUSED, None, refusal.reason) for payout_id in refused]
        kept = 0
        for payout_id, verdict, reference, reason in words:
            kept += await payout_store.insert_answer(
                tx, payout_id, verdict.value, reference, reason, file_id=file_id, now=now, is_booked=False
            )
        return kept

    async def _try(self, entry: StoredEntry, attempts: int) -> None:
        """Apply one entry and write down how it went; a refusal is tried again, a bounded number of times."""
        problem, outcome = None, Outcome.HELD
        try:
            outcome = await self._apply(entry)
        except Refusal as refusal:
            problem = refusal.code
        except Exception:  # noqa: BLE001 - whatever broke, the other entries must not suffer
            _log.exception("bank_files.entry_broke", entry_id=str(entry.id))
            problem = "bank_files.entry_broke"
        now = self._clock.now()
        async with self._database.transaction(entry.tenant_id) as tx:
            if problem is not None and attempts < ATTEMPTS:
                await store.postpone(tx, entry.id, now + FIRST_PAUSE * 2 ** (attempts - 1))
            else:
                await store.finish(tx, entry, outcome, problem, now)
        if problem is not None or outcome in (Outcome.UNMATCHED, Outcome.CONTRADICTS):
            _log.warning(
                "bank_files.entry_open", entry_id=str(entry.id), outcome=outcome.value, problem=problem
            )

    async def _apply(self, entry: StoredEntry) -> Outcome:
        match entry.meaning:
            case Meaning.PAY_IN:
                await self._pay_ins.announce(self._notice(entry))
                return Outcome.APPLIED
            case Meaning.TAKEN_BACK if entry.original_reference is not None:
                await self._pay_ins.take_back(
                    TakeBack(
                        provider=PROVIDER,
                        bank_reference=entry.original_reference,
                        reversal_reference=entry.bank_reference,
                        amount=entry.amount,
                        booked_at=entry.booked_at,
                    )
                )
                return Outcome.APPLIED
            case Meaning.TAKEN_BACK:
                return Outcome.UNMATCHED
            case Meaning.PAYOUT_PAID | Meaning.PAYOUT_RETURNED:
                return await self._answer(entry)
            case Meaning.OWN:
                return Outcome.OWN

    def _notice(self, entry: StoredEntry) -> Notice:
        """Return the pay-in that an entry is. The entry's id names the event: another file, another event."""
        remittance = self._texts.open("remittance_sealed", entry.id, entry.remittance_sealed)
        return Notice(
            provider=PROVIDER,
            event_id=str(entry.id),
            bank_reference=entry.bank_reference,
            pay_reference=find_pay_reference(remittance),
            amount=entry.amount,
            payer_account=self._texts.open("counterparty_sealed", entry.id, entry.counterparty_sealed),
            booked_at=entry.booked_at,
        )

    async def _answer(self, entry: StoredEntry) -> Outcome:
        """Keep what the account shows of a payout: the debit that paid it, or the credit that returned it.

        The account shows it also where a restore has lost the file with which it went.
        """
        verdict = "paid" if entry.meaning is Meaning.PAYOUT_PAID else "returned"
        payout_id = entry.payout_id or UUID(int=0)
        async with self._database.transaction(entry.tenant_id) as tx:
            amount = await payout_store.load_amount(tx, payout_id)
            if amount is None:
                return Outcome.UNMATCHED
            if amount != entry.amount:
                return Outcome.CONTRADICTS
            await payout_store.insert_answer(
                tx,
                payout_id,
                verdict,
                entry.bank_reference,
                entry.reason,
                file_id=entry.file_id,
                now=self._clock.now(),
                is_booked=True,
            )
            words = await payout_store.load_words(tx, payout_id)
        said = words.said.get(verdict)
        if said is None or said[0] != entry.bank_reference:
            return Outcome.CONTRADICTS
        await self._tell_payout(payout_id)
        return Outcome.APPLIED


async def _require_known_unchanged(tx: Transaction, message: BankMessage) -> None:
    """Refuse a file that tells another story of a booking that was told before. Raises ReferenceAltered."""
    known = await store.load_known_references(tx, [entry.bank_reference for entry in message.entries])
    for entry in message.entries:
        told = (entry.amount, entry.direction, meaning_of(entry))
        if known.get(entry.bank_reference, told) != told:
            raise ReferenceAltered(
                "A booking of the file was told before with another amount or direction. Nothing was taken: "
                "ask the bank which is right."
            )
