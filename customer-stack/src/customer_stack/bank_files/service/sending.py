"""Queue payouts for the bank's next file, make the file, and say what the bank has answered.

A file is made under the lock of the department's book, so two people who make one at the same moment make
two files of different payouts. Its bytes are made from its rows again whenever somebody fetches it, and must
have the digest that was kept.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from customer_stack.bank_files import payout_store as store
from customer_stack.bank_files.domain.orders import (
    BATCH_LIMIT,
    Batch,
    CreditTransfer,
    Debtor,
    build_file,
    digest_of_file,
)
from customer_stack.bank_files.domain.reading import COLOMBO
from customer_stack.bank_files.domain.records import StoredBatch
from customer_stack.bank_files.errors import FileNotFound, NothingToSend
from customer_stack.bank_files.payout_store import QueuedPayout
from customer_stack.bank_files.service.house import PROVIDER, AllTenants, Texts, lock_house
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Format, Scope
from customer_stack.ledger.service import read_id_cursor
from customer_stack.payments.service import find_collection
from customer_stack.payouts.errors import ProviderUnavailable
from customer_stack.payouts.providers.contract import PayoutAnswer, PayoutOrder, PayoutState
from shared import outflow
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.idempotency import Claim, NewAnswer, read_answer, store_answers
from shared.ids import Ids

WARNED_OF: Final = 20
"""Of so many payouts at once that no file takes."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class BatchPage:
    """Files of payouts, newest first, and where the next page begins."""

    batches: tuple[StoredBatch, ...]
    next_cursor: str | None


class PayoutFiles:
    """Files of payouts from the account of `debtor`."""

    def __init__(
        self,
        database: Database,
        debtor: Debtor,
        texts: Texts,
        all_tenants: AllTenants,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Keep account numbers with `texts`."""
        self._database = database
        self._debtor = debtor
        self._texts = texts
        self._all_tenants = all_tenants
        self._clock = clock
        self._ids = ids

    async def queue(self, order: PayoutOrder) -> None:
        """Keep a payout for the next file; the same payout again is kept once. Raises ProviderUnavailable."""
        async with self._database.transaction(*await self._all_tenants()) as tx:
            collection = await find_collection(tx, PROVIDER)
            if collection is None:
                raise ProviderUnavailable(
                    "The account of bank files stands for no department yet. Assign it."
                )
            await store.insert_payout(
                tx,
                QueuedPayout(
                    payout_id=order.payout_id,
                    tenant_id=collection.tenant_id,
                    amount=order.amount,
                    account_sealed=self._texts.seal("account_sealed", order.payout_id, order.account),
                    reference_sealed=self._texts.seal("reference_sealed", order.payout_id, order.reference),
                ),
                self._clock.now(),
            )

    async def answer_of(self, payout_id: UUID) -> PayoutAnswer:
        """Return what files have said of a payout: PENDING without an explicit word.

        A return counts once the debit that it undoes is known too.
        """
        async with self._database.transaction(*await self._all_tenants()) as tx:
            said = (await store.load_words(tx, payout_id)).said
        if "paid" in said and "returned" in said:
            reference, reason = said["returned"]
            return PayoutAnswer(PayoutState.RETURNED, said["paid"][0], reason, reference)
        if "paid" in said:
            return PayoutAnswer(PayoutState.PAID, said["paid"][0])
        if "refused" in said:
            return PayoutAnswer(PayoutState.REFUSED, reason=said["refused"][1] or "refused")
        return PayoutAnswer(PayoutState.PENDING)

    async def make_file(self, tenant_id: UUID, actor: str, key: bytes, digest: bytes) -> StoredBatch:
        """Make a file of the payouts that wait. Raises NothingToSend, AccountNotAssigned, OutflowHeld."""
        async with self._database.transaction(tenant_id) as tx:
            claim = Claim(await lock_house(tx), key, digest)
            answered = await read_answer(tx, claim)
            if answered is not None:
                return await self._load(tx, UUID(bytes=answered))
            await outflow.require_free(tx)
            for payout_id in await store.load_left_out(tx, WARNED_OF):
                _log.warning("bank_files.file_lost", payout_id=str(payout_id))
            waiting = await store.load_waiting(tx, BATCH_LIMIT)
            if not waiting:
                raise NothingToSend("No payout waits for a file. Try again when one does.")
            now = self._clock.now().replace(microsecond=0)
            batch = Batch(self._ids.new(), now, now.astimezone(COLOMBO).date(), self._open(waiting))
            stored = StoredBatch(
                id=batch.id,
                tenant_id=tenant_id,
                pay_on=batch.pay_on,
                transfers=len(waiting),
                control_sum=batch.control_sum,
                digest=digest_of_file(build_file(batch, self._debtor)),
                made_by=actor,
                made_at=now,
            )
            await store.insert_batch(tx, stored, [payout.payout_id for payout in waiting])
            body = {
                "file": str(batch.id),
                "payouts": len(waiting),
                "lkr": batch.control_sum,
                "digest": stored.digest.hex(),
            }
            await append(tx, [AuditRecord(tenant_id, "bank_files.payouts_filed", body, now, actor)])
            await store_answers(tx, [NewAnswer(tenant_id, claim, batch.id.bytes)])
            return stored

    async def fetch_file(self, tenant_id: UUID, batch_id: UUID, staff_id: UUID) -> tuple[Export, bytes]:
        """Return a file's bytes, the same as ever; that you looked is recorded.

        Raises FileNotFound, OutflowHeld.
        """
        async with self._database.transaction(tenant_id) as tx:
            await outflow.require_free(tx)
            stored = await self._load(tx, batch_id)
            payouts = await store.load_batch_payouts(tx, batch_id)
            now = self._clock.now()
            await disclosures.record(tx, Look(tenant_id, None, batch_id, staff_id, "bank_files.payouts", now))
            export = self._export(stored, f"staff:{staff_id}", now)
            await exports.register(tx, export)
        batch = Batch(stored.id, stored.made_at, stored.pay_on, self._open(payouts))
        raw = build_file(batch, self._debtor)
        invariant(digest_of_file(raw) == stored.digest, "a file of payouts never changes after it was made")
        return export, raw

    def _export(self, stored: StoredBatch, operator: str, now: datetime) -> Export:
        return Export(
            id=self._ids.new(),
            tenant_id=stored.tenant_id,
            kind="bank_files.payouts",
            scope=Scope("payout_file", stored.id),
            row_count=stored.transfers,
            sha256=stored.digest,
            first_at=stored.made_at,
            last_at=stored.made_at,
            operator=operator,
            format=Format.XML,
            at=now,
        )

    async def list_files(self, tenant_id: UUID, limit: int, cursor: str | None) -> BatchPage:
        """Return one page of files of payouts. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_batches(tx, before, limit + 1)
        page = found[:limit]
        return BatchPage(page, str(page[-1].id) if len(found) > limit else None)

    async def _load(self, tx: Transaction, batch_id: UUID) -> StoredBatch:
        found = await store.load_batch(tx, batch_id)
        if found is None:
            raise FileNotFound("There is no such file of payouts. Look at the list of files.")
        return found

    def _open(self, payouts: tuple[QueuedPayout, ...]) -> tuple[CreditTransfer, ...]:
        return tuple(
            CreditTransfer(
                payout_id=payout.payout_id,
                amount=payout.amount,
                account=self._texts.open("account_sealed", payout.payout_id, payout.account_sealed),
                reference=self._texts.open("reference_sealed", payout.payout_id, payout.reference_sealed),
            )
            for payout in payouts
        )
