"""Proofs as documents, and the commands: what the log's own people, and whoever gets a proof, can do."""

import asyncio
import json
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from shared.audit import documents
from shared.audit.checkpoints import Signer, read_note, write_note
from shared.audit.commands import build_audit_commands
from shared.audit.domain import START, StoredRecord, hash_leaf, seal
from shared.audit.keys import AuditKeyUnusable, load_signer, load_verifiers, make_key, origin_of
from shared.audit.proofs import RecordProof
from shared.audit.store import SignedRoot
from shared.audit.tree import prove_inclusion, root_of

from .conftest import AT, EVERY_TURN, ORIGIN, SIGNER, TENANT

RECORDS = [
    StoredRecord(id_, 900, TENANT, "wager.placed", AT.replace(microsecond=id_), b'{"n":"\xe2\x82\xac"}')
    for id_ in range(1, 12)
]
LEAVES = [hash_leaf(record) for record in RECORDS]


def signed_root(signer=SIGNER):
    root = seal(START, RECORDS)[0].head.frontier.root
    found = SignedRoot(11, root, b"", b"", AT)
    signature = signer.sign(found.checkpoint(ORIGIN))
    return replace(found, key_id=signature.key_id, signature=signature.payload)


def document_of(*indexes, signer=SIGNER):
    def read(level, number):
        return root_of(LEAVES[number << level : (number + 1) << level])

    root = signed_root(signer)
    proofs = [
        RecordProof(RECORDS[i], i, 11, LEAVES[i], tuple(prove_inclusion(read, i, 11)), root.root)
        for i in indexes
    ]
    return json.dumps(documents.write(proofs, root, ORIGIN))


GOOD = document_of(0, 7)


def test_a_proof_holds_for_whoever_has_the_public_keys():
    found = documents.check(GOOD, [Signer.generate(ORIGIN).verifier, SIGNER.verifier])
    assert (found["holds"], found["origin"], found["size"]) == (True, ORIGIN, 11)
    assert [(each["id"], each["index"]) for each in found["records"]] == [(1, 0), (8, 7)]
    assert not documents.check(GOOD, [])["holds"]
    assert not documents.check(document_of(), [SIGNER.verifier])["holds"]
    assert not documents.check(document_of(1, signer=Signer.generate(ORIGIN)), [SIGNER.verifier])["holds"]


def test_what_a_replaced_key_signed_is_proven_by_a_witness_alone():
    witness, stranger = Signer.generate("bulkhead/sandbox/execution"), Signer.generate("some/body")
    listed = [SIGNER.verifier, Signer.generate(ORIGIN).verifier]
    found = documents.check(GOOD, listed, [witness.verifier])
    assert (found["holds"], found["problem"]) == (
        False,
        "A replaced key signed the checkpoint, and no known witness did: not proven.",
    )
    for signer, holds in ((witness, True), (stranger, False)):
        document = json.loads(GOOD)
        checkpoint, lines = read_note(document["checkpoint"])
        document["checkpoint"] = write_note(checkpoint, [*lines, signer.cosign(checkpoint, AT)])
        found = documents.check(json.dumps(document), listed, [witness.verifier])
        assert found["holds"] is holds
        assert documents.check(json.dumps(document), listed[:1])["holds"]


@given(st.integers(0, len(GOOD) - 1), st.characters(codec="utf-8"))
def test_a_proof_of_which_a_character_changed_does_not_hold(at, character):
    changed = GOOD[:at] + character + GOOD[at + 1 :]
    found = documents.check(changed, [SIGNER.verifier])
    assert not found["holds"] or json.loads(changed) == json.loads(GOOD) or is_same(changed)


def is_same(changed):
    """Tell whether only the writing of a value changed: a hexadecimal digit, or a time's separator."""
    return normal(json.loads(changed)) == normal(json.loads(GOOD))


def normal(document):
    for record in document["records"]:
        record["hashes"] = [bytes.fromhex(each) for each in record["hashes"]]
        record["recorded_at"] = datetime.fromisoformat(record["recorded_at"]).astimezone(UTC)
        record["tenant"] = UUID(record["tenant"])
    return document


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        "null",
        "[" * 9_000,
        GOOD.replace('"id": 1', '"id": -1'),
        GOOD.replace(": 900", ": 1e9"),
    ],
)
def test_what_is_no_proof_is_said_to_be_none(text):
    assert not documents.check(text, [SIGNER.verifier])["holds"]


def test_a_log_signs_with_its_own_listed_key_and_keeps_the_old_ones(tmp_path):
    secret, public = tmp_path / "key", tmp_path / "keys"
    first = make_key(secret, public, ORIGIN)
    assert load_signer(secret, public, ORIGIN).verifier == first
    second = make_key(secret, public, ORIGIN)
    assert load_verifiers(public) == (first, second)
    assert load_signer(secret, public, ORIGIN).verifier == second
    assert secret.stat().st_mode & 0o077 == 0
    with pytest.raises(AuditKeyUnusable, match="not of"):
        load_signer(secret, public, origin_of("production", "customer"))
    public.write_text(f"{first.text()}\n")
    with pytest.raises(AuditKeyUnusable, match="does not list"):
        load_signer(secret, public, ORIGIN)
    for content in ("", "nonsense", first.text().replace("+", " ")):
        public.write_text(content)
        with pytest.raises(AuditKeyUnusable):
            load_verifiers(public)


async def test_the_commands_verify_prove_check_and_print(book, tmp_path):
    await book.write(300)
    await book.seal(EVERY_TURN)
    public = tmp_path / "keys"
    public.write_text(f"{SIGNER.verifier.text()}\n")
    environment = {
        "CUSTOMER_AUDITOR_DATABASE_URL": book.database.dsn("auditor"),
        "CUSTOMER_AUDIT_PUBLIC_KEYS_FILE": str(public),
    }
    app, runner = build_audit_commands("customer"), CliRunner()

    async def run(*arguments, code=0):
        done = await asyncio.to_thread(runner.invoke, app, arguments, env=environment)
        assert done.exit_code == code, done.output
        return done.stdout

    report = json.loads(await run("verify", "--json"))
    assert (report["good"], report["sealed"], report["signatures_checked"]) == (True, 300, True)
    note = await run("checkpoint")
    assert (read_note(note)[0].size, read_note(note)[0].root.hex()) == (300, report["root"])

    txid, record_id = (await book.positions())[123]
    proof = tmp_path / "proof.json"
    proof.write_text(await run("prove", f"{txid}/{record_id}"))
    assert (await run("check-proof", str(proof))).startswith("holds: 1 record(s)")
    proof.write_text(proof.read_text().replace("wager.placed", "wager.denied"))
    assert "DOES NOT HOLD" in await run("check-proof", str(proof), code=1)

    kept = tmp_path / "kept"
    kept.write_text(note)
    await book.write(1)
    await book.seal(EVERY_TURN)
    kept.write_text(note + await run("checkpoint"))
    assert "good: 301" in await run("verify", "--known", str(kept))
    forged = SIGNER.sign(replace(read_note(note)[0], size=302)).line()
    kept.write_text(note.split("\n\n")[0].replace("\n300\n", "\n302\n") + "\n\n" + forged)
    assert "truncated" in await run("verify", "--known", str(kept), code=1)
