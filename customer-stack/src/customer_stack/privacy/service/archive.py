"""Write the archive of one person: JSON lines by section, pictures, and a manifest, as a ZIP in sealed parts.

The ZIP is written as a stream into parts of PART_BYTES; a part that is full is sealed under the person's key
and put into the database, so no more than a page of rows and a part are ever in memory, and nothing is
written in plain to a disk.

Guaranteed: what is told is what the inventory tells, opened; a field that was emptied is null.
"""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import IO, Any, Final
from uuid import UUID

import orjson

from customer_stack.customers.sealing import PersonCipher, RecordSealing
from customer_stack.privacy.domain.inventory import Inventory, Keeping, Table, Telling
from customer_stack.privacy.domain.records import Export, Written
from customer_stack.privacy.store import exports as store
from shared.database import Transaction

PART_BYTES: Final = 256 * 1024
SIZE_LIMIT_BYTES: Final = 512 * 1024 * 1024
NOT_TOLD: Final = (
    "Reports to authorities, and what is kept of their making.",
    "What monitoring, screening and reviewers found or wrote for themselves.",
    "Passwords and what signs you in: only digests are kept.",
)


class ArchiveTooLarge(Exception):
    """More than SIZE_LIMIT_BYTES."""


def place_of_part(export_id: UUID, number: int) -> tuple[str, str, UUID]:
    """Return what a part is sealed for."""
    return "privacy_export_part", f"sealed {number}", export_id


class _Parts(io.RawIOBase):
    """Takes the ZIP's bytes and cuts them; it cannot be rewound, so the ZIP is written as a stream."""

    def __init__(self) -> None:
        super().__init__()
        self._rest = bytearray()
        self._digest = hashlib.sha256()
        self.size_bytes = 0

    def writable(self) -> bool:
        return True

    def write(self, raw: Any) -> int:
        self._digest.update(raw)
        self._rest += raw
        self.size_bytes += len(raw)
        if self.size_bytes > SIZE_LIMIT_BYTES:
            raise ArchiveTooLarge
        return len(raw)

    def take(self, *, is_last: bool = False) -> list[bytes]:
        """Return the parts that are full; at the end the rest too."""
        parts = []
        while len(self._rest) >= PART_BYTES or (is_last and self._rest):
            parts.append(bytes(self._rest[:PART_BYTES]))
            del self._rest[:PART_BYTES]
        return parts

    def digest(self) -> bytes:
        return self._digest.digest()


class Archive:
    """One archive while it is written."""

    def __init__(
        self,
        tx: Transaction,
        export: Export,
        cipher: PersonCipher,
        records: RecordSealing,
        inventory: Inventory,
    ) -> None:
        """Write into parts of `export`."""
        self._tx = tx
        self._export = export
        self._cipher = cipher
        self._records = records
        self._inventory = inventory
        self._sink = _Parts()
        self._number = 0
        self._sections: list[dict[str, Any]] = []

    async def write(self, now: datetime) -> Written:
        """Write everything. Raises ArchiveTooLarge."""
        with zipfile.ZipFile(self._sink, "w", zipfile.ZIP_DEFLATED) as archive:
            for table in self._inventory.tables.values():
                if table.tell is not None:
                    with archive.open(f"{table.tell.section}.jsonl", "w") as file:
                        await self._write_section(file, table, table.tell)
            await self._write_files(archive)
            archive.writestr("manifest.json", orjson.dumps(self._manifest(now), option=orjson.OPT_INDENT_2))
        await self._flush(is_last=True)
        rows = sum(section["rows"] for section in self._sections)
        return Written(self._sink.size_bytes, self._sink.digest(), rows)

    async def _write_section(self, file: IO[bytes], table: Table, told: Telling) -> None:
        rows = 0
        async for page in store.read_rows(self._tx, table, told, self._export.customer_id):
            for row in page:
                shown = {column: self._show(table, column, row) for column in told.columns}
                file.write(orjson.dumps(shown, default=str, option=orjson.OPT_APPEND_NEWLINE))
            rows += len(page)
            await self._flush()
        self._sections.append(
            {
                "file": f"{told.section}.jsonl",
                "rows": rows,
                "purpose": table.reason.purpose,
                "ground": table.reason.ground,
                "kept": _describe(table),
            }
        )

    def _show(self, table: Table, column: str, row: Mapping[str, Any]) -> Any:
        value, keeping = row[column], table.columns.get(column)
        if keeping not in (Keeping.PERSON, Keeping.RECORD):
            return value
        if not value:
            return None
        place = table.place_of(column, row)
        opener = self._cipher if keeping is Keeping.PERSON else self._records
        return opener.open(place, value)

    async def _write_files(self, archive: zipfile.ZipFile) -> None:
        for file_id, kind, count in await store.list_files(self._tx, self._export.customer_id):
            with archive.open(f"identity-files/{file_id}.{kind}", "w") as file:
                for number in range(1, count + 1):
                    sealed = await store.load_file_part(self._tx, file_id, number)
                    place = ("kyc_file_chunk", f"sealed {number} of {count}", file_id)
                    file.write(self._cipher.open_bytes(place, sealed))
                    await self._flush()

    async def _flush(self, *, is_last: bool = False) -> None:
        parts = self._sink.take(is_last=is_last)
        if not parts:
            return
        sealed = [
            self._cipher.seal_bytes(place_of_part(self._export.id, number), part)
            for number, part in enumerate(parts, self._number + 1)
        ]
        await store.insert_parts(self._tx, self._export, self._number + 1, sealed)
        self._number += len(parts)

    def _manifest(self, now: datetime) -> dict[str, Any]:
        return {
            "export": str(self._export.id),
            "customer": str(self._export.customer_id),
            "made_at": now,
            "amounts": "whole numbers of the smallest unit: LKR cents, USD millionths, contract hundredths",
            "sections": self._sections,
            "not_told": NOT_TOLD,
        }


def _describe(table: Table) -> str:
    period = table.reason.period
    length = f"{period.years} years" if period.years else f"{period.days} days"
    return f"{length} from {period.begins} ({period.source})"
