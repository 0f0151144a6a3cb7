"""Make a pack of a window: read everything from one snapshot, have the audit carry its hash, register it."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from execution_stack.accounts import service as accounts
from execution_stack.aggregation import service as aggregation
from execution_stack.allocation.domain import Manifest
from execution_stack.evidence import domain, store
from execution_stack.evidence.domain import MadePack
from execution_stack.evidence.errors import CommitmentMissing, WindowInFlight, WindowUnknown
from execution_stack.intents import service as intents
from execution_stack.operators.service import Signed, identify, is_by, message
from execution_stack.replay.domain import (
    Difference,
    RawWindow,
    Replayed,
    posted_keys,
    read_window,
    replay,
)
from execution_stack.replay.service import as_stored, replay_page
from shared.audit import AuditRecord, append
from shared.audit.domain import StoredRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.evidence.domain import About
from shared.evidence.proving import Proving, record_manifest, wait_for_note, write_proofs
from shared.evidence.reading import FETCH_SECONDS, begin, ids_in, read_records
from shared.evidence.writing import PackWriter
from shared.ids import HOUSE_TENANT, Ids
from shared.operations.system_key import SystemKey

READING_MS: Final = int(FETCH_SECONDS * 1000)
ACT: Final = "evidence_pack"
"""What an operator signs of a pack: its number, its window, and the SHA-256 of manifest and file."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was read of a window: its manifest as stored, rows by sheet, and records that name them."""

    manifest: Manifest
    difference: str | None
    tables: domain.Tables
    records: Sequence[StoredRecord]
    span: tuple[datetime, datetime]


class WindowPacks:
    """Packs of windows, as commands make and list them."""

    def __init__(self, database: Database, proving: Proving, clock: Clock, ids: Ids) -> None:
        """Read from `database`, and prove with `proving`."""
        self._database = database
        self._proving = proving
        self._clock = clock
        self._ids = ids

    async def make(self, window_id: UUID, holder: SystemKey, write: Callable[[bytes], object]) -> MadePack:
        """Make a pack of a window whose order has ended, hand its bytes to `write`, and register it.

        `holder` is the key of the operator who makes it. What was written is a pack only once this returns.
        Raises KeyUnknown, WindowUnknown, WindowInFlight, CommitmentMissing, NotSealedInTime,
        NotProvenInTime, PackTooLarge.
        """
        async with self._database.transaction(HOUSE_TENANT) as tx:
            signer = await identify(tx, holder)
        found = await self._read(window_id)
        about = self._about(window_id, f"staff:{signer.operator}", found)
        pack = _Bytes(write)
        writer = PackWriter(pack.write, about, self._proving.keys)
        for sheet in domain.SHEETS:
            writing = writer.add_sheet(sheet)
            writing.write(found.tables[sheet.name])
            writing.end()
        writer.add_file(
            domain.MANIFEST_FILE, "what the window committed itself to", found.manifest.canonical()
        )
        summary = domain.summarise(found.manifest, found.tables, found.difference, len(found.records))
        writer.add_file("summary.txt", "what is in it, to read", summary)
        for record in found.records:
            writer.count_record(record)
        digest = writer.end_data()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            body = {"pack_id": about.pack_id, "window": window_id, "manifest_sha256": digest.hex()}
            own = await record_manifest(tx, HOUSE_TENANT, body, self._clock.now(), about.operator)
        note = await wait_for_note(self._database, HOUSE_TENANT, own, self._proving)
        positions = [record.position for record in found.records]
        async for _ in write_proofs(self._database, HOUSE_TENANT, writer, positions, note):
            pass  # a pack of a window is small: nobody waits meanwhile
        payload = payload_of(about.pack_id, window_id, digest, pack.sha256)
        made = MadePack(
            id=about.pack_id,
            window_id=window_id,
            operator=signer.operator,
            signed_with=signer.id,
            signature=holder.sign(payload),
            size_bytes=writer.size_bytes,
            sha256=pack.sha256,
            manifest_sha256=digest,
            row_count=writer.row_count,
            record_count=len(positions),
            checkpoint_size=note.size,
            is_witnessed=note.is_witnessed,
            made_at=self._clock.now(),
        )
        await self._register(made, holder)
        return made

    async def list_made(
        self, window_id: UUID | None, sha256: bytes | None, before: UUID | None, limit: int
    ) -> list[tuple[MadePack, bool]]:
        """Return packs, of one window or file or all, below an id, newest first.

        With each goes whether its signature holds: whether its operator made exactly this.
        """
        async with self._database.transaction(HOUSE_TENANT) as tx:
            found = await store.list_made(tx, window_id, sha256, before, limit)
            return [(made, await _is_by_its_operator(tx, made)) for made in found]

    def _about(self, window_id: UUID, operator: str, found: _Found) -> About:
        first_at, last_at = found.span
        return About(
            pack_id=self._ids.new(),
            origin=self._proving.origin,
            tenant_id=HOUSE_TENANT,
            scope_kind="window",
            scope_id=window_id,
            first_at=first_at,
            last_at=last_at,
            made_at=self._clock.now(),
            operator=operator,
            personal_data=False,
            amounts=domain.AMOUNTS,
        )

    async def _read(self, window_id: UUID) -> _Found:
        """Read everything of one moment. Raises WindowUnknown, WindowInFlight, CommitmentMissing."""
        tenants = await accounts.list_tenants(self._database)
        async with self._database.transaction(HOUSE_TENANT, *tenants, statement_timeout_ms=READING_MS) as tx:
            await begin(tx)
            manifest, difference, tables = await _read_rows(tx, window_id)
            first_at, last_at = domain.span_of(tables, self._clock.now())
            wanted = domain.ids_of(window_id, tables)
            now = await tx.fetch_value("SELECT now()")
            records = [
                record
                async for page in read_records(
                    tx, HOUSE_TENANT, first_at - domain.EARLIER, max(last_at, now) + domain.EARLIER
                )
                for record in page
                if not wanted.isdisjoint(ids_in(record.body))
            ]
        domain.require_committed(records, manifest, tables[domain.ORDERS.name][0]["order_id"])
        return _Found(manifest, difference, tables, records, (first_at, last_at))

    async def _register(self, made: MadePack, holder: SystemKey) -> None:
        """Keep what was made, if the key still stands, and let the audit have the file's hash."""
        body = {
            "pack_id": made.id,
            "window": made.window_id,
            "sha256": made.sha256.hex(),
            "rows": made.row_count,
            "records": made.record_count,
            "key": made.signed_with,
            "signature": made.signature.hex(),
        }
        async with self._database.transaction(HOUSE_TENANT) as tx:
            signer = await identify(tx, holder)
            invariant(signer.id == made.signed_with, "whoever began a pack ends it")
            await store.insert_made(tx, made)
            actor = f"staff:{made.operator}"
            await append(
                tx, [AuditRecord(HOUSE_TENANT, "evidence.pack_made", body, self._clock.now(), actor)]
            )


