"""A pack verifies with the standard library alone, and no changed byte of it is accepted."""

import base64
import hashlib
import io
import json
import random
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.audit import tree
from shared.audit.checkpoints import Checkpoint, Signer, write_note
from shared.audit.domain import AuditRecord, StoredRecord, body_bytes, hash_leaf
from shared.evidence import verify_pack, writing
from shared.evidence.container import Container
from shared.evidence.domain import About, Running, Sheet, write_csv
from shared.evidence.verify_pack import Broken, Unreadable, verify
from shared.evidence.writing import PackWriter, Proven, load_verifier

TENANT, PACK, CUSTOMER = (UUID(int=number) for number in (1, 2, 3))
START = datetime(2026, 11, 1, tzinfo=UTC)
LOG = Signer("bulkhead/sandbox/customer", bytes(range(32)))
WITNESS = Signer("bulkhead/sandbox/execution", bytes(range(1, 33)))
ENTRIES = Sheet(
    "ledger_entries",
    "what was booked",
    ("entry_id", "book_id", "version", "amount", "balance_after", "booked_at", "words"),
    time="booked_at",
    key="entry_id",
    running=Running(("book_id",), "version", "amount", "balance_after"),
)
PEOPLE = Sheet("people", "who it is", ("customer_id", "name"), key="customer_id")


def stored(number, kind, body, tenant=TENANT):
    record = AuditRecord(tenant, kind, body, START, "system")
    return StoredRecord(
        id=number, txid=700 + number, tenant_id=tenant, recorded_at=START + timedelta(seconds=number),
        kind=kind, body=body_bytes(record),
    )  # fmt: skip


def entries(count, *, amount=5):
    return [
        {
            "entry_id": UUID(int=100 + number),
            "book_id": CUSTOMER,
            "version": number,
            "amount": amount,
            "balance_after": number * amount,
            "booked_at": START + timedelta(hours=number),
            "words": "=cmd" if number == 3 else f"Wager {number}, \u0dbd\u0d82\u0d9a\u0dcf",
        }
        for number in range(1, count + 1)
    ]


class Log:
    """A log of records, and the proofs that a store would give."""

    def __init__(self):
        self.records = [
            stored(n, "ledger.posted", {"entry": UUID(int=100 + n), "n": n}) for n in range(1, 40)
        ]

    @property
    def leaves(self):
        return [hash_leaf(record) for record in self.records]

    def checkpoint(self, size=None):
        return Checkpoint(LOG.name, size or len(self.records), tree.root_of(self.leaves[: size or None]))

    def note(self, *, witness=True, size=None):
        found = self.checkpoint(size)
        cosigned = [WITNESS.cosign(found, START + timedelta(days=9))] if witness else []
        return write_note(found, [LOG.sign(found), *cosigned])

    def read(self, level, number):
        return tree.root_of(self.leaves[number << level : (number + 1) << level])

    def prove(self, index):
        proof = tree.prove_inclusion(self.read, index, len(self.records))
        return Proven(self.records[index], index + 1, proof)


def build(log, rows, *, witness=True, manifest=None, proven=range(3, 9), origin=None):
    """Return a pack, as a stack makes one; the log has its record afterwards."""
    out = io.BytesIO()
    end = START + timedelta(days=30)
    about = About(PACK, origin or LOG.name, TENANT, "customer", CUSTOMER, START, end, START, "system", False)
    keys = [LOG.verifier, WITNESS.verifier]
    writer = PackWriter(out.write, about, keys)
    sheet = writer.add_sheet(ENTRIES)
    for start in range(0, len(rows), 4):
        sheet.write(rows[start : start + 4])
    sheet.end()
    people = writer.add_sheet(PEOPLE)
    people.write([{"customer_id": CUSTOMER, "name": "Nimal"}])
    people.end()
    for index in proven:
        writer.count_record(log.records[index])
    digest = writer.end_data()
    body = {"pack_id": PACK, "manifest_sha256": (manifest or digest).hex()}
    log.records.append(stored(len(log.records) + 1, "evidence.pack_sealed", body))
    log.records += [stored(n, "later.record", {"n": n}) for n in range(len(log.records) + 1, 60)]
    own = next(i for i, record in enumerate(log.records) if record.kind == "evidence.pack_sealed")
    writer.begin_proofs(log.prove(own))
    writer.add_proofs(log.prove(index) for index in proven)
    writer.end(log.note(witness=witness))
    return out.getvalue()


@pytest.fixture(scope="module")
def log():
    return Log()


@pytest.fixture(scope="module")
def pack(log):
    return build(log, entries(10))


def contain(files):
    """Return files in a container of the one form."""
    out = io.BytesIO()
    container = Container(out.write)
    for name, content in files.items():
        container.begin(name)
        container.write(content)
        container.end()
    container.close()
    return out.getvalue()


