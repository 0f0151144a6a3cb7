"""Make packs: read everything from one snapshot, write it sealed in parts, have the audit carry its hash.

The snapshot's transaction only reads, so that the sealer never waits for it; parts go in with short
transactions of their own, each of which also sees whether the pack is still wanted. A kill or a cancellation
leaves parts that the next attempt, or the cancellation itself, removes.
"""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog

from customer_stack.customers.sealing import PersonCipher
from customer_stack.disclosures.suspicions import may_know, tells_of_suspicion
from customer_stack.evidence.domain.packs import Made, Pack, Scope, State, Step, expiry_of, next_state
from customer_stack.evidence.service.ground import Ground
from customer_stack.evidence.service.summary import Summary, draw_summary
from customer_stack.evidence.store import packs as store
from customer_stack.evidence.store import reading
from shared import audit
from shared.audit.domain import StoredRecord
from shared.database import Transaction
from shared.errors import invariant
from shared.evidence.domain import About, Sheet
from shared.evidence.proving import Proving, record_manifest, wait_for_note, write_proofs
from shared.evidence.reading import begin, ids_in, read_records
from shared.evidence.writing import PackTooLarge, PackWriter, SheetWriter

ATTEMPTS: Final = 5
LEASE: Final = timedelta(minutes=15)
PART_BYTES: Final = 256 * 1024
DROPPED_AT_ONCE: Final = 5
PEOPLE: Final = Sheet(
    "people",
    "who the customer is, as they were registered",
    (
        "customer_id",
        "full_name",
        "email",
        "phone",
        "date_of_birth",
        "residency",
        "document_type",
        "document_country",
        "document_number",
    ),
    key="customer_id",
)
_log = structlog.get_logger(__name__)


class NotWanted(Exception):
    """The pack was cancelled, or another worker makes it."""


class Making:
    """Makes packs that were asked for."""

    def __init__(self, ground: Ground, proving: Proving) -> None:
        """Prove with `proving`."""
        self._ground = ground
        self._proving = proving

    async def make_due(self) -> int:
        """Make one pack of every tenant that waits for one. Return how many were tried."""
        tried = 0
        for tenant_id in await self._ground.all_tenants():
            now = self._ground.clock.now()
            async with self._ground.database.transaction(tenant_id) as tx:
                pack = await store.take_due(tx, tenant_id, now, now + LEASE)
            if pack is not None:
                tried += 1
                await self._try(pack)
        return tried

    async def drop_over(self) -> int:
        """Remove the content of packs whose time is over. Return how many."""
        dropped = 0
        for tenant_id in await self._ground.all_tenants():
            async with self._ground.database.transaction(tenant_id) as tx:
                dropped += await store.drop_over(tx, tenant_id, self._ground.clock.now(), DROPPED_AT_ONCE)
        return dropped

    async def _try(self, pack: Pack) -> None:
        if pack.attempts > ATTEMPTS:  # the last one took its worker with it, so nobody was left to give up
            await self._give_up(pack, "failed")
            return
        try:
            await _Attempt(self._ground, self._proving, pack).run()
        except NotWanted:
            _log.info("evidence.not_wanted", pack_id=str(pack.id))
        except PackTooLarge:
            await self._give_up(pack, "too_large")
        except Exception:  # noqa: BLE001 - whatever broke, the other packs must not suffer
            _log.exception("evidence.failed", pack_id=str(pack.id), attempts=pack.attempts)
            if pack.attempts >= ATTEMPTS:
                await self._give_up(pack, "failed")

    async def _give_up(self, pack: Pack, why: str) -> None:
        async with self._ground.database.transaction(pack.tenant_id) as tx:
            found = await store.lock(tx, pack.id)
            await store.delete_parts(tx, [pack.id])
            if found is None or found.state is not State.ASKED:
                return
            await store.set_state(tx, pack.id, next_state(found.state, Step.FAIL), None)
            await audit.append(tx, [self._ground.record_of(pack, "pack_failed", "system", why=why)])
        _log.error("evidence.given_up", pack_id=str(pack.id), why=why)


