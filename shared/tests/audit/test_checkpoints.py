"""Checkpoints are what the C2SP tools read and write, and only the right key's signature counts."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import checkpoints
from shared.audit.checkpoints import Checkpoint, KeyKind, NoteUnusable, Signer, Verifier

ORIGIN, OTHER = "bulkhead/sandbox/customer", "bulkhead/sandbox/execution"
AT = datetime(2026, 11, 20, 12, 0, 30, tzinfo=UTC)
LOG, WITNESS = Signer(ORIGIN, bytes(range(32))), Signer(OTHER, bytes(range(1, 33)))
CHECKPOINT = Checkpoint(ORIGIN, 20852163, bytes(range(32)))
# The example of golang.org/x/mod/sumdb/note, the format's reference.
NOTE_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NOTE_VERIFIER = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NOTE_TEXT = (
    b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
)
NOTE_LINE = (
    "\N{EM DASH} PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotp"
    "RZb6KE6RyyBwJnAM="
)


def test_keys_are_those_of_the_reference():
    signer, verifier = Signer.parse(NOTE_SIGNER), Verifier.parse(NOTE_VERIFIER)
    assert signer.verifier == verifier
    assert (signer.secret_text(), verifier.text()) == (NOTE_SIGNER, NOTE_VERIFIER)
    _, (line,) = checkpoints.read_note(f"{CHECKPOINT.text()}\n{NOTE_LINE}\n")
    assert line.key_id == verifier.key_id(KeyKind.LOG)
    Ed25519PublicKey.from_public_bytes(verifier.public_key).verify(line.raw, NOTE_TEXT)


def test_a_note_looks_as_in_the_standard():
    note = checkpoints.write_note(CHECKPOINT, [LOG.sign(CHECKPOINT)])
    assert note.startswith(
        "bulkhead/sandbox/customer\n20852163\nAAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n\n"
        "\N{EM DASH} bulkhead/sandbox/customer "
    )
    assert note.endswith("=\n")


@given(st.integers(0, 2**63 - 1), st.binary(min_size=32, max_size=32), st.datetimes(AT.replace(tzinfo=None)))
def test_a_signed_and_cosigned_note_is_read_back_and_both_hold(size, root, at):
    checkpoint, at = Checkpoint(ORIGIN, size, root), at.replace(tzinfo=UTC)
    note = checkpoints.write_note(checkpoint, [LOG.sign(checkpoint), WITNESS.cosign(checkpoint, at)])
    found, (signed, cosigned) = checkpoints.read_note(note)
    assert found == checkpoint
    assert checkpoints.write_note(found, [signed, cosigned]) == note
    assert LOG.verifier.has_signed(found, signed)
    assert WITNESS.verifier.has_cosigned(found, cosigned)
    assert cosigned.cosigned_at == at.replace(microsecond=0)
    assert signed.cosigned_at is None


def test_nobody_else_and_nothing_else_is_taken_for_signed():
    signed, cosigned = LOG.sign(CHECKPOINT), WITNESS.cosign(CHECKPOINT, AT)
    for changed in (
        replace(CHECKPOINT, size=CHECKPOINT.size + 1),
        replace(CHECKPOINT, root=bytes(32)),
        replace(CHECKPOINT, origin=OTHER),
    ):
        assert not LOG.verifier.has_signed(changed, signed)
        assert not WITNESS.verifier.has_cosigned(changed, cosigned)
    later = (int.from_bytes(cosigned.payload[:8], "big") + 1).to_bytes(8, "big")
    for verifier, line in (
        (WITNESS.verifier, signed),
        (Signer.generate(ORIGIN).verifier, signed),
        (LOG.verifier, replace(signed, name=OTHER)),
        (LOG.verifier, replace(signed, payload=bytes(64))),
        (LOG.verifier, replace(signed, payload=b"")),
        (WITNESS.verifier, cosigned),
    ):
        assert not verifier.has_signed(CHECKPOINT, line)
    for verifier, line in (
        (LOG.verifier, cosigned),
        (WITNESS.verifier, replace(cosigned, payload=later + cosigned.raw)),
        (WITNESS.verifier, WITNESS.sign(CHECKPOINT)),
        (WITNESS.verifier, replace(cosigned, key_id=WITNESS.verifier.key_id(KeyKind.LOG))),
    ):
        assert not verifier.has_cosigned(CHECKPOINT, line)


GOOD = checkpoints.write_note(CHECKPOINT, [LOG.sign(CHECKPOINT)])


@pytest.mark.parametrize(
    ("part", "instead"),
    [
        ("\n\n", "\n"),
        ("20852163", "020852163"),
        ("20852163", "-1"),
        ("20852163", "٢"),
        ("20852163", "9" * 5000),
        ("AAEC", "AAE"),
        ("AAEC", "AAECAAEC"),
        ("AAEC", "A_EC"),
        ("Hh8=\n", "Hh9=\n"),
        ("Hh8=\n", "Hh8=\nextension\n"),
        ("customer\n", "cus tomer\n"),
        ("bulkhead/sandbox/customer\n", "\n"),
        ("\N{EM DASH}", "-"),
        ("\n\n\N{EM DASH}", "\n\n\n\N{EM DASH}"),
    ],
)
def test_a_text_in_another_form_is_refused(part, instead):
    assert part in GOOD
    with pytest.raises(NoteUnusable):
        checkpoints.read_note(GOOD.replace(part, instead))


@given(st.integers(0, len(GOOD) - 1), st.characters(max_codepoint=255))
def test_a_changed_note_is_refused_or_no_longer_signed(at, character):
    changed = GOOD[:at] + character + GOOD[at + 1 :]
    try:
        found, lines = checkpoints.read_note(changed)
    except NoteUnusable:
        return
    assert changed == GOOD or not any(LOG.verifier.has_signed(found, line) for line in lines)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "name",
        NOTE_VERIFIER.replace("c74f20a3", "c74f20a4"),
        NOTE_VERIFIER.replace("+AR", "+BR"),
        "a b+1+AA==",
    ],
)
def test_a_key_in_another_form_is_refused(line):
    with pytest.raises(NoteUnusable):
        Verifier.parse(line)
    with pytest.raises(NoteUnusable):
        Signer.parse(f"PRIVATE+KEY+{line}")
    with pytest.raises(NoteUnusable):
        Signer.parse(NOTE_VERIFIER)
