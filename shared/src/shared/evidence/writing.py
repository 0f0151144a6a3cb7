"""Writes a pack: files of rows, then the manifest, then the proofs.

Whoever writes one goes three steps. First the data: `add_sheet` for every file of rows and `add_file` for
what is whole. Then `end_data`, which writes the manifest and returns its SHA-256: a record of the audit has
to carry it. When that is sealed and a checkpoint covers it, the proofs: `begin_proofs`, `add_proofs`, `end`.

Everything goes out as it is made. Only the CSV of the sheet at hand waits in memory, compressed, since its
rows come once and the container has one file after the other. It is unpacked in pieces.
"""

import base64
import hashlib
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib import resources
from typing import Any, Final

import orjson

from shared.audit.checkpoints import Verifier
from shared.audit.domain import StoredRecord, leaf_bytes
from shared.errors import invariant
from shared.evidence.container import Container
from shared.evidence.domain import (
    FORMAT,
    RECORD_KIND,
    About,
    Sheet,
    canonical,
    plain,
    plain_row,
    write_csv,
    write_lines,
)

SIZE_LIMIT_BYTES: Final = 512 * 1024 * 1024
RECORDS_LIMIT: Final = 100_000
PIECE_BYTES: Final = 1024 * 1024
_READ_ME: Final = """This is an evidence pack.

summary.*             what is in it, to read
data/*.jsonl, *.csv   the data, twice: for programs and for spreadsheets
manifest.json         SHA-256, rows, time and columns of every file
proofs/               the audit's records with their way to the root of its tree, and the signed checkpoint
keys.txt              the public keys of the log and its witness: compare them with keys from elsewhere
verify_pack.py        checks all of it with nothing but Python:

    python3 -I verify_pack.py PACK.zip --key 'KEY' --checkpoint KEPT

Take the verifier from somewhere else than this pack, and read it: it is one file.
"""


class PackTooLarge(Exception):
    """More than a pack may hold: ask for a shorter time."""


@dataclass(frozen=True, slots=True)
class Proven:
    """A record with its number and its way to the root of a checkpoint's tree."""

    record: StoredRecord
    sequence: int
    proof: Sequence[bytes]


def load_verifier() -> bytes:
    """Return the source of the verifier."""
    return resources.files("shared.evidence").joinpath("verify_pack.py").read_bytes()


class PackWriter:
    """One pack while it is written."""

    def __init__(self, write: Callable[[bytes], None], about: About, keys: Sequence[Verifier]) -> None:
        """Hand the pack's bytes to `write`; `keys`: the log's own first, then its witnesses'."""
        self._container = Container(write)
        self._about = about
        self._files: list[dict[str, Any]] = []
        self._leaves = hashlib.sha256()
        self._records = 0
        self.row_count = 0
        self.add_file("readme.txt", "how to begin", _READ_ME.encode())
        self.add_file("verify_pack.py", "the verifier", load_verifier())
        self.add_file("keys.txt", "public keys", "".join(f"{key.text()}\n" for key in keys).encode())

    @property
    def size_bytes(self) -> int:
        """Return how long the pack is so far."""
        return self._container.size_bytes

    def add_file(self, name: str, says: str, content: bytes) -> None:
        """Add a file that is whole."""
        self._container.begin(name)
        self._container.write(content)
        self._container.end()
        self._list(name, says, hashlib.sha256(content).hexdigest(), len(content), {})

    def add_sheet(self, sheet: Sheet) -> "SheetWriter":
        """Begin a file of rows."""
        return SheetWriter(self._container, sheet, self._list_sheet)

    def count_record(self, record: StoredRecord) -> None:
        """Promise that the pack proves a record. Raises PackTooLarge."""
        self._records += 1
        if self._records > RECORDS_LIMIT:
            raise PackTooLarge
        self._leaves.update(hashlib.sha256(leaf_bytes(record)).digest())

    def end_data(self) -> bytes:
        """Write the manifest and return its SHA-256."""
        about = self._about
        document = {
            "format": FORMAT,
            "pack": plain(about.pack_id),
            "origin": about.origin,
            "tenant": plain(about.tenant_id),
            "scope": {"kind": about.scope_kind, "id": plain(about.scope_id)},
            "first_at": plain(about.first_at),
            "last_at": plain(about.last_at),
            "made_at": plain(about.made_at),
            "operator": about.operator,
            "personal_data": about.personal_data,
            "amounts": about.amounts,
            "records": {"count": self._records, "leaves_sha256": self._leaves.hexdigest()},
            "files": self._files,
        }
        raw = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
        self._put("manifest.json", [raw])
        return hashlib.sha256(raw).digest()

    def begin_proofs(self, own: Proven) -> None:
        """Write the proof of the manifest's own record; those of the promised ones follow, in order."""
        invariant(own.record.kind == RECORD_KIND, "the manifest is in the audit")
        self._put("proofs/manifest.json", [_proof(own)])
        self._container.begin("proofs/records.jsonl")

    def add_proofs(self, proven: Iterable[Proven]) -> None:
        """Write the proofs of promised records. Raises PackTooLarge."""
        for each in proven:
            self._container.write(_proof(each))
        if self.size_bytes > SIZE_LIMIT_BYTES:
            raise PackTooLarge

    def end(self, note: str) -> None:
        """Write the signed checkpoint to which all proofs lead, and close the pack."""
        self._container.end()
        self._put("proofs/checkpoint.txt", [note.encode()])
        self._container.close()

    def _put(self, name: str, parts: Iterable[bytes]) -> None:
        self._container.begin(name)
        for part in parts:
            self._container.write(part)
        self._container.end()

    def _list(self, name: str, says: str, sha256: str, size: int, more: Mapping[str, Any]) -> None:
        entry = {"name": name, "says": says, "sha256": sha256, "size_bytes": size}
        nothing: dict[str, Any] = {
            "rows": 0,
            "first_at": None,
            "last_at": None,
            "schema_version": 1,
            "columns": [],
        }
        self._files.append(entry | nothing | {"operator": self._about.operator} | dict(more))

    def _list_sheet(self, sheet: Sheet, done: "Written") -> None:
        rule = sheet.running
        self.row_count += done.rows if done.ending == "jsonl" else 0
        more = {
            "rows": done.rows,
            "first_at": plain(done.first_at),
            "last_at": plain(done.last_at),
            "schema_version": sheet.schema_version,
            "columns": sheet.columns,
            "time": sheet.time,
            "key": sheet.key,
            "running": rule
            and {"by": rule.by, "number": rule.number, "amount": rule.amount, "balance": rule.balance},
        }
        self._list(f"data/{sheet.name}.{done.ending}", sheet.says, done.sha256, done.size_bytes, more)