def again(pack, change):
    """Return the pack with its files changed."""
    files = verify_pack.read_container(pack)
    change(files)
    return contain(files)


def test_an_honest_pack_holds_and_says_what_it_proves(pack, log):
    keys = [LOG.verifier.text(), WITNESS.verifier.text()]
    manifest, report = verify(pack, keys, log.note())
    said = " ".join(report.proven)
    assert manifest["scope"] == {"kind": "customer", "id": str(CUSTOMER)}
    assert "signed by bulkhead/sandbox/customer, by the key that you gave" in said
    assert "cosigned at 2026-11-10T00:00:00Z by bulkhead/sandbox/execution" in said
    assert "6 of 10 rows of data/ledger_entries.jsonl are named by a proven record" in said
    assert "grown and never rewritten" in said
    assert len(report.open) == 3
    _, alone = verify(pack)
    assert any("whose keys" in each for each in alone.open)
    assert any("checkpoint you kept" in each for each in alone.open)


def test_the_same_contents_are_the_same_bytes_and_an_ordinary_zip(pack):
    assert build(Log(), entries(10)) == pack
    with zipfile.ZipFile(io.BytesIO(pack)) as archive:
        assert archive.testzip() is None
        assert archive.read("data/ledger_entries.csv").decode().splitlines()[3].endswith("'=cmd")
        assert archive.read("verify_pack.py") == load_verifier()


def test_it_runs_in_an_empty_folder_with_nothing_but_python(pack, log, tmp_path):
    (tmp_path / "verify_pack.py").write_bytes(load_verifier())
    (tmp_path / "pack.zip").write_bytes(pack)
    (tmp_path / "kept.txt").write_text(log.note(witness=False, size=20))
    proof = tree.prove_consistency(log.read, 20, len(log.records))
    (tmp_path / "proof.txt").write_text("\n".join(step.hex() for step in proof))

    def run(*arguments):
        command = [sys.executable, "-I", "-S", "verify_pack.py", *arguments]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=30)
        return done.returncode, done.stdout + done.stderr

    code, said = run("pack.zip", "--key", LOG.verifier.text(), "--key", WITNESS.verifier.text(),
                     "--checkpoint", "kept.txt", "--consistency", "proof.txt")  # fmt: skip
    assert code == 0, said
    assert "grown and never rewritten" in said
    assert "Nothing that was checked fails." in said
    (tmp_path / "bad.zip").write_bytes(pack[:5000] + bytes([pack[5000] ^ 1]) + pack[5001:])
    assert run("bad.zip")[0] == 1
    assert run("verify_pack.py")[0] == 2
    assert run("absent.zip")[0] == 2
    assert run("pack.zip", "--strict")[0] == 3


def refuses(changed):
    """Tell whether the verifier refuses a pack."""
    try:
        verify(bytes(changed))
    except (Broken, Unreadable):
        return True
    return False


def test_no_changed_byte_is_accepted(pack):
    """A thousand places drawn anew each time, and every byte and bit of the container's end."""
    seed = random.randrange(1 << 32)  # noqa: S311 - places, no secrets
    chance = random.Random(seed)  # noqa: S311
    changes = [(chance.randrange(len(pack)), chance.randrange(1, 256)) for _ in range(1_000)]
    changes += [(len(pack) - 1 - place, 1 << bit) for place in range(22) for bit in range(8)]
    for place, change in changes:
        changed = bytearray(pack)
        changed[place] ^= change
        assert refuses(changed), f"byte {place} changed by {change} was accepted, seed {seed}"


def test_no_changed_byte_of_a_file_is_accepted_in_a_container_made_anew(pack):
    """Whoever changes a file makes its checksum and the container anew."""
    seed = random.randrange(1 << 32)  # noqa: S311
    chance = random.Random(seed)  # noqa: S311
    files = verify_pack.read_container(pack)
    changes = [(name, chance.choice((1, 32, 64, 255))) for name in files for _ in range(8)]
    changes += [(name, 32) for name in ("proofs/checkpoint.txt", "proofs/manifest.json") for _ in range(40)]
    for name, change in changes:
        place = chance.randrange(len(files[name]))
        changed = bytearray(files[name])
        changed[place] ^= change
        assert refuses(contain(files | {name: bytes(changed)})), f"{name} at {place} by {change}, seed {seed}"


def test_other_true_records_than_those_promised_are_found(log, pack):
    others = [log.prove(index) for index in range(10, 16)]

    def replace(files):
        files["proofs/records.jsonl"] = b"".join(writing._proof(each) for each in others)

    with pytest.raises(Broken, match="proves other records"):
        verify(again(pack, replace))