class _Parts:
    """Takes the pack's bytes, cuts them, and knows their SHA-256."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._digest = hashlib.sha256()

    def write(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._rest += raw

    def take(self, *, is_last: bool = False) -> list[bytes]:
        parts = []
        while len(self._rest) >= PART_BYTES or (is_last and self._rest):
            parts.append(bytes(self._rest[:PART_BYTES]))
            del self._rest[:PART_BYTES]
        return parts

    def digest(self) -> bytes:
        return self._digest.digest()


@dataclass(slots=True)
class _Found:
    """What was read: ids that the audit may name, where its records stand, and counts for the summary."""

    ids: set[bytes] = field(default_factory=set)
    positions: list[tuple[int, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    by_day: dict[str, Counter[str]] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)


class _Attempt:
    """One attempt at one pack."""

    def __init__(self, ground: Ground, proving: Proving, pack: Pack) -> None:
        self._ground = ground
        self._proving = proving
        self._pack = pack
        self._parts = _Parts()
        self._number = 0
        self._cipher: PersonCipher | None = None
        self._found = _Found()
        wish = pack.wish
        self._about = About(
            pack_id=pack.id,
            origin=proving.origin,
            tenant_id=pack.tenant_id,
            scope_kind=wish.scope.value,
            scope_id=wish.scope_id,
            first_at=wish.first_at,
            last_at=wish.last_at,
            made_at=ground.clock.now(),
            operator=pack.asked_by,
            personal_data=wish.is_personal,
        )
        self._writer = PackWriter(self._parts.write, self._about, proving.keys)

    async def run(self) -> None:
        """Make the pack. Raises NotWanted, PackTooLarge, NotProvenInTime."""
        ground, pack = self._ground, self._pack
        async with ground.database.transaction(pack.tenant_id) as tx:
            await store.delete_parts(tx, [pack.id])
            self._cipher = await ground.cipher_of(tx, pack)
        async with ground.database.transaction(pack.tenant_id) as tx:
            await begin(tx)
            for source in ground.sources:
                if pack.wish.scope in source.scopes and self._may(source.permission):
                    await self._write_source(tx, source)
            await self._write_people(tx)
            await self._find_records(tx)
        summary = await draw_summary(await self._summarise())
        self._writer.add_file("summary.pdf", "what is in it, to read", summary)
        digest = self._writer.end_data()
        await self._prove(await self._record(digest), digest)

    def _may(self, permission: str | None) -> bool:
        return permission is None or permission in self._pack.permissions

    async def _write_source(self, tx: Transaction, source: Any) -> None:
        sheet = source.sheet
        writing = self._writer.add_sheet(sheet)
        days: Counter[str] = Counter()
        count = 0
        async for page in reading.read_rows(tx, source, self._pack.wish):
            writing.write(page)
            count += len(page)
            if sheet.key is not None and self._pack.wish.scope is not Scope.PERIOD:
                self._found.ids |= {str(row[sheet.key]).encode() for row in page}
            if sheet.time is not None:
                days.update(row[sheet.time].date().isoformat() for row in page)
            await self._flush()
        await self._end(writing)
        self._found.rows[sheet.name] = count
        self._found.by_day[sheet.name] = days

    async def _end(self, writing: SheetWriter) -> None:
        """Unpack the sheet's CSV off the loop, and keep each piece before the next is unpacked."""
        pieces = writing.end_in_pieces()
        while await asyncio.to_thread(next, pieces, None) is not None:
            await self._flush()
        await self._flush()

    async def _write_people(self, tx: Transaction) -> None:
        pack = self._pack
        if not pack.wish.is_personal or pack.customer_id is None:
            return
        writing = self._writer.add_sheet(PEOPLE)
        for customer_id, (profile, _) in (
            await self._ground.customers.open_profiles(tx, [pack.customer_id])
        ).items():
            shown = {name: getattr(profile, name) for name in PEOPLE.columns[1:]}
            writing.write([{"customer_id": customer_id} | shown])
        await self._end(writing)
        self._found.rows[PEOPLE.name] = 1

    async def _find_records(self, tx: Transaction) -> None:
        """Promise a proof of every record that names the scope or a row; of a period, of all its records."""
        wish, found = self._pack.wish, self._found
        wanted = {str(wish.scope_id).encode()}
        if wish.scope is not Scope.STAFF:
            wanted |= found.ids
        async for page in read_records(tx, self._pack.tenant_id, wish.first_at, wish.last_at):
            for record in page:
                if self._is_hidden(record):
                    continue
                if wish.scope is Scope.PERIOD or not wanted.isdisjoint(ids_in(record.body)):
                    self._writer.count_record(record)
                    found.positions.append(record.position)
                    found.kinds[record.kind.partition(".")[0]] += 1
            await self._flush()

    def _is_hidden(self, record: StoredRecord) -> bool:
        """Tell whether a record could say that a report of a suspicion exists, to who may not know."""
        return not may_know(self._pack.permissions) and tells_of_suspicion(record.kind, record.body)

    async def _summarise(self) -> Summary:
        found = self._found
        return Summary(
            operator=await self._ground.name_operator(self._pack.tenant_id),
            about=self._about,
            rows=found.rows,
            says={source.name: source.sheet.says for source in self._ground.sources}
            | {PEOPLE.name: PEOPLE.says},
            by_day=found.by_day,
            records=len(found.positions),
            kinds=dict(found.kinds.most_common()),
            left_out=[
                source.name
                for source in self._ground.sources
                if self._pack.wish.scope in source.scopes and not self._may(source.permission)
            ],
        )

    async def _record(self, digest: bytes) -> tuple[int, int]:
        """Have the audit carry the manifest's hash; return where that record stands."""
        pack, ground = self._pack, self._ground
        body = {"pack_id": pack.id, "manifest_sha256": digest.hex()}
        async with ground.database.transaction(pack.tenant_id) as tx:
            await self._require_wanted(tx)
            return await record_manifest(tx, pack.tenant_id, body, ground.clock.now(), "system")

    async def _prove(self, own: tuple[int, int], digest: bytes) -> None:
        """Write all proofs to one checkpoint, and say that the pack is whole."""
        pack, ground = self._pack, self._ground
        note = await wait_for_note(ground.database, pack.tenant_id, own, self._proving)
        positions = self._found.positions
        async for _ in write_proofs(ground.database, pack.tenant_id, self._writer, positions, note):
            await self._flush()
        await self._flush(is_last=True)
        made = Made(
            size_bytes=self._writer.size_bytes,
            sha256=self._parts.digest(),
            manifest_sha256=digest,
            row_count=self._writer.row_count,
            record_count=len(positions),
            checkpoint_size=note.size,
            is_witnessed=note.is_witnessed,
            made_at=ground.clock.now(),
        )
        await self._finish(made)

    async def _finish(self, made: Made) -> None:
        pack, ground = self._pack, self._ground
        async with ground.database.transaction(pack.tenant_id) as tx:
            found = await store.lock(tx, pack.id)
            await self._require_wanted(tx)
            invariant(found is not None, "a pack that is made was asked for")
            await store.insert_made(tx, pack, made)
            expires_at = expiry_of(pack.wish, made.made_at)
            await store.set_state(tx, pack.id, next_state(State.ASKED, Step.FINISH), expires_at)
            body = {"sha256": made.sha256.hex(), "rows": made.row_count, "records": made.record_count}
            await audit.append(tx, [ground.record_of(pack, "pack_made", "system", **body)])

    async def _flush(self, *, is_last: bool = False) -> None:
        """Keep what is written so far. Raises NotWanted."""
        parts = self._parts.take(is_last=is_last)
        if not parts:
            return
        first = self._number + 1
        sealed = await asyncio.to_thread(self._seal, first, parts)
        async with self._ground.database.transaction(self._pack.tenant_id) as tx:
            await self._require_wanted(tx)
            await store.insert_parts(tx, self._pack, first, sealed)
        self._number += len(parts)

    def _seal(self, first: int, parts: Sequence[bytes]) -> list[bytes]:
        return [
            self._ground.seal(self._cipher, self._pack, number, part)
            for number, part in enumerate(parts, first)
        ]

    async def _require_wanted(self, tx: Transaction) -> None:
        if not await store.is_asked(tx, self._pack.id, self._pack.attempts):
            raise NotWanted
