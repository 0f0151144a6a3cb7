"""Exports: asked for by a person or for them by staff, made by the worker, offered for a week.

Guaranteed: one export of a person is made at a time; its content lies sealed under the person's key and is
gone after the offer; every download by staff is a disclosure; it is registered with size and digest.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final
from uuid import UUID

import structlog

from customer_stack.customers.domain import CustomerAccount
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.sealing import PersonCipher, RecordSealing
from customer_stack.customers.service import load_accounts, lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export as RegisteredExport
from customer_stack.exports.domain import Format, Scope
from customer_stack.privacy.domain.records import Export, ExportState
from customer_stack.privacy.errors import ExportNotFound, ExportTooSoon
from customer_stack.privacy.service.archive import Archive, ArchiveTooLarge, place_of_part
from customer_stack.privacy.service.ground import Ground, record_of
from customer_stack.privacy.service.leaving import require_account
from customer_stack.privacy.store import exports as store
from shared import audit
from shared.database import Transaction
from shared.errors import invariant

ATTEMPTS: Final = 5
LEASE: Final = timedelta(minutes=10)
OFFER: Final = "offer"
PAUSE_BETWEEN: Final = timedelta(hours=24)
DROPPED_AT_ONCE: Final = 5

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Archived:
    """An export that is handed out: its line in the register of exports, and its content in parts."""

    export: Export
    line: RegisteredExport
    content: AsyncIterator[bytes]


class Exporting:
    """Exports of people."""

    def __init__(self, ground: Ground, records: RecordSealing) -> None:
        """Open sealed fields with the persons' keys and `records`."""
        self._ground = ground
        self._records = records

    async def ask(self, tenant_id: UUID, customer_id: UUID, actor: str) -> Export:
        """Ask for an export of oneself; one that is being made is answered again.

        Raises CustomerNotFound, ExportTooSoon.
        """
        async with self._ground.database.transaction(tenant_id) as tx:
            return await self._ask(tx, await lock_customer(tx, customer_id), actor, is_patient=True)

    async def ask_as_staff(self, staff: StaffPrincipal, customer_id: UUID) -> Export:
        """Ask for a person who cannot sign in. Raises CustomerNotFound, DepartmentOutOfReach."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            await require_account(tx, staff, customer_id)
            account = await lock_customer(tx, customer_id)
            return await self._ask(tx, account, staff.actor, is_patient=False)

    async def _ask(
        self, tx: Transaction, account: CustomerAccount, actor: str, *, is_patient: bool
    ) -> Export:
        ground, now = self._ground, self._ground.clock.now()
        await ground.customers.cipher_of(tx, account.id)  # who was erased has nothing to be told
        known = await store.list_of(tx, account.id, None, 1)
        last = known[0] if known else None
        if last is not None and last.state is ExportState.ASKED:
            return last
        is_young = last is not None and last.asked_at > now - PAUSE_BETWEEN
        if is_patient and is_young and last is not None and last.state is not ExportState.FAILED:
            raise ExportTooSoon("Your last export is less than a day old. Use that, or ask again tomorrow.")
        export = Export(
            id=ground.ids.new(),
            tenant_id=account.tenant_id,
            customer_id=account.id,
            asked_by=actor,
            asked_at=now,
            state=ExportState.ASKED,
            attempts=0,
            ready_at=None,
            expires_at=None,
            size_bytes=None,
            digest=None,
        )
        await store.insert(tx, export)
        await audit.append(tx, [record_of(account, "export_asked", ground, actor, export_id=export.id)])
        return export

    async def list_of(
        self, tenant_id: UUID, customer_id: UUID, before: UUID | None, limit: int
    ) -> list[Export]:
        """Return a person's exports, newest first."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await store.list_of(tx, customer_id, before, limit)

    async def open_own(self, tenant_id: UUID, customer_id: UUID, export_id: UUID) -> Archived:
        """Return an own export and its content. Raises ExportNotFound."""
        async with self._ground.database.transaction(tenant_id) as tx:
            export = await self._require_ready(tx, export_id)
            if export.customer_id != customer_id:
                raise _not_found()
            cipher = await self._ground.customers.cipher_of(tx, customer_id)
            line = await self._register(tx, export, f"customer:{customer_id}")
        return Archived(export, line, self._content(export, cipher))

    async def open_as_staff(self, staff: StaffPrincipal, export_id: UUID) -> Archived:
        """Return an export for a person who cannot sign in; that you looked is recorded.

        Raises ExportNotFound, DepartmentOutOfReach.
        """
        ground, now = self._ground, self._ground.clock.now()
        async with ground.database.transaction(staff.tenant_id) as tx:
            export = await self._require_ready(tx, export_id)
            account = await require_account(tx, staff, export.customer_id)
            cipher = await ground.customers.cipher_of(tx, export.customer_id)
            look = Look(staff.tenant_id, export.customer_id, export.id, staff.staff_id, "privacy.export", now)
            await disclosures.record(tx, look)
            shown = record_of(account, "export_shown", ground, staff.actor, export_id=export.id)
            await audit.append(tx, [shown])
            line = await self._register(tx, export, staff.actor)
        return Archived(export, line, self._content(export, cipher))

    async def _register(self, tx: Transaction, export: Export, operator: str) -> RegisteredExport:
        invariant(export.digest is not None, "an export that is offered has a digest")
        line = RegisteredExport(
            id=self._ground.ids.new(),
            tenant_id=export.tenant_id,
            kind="privacy.archive",
            scope=Scope("customer", export.customer_id),
            row_count=export.row_count,
            sha256=export.digest or b"",
            first_at=None,  # everything that is kept, whenever it was
            last_at=None,
            operator=operator,
            format=Format.ZIP,
            at=self._ground.clock.now(),
        )
        await exports.register(tx, line)
        return line

    async def _require_ready(self, tx: Transaction, export_id: UUID) -> Export:
        export = await store.load(tx, export_id)
        if export is None or export.state is not ExportState.READY or export.expires_at is None:
            raise _not_found()
        if export.expires_at <= self._ground.clock.now():
            raise _not_found()
        return export

    async def _content(self, export: Export, cipher: PersonCipher) -> AsyncIterator[bytes]:
        number = 1
        while True:
            async with self._ground.database.transaction(export.tenant_id) as tx:
                sealed = await store.load_part(tx, export.id, number)
            if sealed is None:
                return
            yield cipher.open_bytes(place_of_part(export.id, number), sealed)
            number += 1

    async def make_due(self) -> int:
        """Make one export of every tenant that waits for one. Return how many were tried."""
        tried = 0
        for tenant_id in await self._ground.all_tenants():
            now = self._ground.clock.now()
            async with self._ground.database.transaction(tenant_id) as tx:
                export = await store.take_due(tx, tenant_id, now, now + LEASE)
            if export is not None:
                tried += 1
                await self._make(export)
        return tried

    async def _make(self, export: Export) -> None:
        try:
            await self._write(export)
        except (CustomerNotFound, ArchiveTooLarge):
            await self._give_up(export)
        except Exception:  # noqa: BLE001 - whatever broke, the other exports must not suffer
            _log.exception("privacy.export_failed", export_id=str(export.id), attempts=export.attempts)
            if export.attempts < ATTEMPTS:
                return
            await self._give_up(export)

    async def _write(self, export: Export) -> None:
        ground = self._ground
        async with ground.database.transaction(export.tenant_id) as tx:
            account = (await load_accounts(tx, [export.customer_id]))[export.customer_id]
            cipher = await ground.customers.cipher_of(tx, export.customer_id)
            now = ground.clock.now()
            archive = Archive(tx, export, cipher, self._records, ground.inventory)
            written = await archive.write(now)
            expires_at = now + ground.inventory.periods[OFFER].length
            await store.finish(tx, export.id, written, now, expires_at)
            body = {
                "export_id": export.id,
                "size_bytes": written.size_bytes,
                "sha256": written.digest.hex(),
            }
            await audit.append(tx, [record_of(account, "export_made", ground, "system", **body)])

    async def _give_up(self, export: Export) -> None:
        async with self._ground.database.transaction(export.tenant_id) as tx:
            await store.fail(tx, export.id)
        _log.error("privacy.export_given_up", export_id=str(export.id))

    async def drop_over(self) -> int:
        """Remove the content of exports whose offer is over. Return how many."""
        dropped = 0
        for tenant_id in await self._ground.all_tenants():
            async with self._ground.database.transaction(tenant_id) as tx:
                dropped += await store.drop_over(tx, tenant_id, self._ground.clock.now(), DROPPED_AT_ONCE)
        return dropped


def _not_found() -> ExportNotFound:
    return ExportNotFound("No such export is offered. Ask for one, or look at the list of yours.")