@dataclass(frozen=True, slots=True)
class Written:
    """A file of rows as it was written."""

    ending: str
    sha256: str
    size_bytes: int
    rows: int
    first_at: datetime | None
    last_at: datetime | None


class SheetWriter:
    """One file of rows while it is written, as JSON Lines; its CSV follows at the end."""

    def __init__(self, container: Container, sheet: Sheet, done: Callable[[Sheet, Written], None]) -> None:
        """Begin the file."""
        self._container = container
        self._sheet = sheet
        self._done = done
        self._rows = 0
        self._first: datetime | None = None
        self._last: datetime | None = None
        self._lines = _Sum()
        self._table = _Sum()
        self._squeezing = zlib.compressobj(1)
        self._squeezed: deque[bytes] = deque()
        container.begin(f"data/{sheet.name}.jsonl")
        self._keep_csv([sheet.columns])

    def write(self, rows: Sequence[Mapping[str, object]]) -> None:
        """Add rows. Raises PackTooLarge."""
        shown = [plain_row(self._sheet, row) for row in rows]
        content = write_lines(shown)
        self._lines.add(content)
        self._container.write(content)
        self._keep_csv([list(row.values()) for row in shown])
        self._rows += len(rows)
        if self._sheet.time is not None:
            self._widen([row[self._sheet.time] for row in rows])
        if self._container.size_bytes + self._table.size > SIZE_LIMIT_BYTES:
            raise PackTooLarge

    def end(self) -> None:
        """End the file, and write its CSV at once: for a pack that fits into memory."""
        for _ in self.end_in_pieces():
            pass

    def end_in_pieces(self) -> Iterator[int]:
        """End the file, and write its CSV; give how long each piece was, `PIECE_BYTES` at most.

        Nothing is unpacked ahead: the caller passes a piece on, or works elsewhere, before it takes the next.
        """
        self._container.end()
        self._done(self._sheet, self._written("jsonl", self._lines))
        self._squeezed.append(self._squeezing.flush())
        unpacking = zlib.decompressobj()
        self._container.begin(f"data/{self._sheet.name}.csv")
        while self._squeezed:
            packed = self._squeezed.popleft()
            while packed:
                piece = unpacking.decompress(packed, PIECE_BYTES)
                packed = unpacking.unconsumed_tail
                self._container.write(piece)
                yield len(piece)
        self._container.end()
        self._done(self._sheet, self._written("csv", self._table))

    def _keep_csv(self, rows: Sequence[Sequence[Any]]) -> None:
        content = write_csv(rows)
        self._table.add(content)
        self._squeezed.append(self._squeezing.compress(content))

    def _widen(self, moments: Sequence[object]) -> None:
        known = [each for each in (*moments, self._first, self._last) if isinstance(each, datetime)]
        if known:
            self._first, self._last = min(known), max(known)

    def _written(self, ending: str, made: "_Sum") -> Written:
        return Written(ending, made.sha256, made.size, self._rows, self._first, self._last)


class _Sum:
    """Length and SHA-256 of what goes by."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()
        self.size = 0

    def add(self, content: bytes) -> None:
        self._digest.update(content)
        self.size += len(content)

    @property
    def sha256(self) -> str:
        return self._digest.hexdigest()


def _proof(proven: Proven) -> bytes:
    record = proven.record
    document = {
        "sequence": proven.sequence,
        "kind": record.kind,
        "recorded_at": plain(record.recorded_at),
        "body": orjson.loads(record.body),
        "row": base64.b64encode(leaf_bytes(record)).decode(),
        "proof": [step.hex() for step in proven.proof],
    }
    return canonical(document) + b"\n"