def test_a_table_that_says_something_else_than_the_lines_is_found(monkeypatch):
    def lie(rows):
        return write_csv([[each if each != 5 else 6 for each in row] for row in rows])

    monkeypatch.setattr(writing, "write_csv", lie)
    lying = build(Log(), entries(3))
    with pytest.raises(Broken, match="something else"):
        verify(lying)


def test_files_that_go_or_come_or_change_places_are_found(pack):
    def swap(files):
        files["data/people.csv"], files["readme.txt"] = files["readme.txt"], files["data/people.csv"]

    for change, word in (
        (lambda files: files.pop("data/people.csv"), "missing"),
        (lambda files: files.pop("proofs/records.jsonl"), "missing"),
        (lambda files: files.update({"data/more.txt": b"x"}), "added"),
        (swap, "another length"),
        (lambda files: files.update({"proofs/records.jsonl": b""}), "another number of records"),
    ):
        with pytest.raises(Broken, match=word):
            verify(again(pack, change))


def test_a_container_that_hides_something_is_refused(pack):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in verify_pack.read_container(pack).items():
            archive.writestr(name, content)
    for container in (out.getvalue(), pack + b"x", b"x" + pack, b"PK" + pack, pack[:-1], pack[:200], b""):
        with pytest.raises((Broken, Unreadable)):
            verify(container)
    for name in ("../evil", "/etc/passwd", "data/../x", "data//x", "a" * 101, "Data.txt", "con:1"):
        with pytest.raises((Broken, Unreadable)):
            verify(again(pack, lambda files, name=name: files.update({name: b"x"})))


def test_changed_rows_with_a_new_manifest_are_found(pack):
    """Whoever writes the manifest anew cannot write the audit's record of it anew."""

    def forge(files):
        changed = files["data/people.jsonl"].replace(b"Nimal", b"Kamal")
        table = files["data/people.csv"].replace(b"Nimal", b"Kamal")
        files["data/people.jsonl"], files["data/people.csv"] = changed, table
        manifest = json.loads(files["manifest.json"])
        for entry in manifest["files"]:
            if entry["name"] in files and entry["name"].startswith("data/people"):
                entry["sha256"] = hashlib.sha256(files[entry["name"]]).hexdigest()
        files["manifest.json"] = json.dumps(manifest, indent=2).encode() + b"\n"

    with pytest.raises(Broken, match="another manifest"):
        verify(again(pack, forge))


def test_a_whole_pack_by_another_key_is_found_by_who_knows_the_key(pack, log, monkeypatch):
    monkeypatch.setitem(globals(), "LOG", Signer(LOG.name, bytes(32)))
    forged = build(Log(), entries(10, amount=7))
    verify(forged)  # it holds together: only a key or a checkpoint from elsewhere tells
    real = Signer("bulkhead/sandbox/customer", bytes(range(32)))
    with pytest.raises(Broken, match="another key than you gave"):
        verify(forged, [real.verifier.text()])
    with pytest.raises(Broken, match="rewritten or forked"):
        verify(forged, checkpoint=log.note())


def test_a_pack_by_a_replaced_key_is_proven_by_its_witness_alone(pack):
    listed = [LOG.verifier.text(), Signer(LOG.name, bytes(32)).verifier.text()]
    verify(pack, [*listed, WITNESS.verifier.text()])
    unseen = build(Log(), entries(10), witness=False)
    verify(unseen, listed[:1])
    for changed, keys in ((unseen, [*listed, WITNESS.verifier.text()]), (pack, listed)):
        with pytest.raises(Broken, match="signed by a replaced key"):
            verify(changed, keys)


@pytest.mark.parametrize("suffix", ["-1", "/2", "/more"])
def test_a_pack_that_no_given_key_signed_is_refused_whatever_its_keys_are_called(suffix, monkeypatch):
    """Somebody else's log, whose keys are named a little differently, is not the one whose keys are known."""
    keys, real = [LOG.verifier.text(), WITNESS.verifier.text()], LOG.name
    monkeypatch.setitem(globals(), "WITNESS", Signer(WITNESS.name + suffix, bytes(range(4, 36))))
    monkeypatch.setitem(globals(), "LOG", Signer(real + suffix, bytes(range(3, 35))))
    forged = build(Log(), entries(4))
    assert verify(forged)[0]["origin"] == real + suffix, "by itself it holds together"
    with pytest.raises(Broken, match=r"none of the keys|another key"):
        verify(forged, keys)
    if suffix == "/2":
        return
    claimed = build(Log(), entries(4), origin=real)
    for given_keys in ([], keys):
        with pytest.raises(Broken, match="another log than the one that the manifest names"):
            verify(claimed, given_keys)


def test_who_gives_only_another_key_than_the_log_s_is_told(pack):
    with pytest.raises(Broken, match="none of the keys that you gave signed for the log"):
        verify(pack, [WITNESS.verifier.text()])
    _, report = verify(pack, [LOG.verifier.text(), Signer("other/log", bytes(32)).verifier.text()])
    assert any("other/log that you gave: it signed nothing" in each for each in report.open)


