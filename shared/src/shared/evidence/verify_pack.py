"""Checks an evidence pack, and says what that proves and what it does not.

    python3 verify_pack.py PACK.zip
    python3 verify_pack.py PACK.zip --key 'NAME+ID+KEY' --checkpoint kept-checkpoint.txt

It is one file, needs Python 3.8 or newer and nothing else, opens no connection and writes nothing. Read it
before you trust it, and take it from somewhere else than the pack that it is to check: who can change a pack
can change the verifier inside.

How a pack holds together: every file's SHA-256 stands in `manifest.json`; the SHA-256 of the manifest stands
in a record of the operator's audit; that record, and every record that the pack tells of, are leaves of one
Merkle tree (RFC 6962); its root stands in a checkpoint, which the operator signed (C2SP tlog-checkpoint) and
a witness cosigned (C2SP tlog-cosignature). So one signature covers every byte. The container has one form
only, so bytes between the files are covered too.

Exit codes: 0 everything that was checked holds; 1 something does not hold; 2 the file or an argument cannot
be read; 3, with --strict, when something could not be proven.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import csv
import hashlib
import io
import json
import re
import struct
import sys
from datetime import datetime, timedelta, timezone
from typing import Any

FORMAT = "bulkhead.evidence.v1"
MANIFEST, CHECKPOINT, KEYS = "manifest.json", "proofs/checkpoint.txt", "keys.txt"
RECORDS, OWN_RECORD = "proofs/records.jsonl", "proofs/manifest.json"
UNLISTED = {MANIFEST, CHECKPOINT, RECORDS, OWN_RECORD}
RECORD_KIND = "evidence.pack_sealed"
SIZE_LIMIT_BYTES = 1 << 30
FILES_LIMIT = 256
NAME = re.compile(r"[a-z0-9_-]+(?:[./][a-z0-9_-]+){0,8}")
UUID = re.compile(rb"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


class Broken(Exception):
    """The pack does not hold together: it was changed, or it never did."""


class Unreadable(Exception):
    """What was given is no pack, key or checkpoint."""


class Report:
    """What was proven and what was not, in the order in which it was found."""

    def __init__(self) -> None:
        self.proven: list[str] = []
        self.open: list[str] = []

    def prove(self, sentence: str) -> None:
        self.proven.append(sentence)

    def leave(self, sentence: str) -> None:
        self.open.append(sentence)


def require(holds: object, sentence: str) -> None:
    if not holds:
        raise Broken(sentence)


# ---- the container: a ZIP whose every byte follows from names and contents


_END = struct.Struct("<IHHHHIIH")
_CENTRAL = struct.Struct("<IHHHHHHIIIHHHHHII")
_LOCAL = struct.Struct("<IHHHHHIIIHH")
_AFTER = struct.Struct("<IIII")
_FLAGS, _VERSION, _MADE_BY, _DATE, _MODE = 0x0008, 20, 0x0314, 0x0021, 0o100644 << 16


def read_container(pack: bytes) -> dict[str, bytes]:
    """Return files by name. Raises Broken when a byte is not where the one form has it."""
    if len(pack) < _END.size or pack[:2] != b"PK":
        raise Unreadable("this is no ZIP file")
    if len(pack) > SIZE_LIMIT_BYTES:
        raise Unreadable("this is longer than any pack")
    count, size, begin = _END.unpack(pack[-_END.size :])[4:7]
    require(0 < count <= FILES_LIMIT, "the number of files is not one that a pack has")
    require(begin + size + _END.size == len(pack), "the container has bytes that belong to no file")
    files: dict[str, bytes] = {}
    at, listed, central = 0, begin, b""
    for _ in range(count):
        require(listed + _CENTRAL.size <= len(pack), "the container's list of files ends too early")
        entry = _CENTRAL.unpack(pack[listed : listed + _CENTRAL.size])
        raw = pack[listed + _CENTRAL.size : listed + _CENTRAL.size + entry[10]]
        name = raw.decode("ascii", "replace")
        require(NAME.fullmatch(name) and len(name) <= 100, "a file has a name that no pack gives")
        require(name not in files, f"{name} is there twice")
        start = at + _LOCAL.size + len(raw)
        content = pack[start : start + entry[8]]
        require(len(content) == entry[8] and start + entry[8] <= begin, f"{name} is cut off")
        whole, entry_bytes = frame(raw, content, at)
        require(pack[at : at + len(whole)] == whole, f"the container differs from its one form at {name}")
        files[name] = content
        central += entry_bytes
        at, listed = at + len(whole), listed + len(entry_bytes)
    require(at == begin and pack[begin : begin + size] == central, "the container's list of files differs")
    end = _END.pack(0x06054B50, 0, 0, count, count, len(central), begin, 0)
    require(pack[-_END.size :] == end, "the end of the container differs from its one form")
    return files


def frame(name: bytes, content: bytes, at: int) -> tuple[bytes, bytes]:
    """Return a file as it stands in the container at `at`, and its line in the list."""
    checksum, size = binascii.crc32(content), len(content)
    local = _LOCAL.pack(0x04034B50, _VERSION, _FLAGS, 0, 0, _DATE, 0, 0, 0, len(name), 0)
    after = _AFTER.pack(0x08074B50, checksum, size, size)
    sizes = (checksum, size, size, len(name), 0, 0, 0, 0, _MODE, at)
    central = _CENTRAL.pack(0x02014B50, _MADE_BY, _VERSION, _FLAGS, 0, 0, _DATE, *sizes)
    return local + name + content + after, central + name


# ---- files, as the manifest lists them


def check_files(files: dict[str, bytes], manifest: dict[str, Any], report: Report) -> None:
    listed = {each["name"]: each for each in manifest["files"]}
    require(len(listed) == len(manifest["files"]), "the manifest lists a file twice")
    require(not UNLISTED & set(listed), "the manifest lists itself or a proof")
    missing, stray = (set(listed) | UNLISTED) - set(files), set(files) - set(listed) - UNLISTED
    require(not missing, f"files are missing: {', '.join(sorted(missing))}")
    require(not stray, f"files were added: {', '.join(sorted(stray))}")
    rows = 0
    for name, entry in listed.items():
        content = files[name]
        require(len(content) == entry["size_bytes"], f"{name} has another length than the manifest says")
        digest = hashlib.sha256(content).hexdigest()
        require(digest == entry["sha256"], f"{name} has another SHA-256 than the manifest says")
        if name.endswith(".jsonl"):
            rows += check_rows(name, content, entry, manifest)
        elif name.endswith(".csv"):
            check_twin(name, content, entry, files)
    report.prove(f"{len(listed)} files are those of the manifest, by SHA-256; none was added or taken away")
    report.prove(
        f"{rows} rows are counted as the manifest says; the CSV files say the same as the JSON Lines"
    )


def read_lines(content: bytes) -> list[Any]:
    require(not content or content.endswith(b"\n"), "a file of JSON Lines ends in the middle of a line")
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def check_rows(name: str, content: bytes, entry: dict[str, Any], manifest: dict[str, Any]) -> int:
    rows = read_lines(content)
    require(len(rows) == entry["rows"], f"{name} has {len(rows)} rows, the manifest says {entry['rows']}")
    require(all(list(row) == entry["columns"] for row in rows), f"{name} has a row with other columns")
    times = [row[entry["time"]] for row in rows] if entry["time"] else []
    times = [each for each in times if each is not None]
    span = (min(times), max(times)) if times else (None, None)
    require(
        span == (entry["first_at"], entry["last_at"]), f"{name} is of another time than the manifest says"
    )
    inside = not times or (manifest["first_at"] <= span[0] and span[1] < manifest["last_at"])
    require(inside, f"{name} has rows from outside of the time that the pack is of")
    if entry["running"]:
        check_running(name, rows, entry["running"])
    return len(rows)


def check_running(name: str, rows: list[Any], rule: dict[str, Any]) -> None:
    """Check that numbers have no gap and balances follow from amounts: no row is missing between two."""
    last: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        key = tuple(row[column] for column in rule["by"])
        before = last.get(key)
        number, amount, balance = row[rule["number"]], row[rule["amount"]], row[rule["balance"]]
        if before is None:
            follows = number > 1 or balance == amount
        else:
            follows = number == before[rule["number"]] + 1 and balance == before[rule["balance"]] + amount
        require(follows, f"{name}: a row is missing or a balance does not follow, at number {number}")
        last[key] = row


def check_twin(name: str, content: bytes, entry: dict[str, Any], files: dict[str, bytes]) -> None:
    source = name[: -len(".csv")] + ".jsonl"
    require(source in files, f"{name} has no JSON Lines beside it")
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(entry["columns"])
    count = 0
    for row in read_lines(files[source]):
        writer.writerow([cell(value) for value in row.values()])
        count += 1
    require(text.getvalue().encode() == content, f"{name} says something else than {source}")
    require(count == entry["rows"], f"{name} has another number of rows than the manifest says")


def cell(value: object) -> str:
    """Return a value as CSV has it; a text that a spreadsheet would take for a formula has an apostrophe."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return "'" + value if value.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) else value
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# ---- the audit: records, the tree over them, checkpoints