def payload_of(pack_id: UUID, window_id: UUID, manifest_sha256: bytes, sha256: bytes) -> bytes:
    """Return what the operator who makes a pack signs."""
    return message(ACT, pack_id, window_id, manifest_sha256.hex(), sha256.hex())


async def _is_by_its_operator(tx: Transaction, made: MadePack) -> bool:
    signed = Signed(made.operator, made.signed_with, made.signature)
    return await is_by(tx, signed, payload_of(made.id, made.window_id, made.manifest_sha256, made.sha256))


async def _read_rows(tx: Transaction, window_id: UUID) -> tuple[Manifest, str | None, domain.Tables]:
    """Return a window's manifest, what a replay finds different, and its rows by sheet.

    Raises WindowUnknown, WindowInFlight, CommitmentMissing.
    """
    page = await aggregation.list_windows(tx, None, 1, only=window_id)
    if not page:
        raise WindowUnknown("No window has this id. The reports of its intents name it.")
    manifest = read_window(RawWindow(window_id, page[0].manifest, page[0].digest))
    if isinstance(manifest, Difference):
        raise CommitmentMissing(f"The {manifest.what} is not as it was. Run `execution-stack audit verify`.")
    stored = as_stored(page[0], manifest)
    if stored is None:
        raise WindowInFlight("The window's order is in flight. Make the pack once it has ended.")
    _, difference = await replay_page(tx, page)
    pooled = (await intents.load_windows(tx, [window_id]))[window_id]
    shared_out = replay(stored)
    tables = await store.read_window(tx, window_id)
    fills = tables[domain.FILLS.name]
    late = [row["fill_id"] for row in fills if row["is_late"]]
    keys = domain.keys_of(posted_keys(stored, pooled), stored.order_id, manifest.market_id, late)
    shares = domain.share_rows(shared_out.allocation) if isinstance(shared_out, Replayed) else []
    subjects = [stored.order_id, *(row["fill_id"] for row in fills)]
    tables |= {
        domain.SHARES.name: shares,
        domain.POSTINGS.name: await store.read_postings(tx, keys),
        domain.BREAKS.name: await store.read_breaks(tx, subjects),
    }
    return manifest, None if difference is None else difference.what, tables


class _Bytes:
    """Hands a pack's bytes on and knows their SHA-256."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._digest = hashlib.sha256()

    def write(self, raw: bytes) -> None:
        self._digest.update(raw)
        self._write(raw)

    @property
    def sha256(self) -> bytes:
        return self._digest.digest()