def test_a_log_that_was_rewritten_is_found_by_a_kept_checkpoint(pack, log):
    kept = log.note(witness=False, size=20)
    good = tree.prove_consistency(log.read, 20, len(log.records))
    verify(pack, checkpoint=kept, consistency=good)
    other = Log()
    other.records[5] = stored(6, "ledger.posted", {"n": 999})
    with pytest.raises(Broken, match="rewritten or forked"):
        verify(pack, checkpoint=other.note(size=20), consistency=good)
    assert any("ask for a proof" in each for each in verify(pack, checkpoint=kept)[1].open)


@pytest.mark.parametrize(
    ("rows", "word"),
    [
        (entries(4)[:2] + entries(4)[3:], "a row is missing"),
        ([*entries(3), entries(4, amount=6)[3]], "balance does not follow"),
        ([entries(3)[0] | {"booked_at": START - timedelta(days=1)}], "outside of the time"),
    ],
)
def test_rows_that_the_operator_left_out_or_made_up_do_not_add_up(rows, word):
    with pytest.raises(Broken, match=word):
        verify(build(Log(), rows))


def test_a_log_that_was_restored_signs_under_the_name_of_its_epoch(pack, log):
    def sign_as(origin):
        def change(files):
            found = Checkpoint(origin, len(log.records), tree.root_of(log.leaves))
            lines = [LOG.under(origin).sign(found), WITNESS.cosign(found, START)]
            files["proofs/checkpoint.txt"] = write_note(found, lines).encode()

        return change

    _, report = verify(again(pack, sign_as(f"{LOG.name}/3")), [LOG.verifier.text()])
    assert (
        "the checkpoint is signed by bulkhead/sandbox/customer/3, by the key that you gave" in report.proven
    )
    with pytest.raises(Broken, match="another log"):
        verify(again(pack, sign_as(f"{LOG.name}/evil")))


def test_no_witness_is_said_and_a_wrong_record_is_found():
    _, report = verify(build(Log(), entries(2), witness=False))
    assert any("no witness cosigned" in each for each in report.open)
    with pytest.raises(Broken, match="another manifest"):
        verify(build(Log(), entries(2), manifest=bytes(32)))
    stranger = Log()
    stranger.records[4] = stored(5, "ledger.posted", {"n": 1}, tenant=UUID(int=9))
    with pytest.raises(Broken, match="another tenant"):
        verify(build(stranger, entries(2)))


@settings(max_examples=12)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 511))
def test_signatures_are_checked_as_the_reference_library_does(seed, text, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(text)
    assert verify_pack.is_signed(public, text, signature)
    assert not verify_pack.is_signed(public, text + b"x", signature)
    flipped = bytearray(signature)
    flipped[bit // 8] ^= 1 << bit % 8
    assert not verify_pack.is_signed(public, text, bytes(flipped))


def test_signatures_of_the_standard():
    """RFC 8032, 7.1, tests 2 and 3; and the scalar plus the group's order is no second signature."""
    for public, text, signature in (
        ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
         ("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
         "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00")),
        ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
         ("6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
         "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a")),
    ):  # fmt: skip
        key, message, raw = bytes.fromhex(public), bytes.fromhex(text), bytes.fromhex(signature)
        assert verify_pack.is_signed(key, message, raw)
        scalar = int.from_bytes(raw[32:], "little") + verify_pack._L
        assert not verify_pack.is_signed(key, message, raw[:32] + scalar.to_bytes(32, "little"))


def test_the_verifier_needs_nothing_but_the_standard_library():
    code = load_verifier().decode()
    modules = set(re.findall(r"^(?:import|from) (\w+)", code, re.MULTILINE))
    assert modules <= set(sys.stdlib_module_names) | {"__future__"}
    assert base64.b64encode(b"") == b""


def test_the_csv_of_a_sheet_is_unpacked_in_pieces_that_make_the_same_file(log, monkeypatch):
    rows = entries(300)
    whole = build(Log(), rows)
    monkeypatch.setattr(writing, "PIECE_BYTES", 1000)
    end = START + timedelta(days=30)
    about = About(PACK, LOG.name, TENANT, "customer", CUSTOMER, START, end, START, "system", False)
    out = io.BytesIO()
    sheet = PackWriter(out.write, about, [LOG.verifier, WITNESS.verifier]).add_sheet(ENTRIES)
    for start in range(0, len(rows), 4):
        sheet.write(rows[start : start + 4])
    before, grown = out.tell(), []
    for size in sheet.end_in_pieces():
        assert size <= 1000
        grown.append(out.tell() - before)
        before = out.tell()
    assert len(grown) > 10
    assert max(grown) <= 1000 + 200
    assert whole.startswith(out.getvalue())