_LENGTH = struct.Struct(">i")
_EPOCH = datetime(2000, 1, 1, tzinfo=timezone.utc)  # noqa: UP017 - older Pythons


def hash_children(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def is_included(leaf: bytes, index: int, size: int, proof: list[bytes], root: bytes) -> bool:
    """RFC 9162, 2.1.3.2."""
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, leaf
    for step in proof:
        if last == 0:
            return False
        if place & 1 or place == last:
            found = hash_children(step, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = hash_children(found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and found == root


def is_consistent(old: int, old_root: bytes, new: int, new_root: bytes, proof: list[bytes]) -> bool:
    """RFC 9162, 2.1.4.2."""
    if not 0 < old <= new:
        return False
    if old == new:
        return old_root == new_root and not proof
    steps = [old_root, *proof] if old & (old - 1) == 0 else list(proof)
    if not steps:
        return False
    place, last = old - 1, new - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    old_found = new_found = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if place & 1 or place == last:
            old_found, new_found = hash_children(step, old_found), hash_children(step, new_found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            new_found = hash_children(new_found, step)
        place, last = place >> 1, last >> 1
    return last == 0 and old_found == old_root and new_found == new_root


class Record:
    """One record of the audit: the row as the database writes it, its number, and the way to the root."""

    def __init__(self, line: bytes) -> None:
        document = json.loads(line)
        require(canonical(document) == line, "a proof is not written in its one form")
        shown = {"body", "kind", "proof", "recorded_at", "row", "sequence"}
        require(set(document) == shown, "a proof has other parts than a proof has")
        self.sequence: int = document["sequence"]
        self.row = decode(document["row"])
        self.proof = [from_hex(each) for each in document["proof"]]
        self.leaf = hashlib.sha256(self.row).digest()
        fields = read_row(self.row)
        moment = _EPOCH + timedelta(microseconds=struct.unpack(">q", fields[3])[0])
        self.recorded_at = moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        self.tenant = fields[2].hex()
        self.kind, self.body = fields[4].decode(), json.loads(fields[5])
        shown_as = [document["kind"], document["recorded_at"], document["body"]]
        is_same = canonical(shown_as) == canonical([self.kind, self.recorded_at, self.body])
        require(is_same, "a record is shown as something it is not")

    def require_in(self, checkpoint: Checkpoint) -> None:
        held = is_included(self.leaf, self.sequence - 1, checkpoint.size, self.proof, checkpoint.root)
        require(held, f"record {self.sequence} ({self.kind}) is not in the tree of the checkpoint")


def read_row(row: bytes) -> list[bytes]:
    """Return the columns of a row in PostgreSQL's binary form: id, txid, tenant, time, kind, body."""
    require(row[:2] == b"\x00\x06", "a record's row has another number of columns than six")
    fields, at = [], 2
    for _ in range(6):
        require(at + 4 <= len(row), "a record's row is cut off")
        (size,) = _LENGTH.unpack(row[at : at + 4])
        require(size >= 0 and at + 4 + size <= len(row), "a record's row is cut off")
        fields.append(row[at + 4 : at + 4 + size])
        at += 4 + size
    require(at == len(row) and [len(each) for each in fields[:4]] == [8, 8, 16, 8], "a record's row is odd")
    return fields


class Checkpoint:
    """A signed checkpoint: how long a log was and the root of its tree, with its signatures."""

    def __init__(self, text: str) -> None:
        parts = text.split("\n\n")
        lines = parts[0].rstrip("\n").split("\n")
        if len(parts) > 2 or len(lines) != 3 or not re.fullmatch(r"[1-9][0-9]{0,18}", lines[1]):
            raise Unreadable("this is no checkpoint")
        self.origin, self.size, self.root = lines[0], int(lines[1]), decode(lines[2])
        self.signed = f"{self.origin}\n{self.size}\n{lines[2]}\n"
        self.signatures = [read_signature(line) for line in parts[1].splitlines()] if len(parts) == 2 else []
        require(len(self.root) == 32, "the root of a checkpoint has not 32 bytes")
        whole = self.signed
        if len(parts) == 2:
            whole += "\n" + "".join(f"\u2014 {name} {encode(raw)}\n" for name, raw in self.signatures)
        require(whole.rstrip("\n") == text.rstrip("\n"), "a checkpoint is not written in its one form")

    def __str__(self) -> str:
        return f"{self.origin} at {self.size} records"


def read_signature(line: str) -> tuple[str, bytes]:
    parts = line.split(" ")
    require(len(parts) == 3 and parts[0] == "\u2014", "a signature is not written in its one form")
    return parts[1], decode(parts[2])


class Key:
    """A public key of a log or witness: `name+id+key`, as C2SP writes it."""

    def __init__(self, name: str, public: bytes) -> None:
        self.name, self.public = name, public

    @classmethod
    def parse(cls, line: str) -> Key:
        parts = line.strip().split("+", 2)
        try:
            raw = base64.b64decode(parts[2], validate=True)
        except (IndexError, binascii.Error):
            raise Unreadable("a key is one line: name, id and key, with + between them") from None
        if len(raw) != 33 or raw[0] != 1 or encode(raw) != parts[2]:
            raise Unreadable("a key is an Ed25519 key: kind 1 and 32 bytes")
        found = cls(parts[0], raw[1:])
        if found.id(1).hex() != parts[1]:
            raise Unreadable(f"the id of the key of {found.name} is not that of its bytes")
        return found

    def under(self, name: str) -> Key | None:
        """Return the key under the name of a signature; a log that was restored signs as NAME/2 and so on."""
        return Key(name, self.public) if is_epoch_of(name, self.name) else None

    def id(self, kind: int) -> bytes:
        named = self.name.encode() + b"\n" + bytes([kind]) + self.public
        return hashlib.sha256(named).digest()[:4]

    def read(self, checkpoint: Checkpoint, raw: bytes) -> str | None:
        """Return what a signature line of this key is; None: of another key. Raises Broken."""
        if raw[:4] == self.id(1) and len(raw) == 68:
            good, what = is_signed(self.public, checkpoint.signed.encode(), raw[4:]), "signed"
        elif raw[:4] == self.id(4) and len(raw) == 76:
            seconds = int.from_bytes(raw[4:12], "big")
            text = f"cosignature/v1\ntime {seconds}\n{checkpoint.signed}"
            good, what = is_signed(self.public, text.encode(), raw[12:]), f"cosigned at {moment(seconds)}"
        else:
            return None
        require(good, f"a signature of {self.name} is forged")
        return what


def is_epoch_of(name: str, log: str) -> bool:
    """Tell whether a name is the log's own, or the one that it has after a restore."""
    base, _, epoch = name.rpartition("/")
    return name == log or (base == log and bool(re.fullmatch(r"[2-9]|[1-9][0-9]{1,8}", epoch)))


def moment(seconds: int) -> str:
    try:
        return (datetime(1970, 1, 1) + timedelta(seconds=seconds)).isoformat() + "Z"  # noqa: DTZ001
    except OverflowError:
        raise Broken("a cosignature has an impossible time") from None


def check_signatures(checkpoint: Checkpoint, keys: list[Key], given: list[Key], report: Report) -> None:
    """Check every line under a checkpoint, and say by whose keys it is signed.

    Where keys were given, one of them has to have signed for the log: keys in the pack prove nothing then.
    """
    words: dict[str, str] = {}
    known: set[str] = set()
    for name, raw in checkpoint.signatures:
        named = [(key, key.under(name)) for key in keys]
        found = [(key, under.read(checkpoint, raw)) for key, under in named if under is not None]
        found = [(key, what) for key, what in found if what is not None]
        require(len(found) == 1, f"a signature of {name} is by a key that the pack does not name")
        require(name not in words, f"{name} signed twice")
        key, what = found[0]
        words[name] = str(what)
        same_name = [each for each in given if each.under(name) is not None]
        if any(each.public == key.public for each in same_name):
            known.add(name)
        require(name in known or not same_name, f"{name} signed with another key than you gave")
        whose = "the key that you gave" if name in known else "the key in the pack"
        report.prove(f"the checkpoint is {what} by {name}, by {whose}")
        if given and name not in known:
            report.leave(f"that the key of {name} is theirs: you gave none")
    require(words.get(checkpoint.origin) == "signed", "the checkpoint is not signed by its own log")
    require(
        not given or checkpoint.origin in known,
        f"none of the keys that you gave signed for the log, {checkpoint.origin}",
    )
    if not given:
        report.leave("whose keys these are: compare them with keys that you have from elsewhere (--key)")
    for key in given:
        if not any(key.under(name) is not None for name in words):
            report.leave(f"anything by the key of {key.name} that you gave: it signed nothing here")
    if not any(word.startswith("cosigned") for word in words.values()):
        report.leave("that anybody but the operator saw this log: no witness cosigned the checkpoint")


def require_current(checkpoint: Checkpoint, keys: list[Key]) -> None:
    """Require a witness's cosignature where another key than the log's newest signed.

    A key that a later one has replaced may be anybody's: with it a whole log can be written anew. Keys are
    listed as they are old, the newest of each name last. A signature that fails was refused before.
    """
    log = [key for key in keys if key.under(checkpoint.origin) is not None]
    newest = [Key(checkpoint.origin, key.public).id(1) for key in log[-1:]]
    witnesses = [key for key in keys if key.under(checkpoint.origin) is None]
    is_current = any(name == checkpoint.origin and raw[:4] in newest for name, raw in checkpoint.signatures)
    is_seen = any(
        under is not None and raw[:4] == under.id(4)
        for name, raw in checkpoint.signatures
        for under in (key.under(name) for key in witnesses)
    )
    require(
        is_current or is_seen,
        "the checkpoint is signed by a replaced key and by no witness whose key is known: not proven",
    )


def check_audit(files: dict[str, bytes], manifest: dict[str, Any], report: Report) -> Checkpoint:
    """Check that the manifest and every record are in the tree of the checkpoint."""
    checkpoint = Checkpoint(files[CHECKPOINT].decode())
    is_its_log = is_epoch_of(checkpoint.origin, manifest["origin"])
    require(is_its_log, "the checkpoint is of another log than the one that the manifest names")
    own = Record(files[OWN_RECORD].rstrip(b"\n"))
    require(files[OWN_RECORD].endswith(b"}\n"), "a proof is not written in its one form")
    own.require_in(checkpoint)
    digest = hashlib.sha256(files[MANIFEST]).hexdigest()
    require(own.kind == RECORD_KIND, "the record of the manifest is a record of something else")
    data = own.body["data"]
    require(data["manifest_sha256"] == digest, "the audit has another manifest for this pack")
    require(data["pack_id"] == manifest["pack"], "the audit has another number for this pack")
    report.prove(
        f"the manifest was recorded in the operator's audit as number {own.sequence}, before it left"
    )
    content = files[RECORDS]
    require(not content or content.endswith(b"\n"), "the proofs end in the middle of a line")
    records = [Record(line) for line in content.split(b"\n")[:-1]]
    told = hashlib.sha256()
    for record in records:
        record.require_in(checkpoint)
        told.update(record.leaf)
    promised = manifest["records"]
    require(len(records) == promised["count"], "the pack proves another number of records than it tells of")
    require(told.hexdigest() == promised["leaves_sha256"], "the pack proves other records than it tells of")
    tenant = manifest["tenant"].replace("-", "")
    require(all(each.tenant == tenant for each in [own, *records]), "a record is another tenant's")
    report.prove(f"{len(records)} records of the audit are in the tree of the checkpoint ({checkpoint})")
    name_rows(files, manifest, records, report)
    return checkpoint


def name_rows(
    files: dict[str, bytes], manifest: dict[str, Any], records: list[Record], report: Report
) -> None:
    """Say which rows are named by a proven record, and which are the operator's word alone."""
    named = {each for record in records for each in UUID.findall(record.row)}
    for entry in manifest["files"]:
        if not entry["name"].endswith(".jsonl") or not entry["key"] or not entry["rows"]:
            continue
        ids = [str(row[entry["key"]]).encode() for row in read_lines(files[entry["name"]])]
        count = sum(each in named for each in ids)
        if count:
            report.prove(f"{count} of {len(ids)} rows of {entry['name']} are named by a proven record")
        if count < len(ids):
            word = "are the operator's word as of the manifest: no record in the pack names them"
            report.leave(f"{len(ids) - count} of {len(ids)} rows of {entry['name']} {word}")


def check_kept(
    kept: Checkpoint | None, checkpoint: Checkpoint, proof: list[bytes] | None, report: Report
) -> None:
    """Compare with a checkpoint that the reader kept."""
    if kept is None:
        report.leave(
            "that the log was never rewritten before: compare with a checkpoint you kept (--checkpoint)"
        )
        return
    require(kept.origin == checkpoint.origin, "you kept a checkpoint of another log, or of before a restore")
    small, large = sorted((kept, checkpoint), key=lambda each: each.size)
    if kept.size == checkpoint.size or proof is not None:
        holds = is_consistent(small.size, small.root, large.size, large.root, proof or [])
        require(holds, "the log is not the one whose checkpoint you kept: it was rewritten or forked")
        report.prove(f"the log is the one whose checkpoint you kept ({kept}), grown and never rewritten")
    else:
        report.leave(
            f"that the log continues the one you kept: ask for a proof from {small.size} to {large.size}"
        )


# ---- Ed25519 (RFC 8032, 5.1.7). Only public values are worked on, so time tells nobody anything.


_P = 2**255 - 19
_L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_I = pow(2, (_P - 1) // 4, _P)


def is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    scalar = int.from_bytes(signature[32:], "little")
    point = open_point(public)
    if point is None or len(signature) != 64 or scalar >= _L:
        return False
    challenge = hashlib.sha512(signature[:32] + public + text).digest()
    x, y, z, t = times(int.from_bytes(challenge, "little") % _L, point)
    return close_point(add(times(scalar, _BASE), (-x % _P, y, z, -t % _P))) == signature[:32]


def open_point(packed: bytes) -> tuple[int, int, int, int] | None:
    y = int.from_bytes(packed, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if len(packed) != 32 or y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _I % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def close_point(point: tuple[int, int, int, int]) -> bytes:
    inverse = pow(point[2], -1, _P)
    x, y = point[0] * inverse % _P, point[1] * inverse % _P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def add(one: tuple[int, int, int, int], other: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c = 2 * one[3] * other[3] * _D % _P
    d = 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def times(scalar: int, point: tuple[int, int, int, int]) -> tuple[int, int, int, int]:
    found = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = add(found, point)
        point, scalar = add(point, point), scalar >> 1
    return found


_BASE_POINT = open_point((4 * pow(5, -1, _P) % _P).to_bytes(32, "little"))
_BASE = _BASE_POINT if _BASE_POINT is not None else (0, 1, 1, 0)


# ---- texts in their one form


def canonical(document: object) -> bytes:
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def encode(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def decode(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError, TypeError):
        raise Broken("a value is not base64") from None
    require(encode(raw) == text, "a value is not base64 in its one form")
    return raw


def from_hex(text: str) -> bytes:
    require(re.fullmatch(r"[0-9a-f]{64}", text), "a hash is not in its one form")
    return bytes.fromhex(text)


# ---- all together


def verify(
    pack: bytes,
    keys: list[str] | None = None,
    checkpoint: str | None = None,
    consistency: list[bytes] | None = None,
) -> tuple[dict[str, Any], Report]:
    """Check a pack; return its manifest and what was proven. Raises Broken, Unreadable."""
    given = [Key.parse(line) for line in keys or []]
    kept = None if checkpoint is None else Checkpoint(checkpoint)
    try:
        return _verify(pack, given, kept, consistency)
    except (
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        struct.error,
        OverflowError,
    ) as error:
        raise Broken(f"a part is not what it should be ({type(error).__name__})") from error
    except RecursionError as error:
        raise Broken("a part is nested deeper than any pack's") from error


def _verify(
    pack: bytes, given: list[Key], kept: Checkpoint | None, consistency: list[bytes] | None
) -> tuple[dict[str, Any], Report]:
    report = Report()
    files = read_container(pack)
    require(set(files) >= UNLISTED | {KEYS}, "the manifest, the keys or a proof is missing")
    manifest = json.loads(files[MANIFEST])
    require(manifest["format"] == FORMAT, "this is a pack of another format: take the verifier of that one")
    times = (manifest["first_at"], manifest["last_at"], manifest["made_at"])
    require(all(TIME.fullmatch(each) for each in times), "the manifest has a time in another form")
    check_files(files, manifest, report)
    found = check_audit(files, manifest, report)
    inside = [Key.parse(line) for line in files[KEYS].decode().splitlines()]
    check_signatures(found, inside, given, report)
    require_current(found, given or inside)
    check_kept(kept, found, consistency, report)
    if kept is not None and kept.signatures:
        check_signatures(kept, inside, given, Report())
    report.leave("that the operator left nothing out that no number or balance ties to what is here")
    return manifest, report


def main(arguments: list[str] | None = None) -> int:
    """Check the pack that is named, print what was found, return the exit code."""
    parser = argparse.ArgumentParser(description="Check an evidence pack.")
    parser.add_argument("pack", help="the ZIP file")
    parser.add_argument(
        "--key",
        action="append",
        default=[],
        help="a key that you trust; the oldest of a log first",
    )
    parser.add_argument("--checkpoint", help="a file with a checkpoint of the log that you kept")
    parser.add_argument("--consistency", help="a file with the proof between the checkpoints: hex, by line")
    parser.add_argument("--strict", action="store_true", help="exit 3 when something could not be proven")
    chosen = parser.parse_args(arguments)
    try:
        with open(chosen.pack, "rb") as file:
            pack = file.read(SIZE_LIMIT_BYTES + 1)
        kept = read_text(chosen.checkpoint)
        proof = read_text(chosen.consistency)
        steps = None if proof is None else [bytes.fromhex(line) for line in proof.split()]
        manifest, report = verify(pack, chosen.key, kept, steps)
    except Broken as problem:
        say(f"NOT PROVEN, the pack does not hold: {problem}.")
        return 1
    except (Unreadable, OSError, ValueError) as problem:
        say(f"Cannot be read: {problem}.")
        return 2
    describe(manifest, hashlib.sha256(pack).hexdigest(), report)
    return 3 if chosen.strict and report.open else 0


def read_text(path: str | None) -> str | None:
    if path is None:
        return None
    with open(path, encoding="utf-8") as file:
        return file.read(1 << 20)


def describe(manifest: dict[str, Any], digest: str, report: Report) -> None:
    scope = manifest["scope"]
    say(f"Pack {manifest['pack']} of {manifest['origin']}")
    say(f"  of {scope['kind']} {scope['id'] or ''}".rstrip())
    say(f"  from {manifest['first_at']} to {manifest['last_at']}, made {manifest['made_at']}")
    say(f"  by {manifest['operator']}; personal data: {'yes' if manifest['personal_data'] else 'no'}")
    say(f"  SHA-256 of the file: {digest}")
    say("Proven:")
    for sentence in report.proven:
        say(f"  + {sentence}")
    say("Not proven:")
    for sentence in report.open:
        say(f"  - {sentence}")
    say("Nothing that was checked fails.")


def say(line: str) -> None:
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(line.encode(encoding, "replace").decode(encoding) + "\n")


if __name__ == "__main__":
    sys.exit(main())
