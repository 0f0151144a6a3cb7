"""The file of cosigned checkpoints: appended to and never changed, read with both keys."""

import os
import stat

import pytest

from shared.audit.checkpoints import NoteUnusable
from shared.audit.witness.domain import Cosignature, LogKeys
from shared.audit.witness.notes import (
    Cosigned,
    LineRead,
    NoteFile,
    NoteFileUnusable,
    cosigned_of,
    note_of,
    read_notes,
)

from .logs import AT, LOG, WITNESS, signed

WITNESS_KEYS = LogKeys.of([WITNESS.verifier])
KEYS = (LOG, WITNESS_KEYS)


def cosigned(text, epoch=1):
    made = signed(text, epoch=epoch)
    line = WITNESS.cosign(LOG.checkpoint(made), AT)
    return Cosigned(made, Cosignature(epoch, made.size, line.cosigned_at, line.raw))


def note(text, epoch=1):
    return note_of(cosigned(text, epoch), *KEYS)


def test_a_note_is_read_back_with_both_signatures():
    for epoch in (1, 2):
        assert cosigned_of(note("abc", epoch), *KEYS) == cosigned("abc", epoch)
    lines = note("abc").splitlines(keepends=True)
    for bad in (
        "".join(lines[:-1]),
        "".join(lines[:-2] + lines[-1:]),
        note("abc").replace("\n3\n", "\n4\n"),
        note("abc").replace("customer", "someone"),
        note("abc", 2).replace("customer/2", "customer/02"),
    ):
        with pytest.raises(NoteUnusable):
            cosigned_of(bad, *KEYS)
    with pytest.raises(NoteUnusable):
        cosigned_of(note("abc"), WITNESS_KEYS, LOG)


def test_the_file_is_only_appended_to(tmp_path, monkeypatch):
    path, opened = tmp_path / "notes.jsonl", []
    file, really_open = NoteFile(path), os.open
    monkeypatch.setattr(os, "open", lambda *args: opened.append(args) or really_open(*args))
    assert file.last_note() is None
    file.append([note("a")])
    file.append([note("ab"), note("abc")])
    assert file.last_note() == note("abc")
    assert [each.note.signed.size for each in read_notes(path, *KEYS)] == [1, 2, 3]
    flags = [args[1] for args in opened if args[0] == path]
    assert all(each & os.O_APPEND and not each & os.O_TRUNC for each in flags)
    assert stat.S_IMODE(path.stat().st_mode) & 0o022 == 0


def test_a_torn_line_is_ended_and_a_changed_one_is_told(tmp_path):
    path = tmp_path / "notes.jsonl"
    file = NoteFile(path)
    file.append([note("a"), note("ab")])
    path.write_bytes(path.read_bytes()[:-20])
    assert file.last_note() == note("a")
    file.append([note("abc")])
    one, torn, three = read_notes(path, *KEYS)
    assert (one.note.signed.size, three.note.signed.size) == (1, 3)
    assert torn == LineRead(2, is_torn=True)
    path.write_text(path.read_text().replace("\\n3\\n", "\\n4\\n"))
    assert list(read_notes(path, *KEYS))[2] == LineRead(3)


def test_a_file_that_can_not_be_used_says_so(tmp_path):
    with pytest.raises(NoteFileUnusable, match="cannot be written"):
        NoteFile(tmp_path / "nowhere" / "notes.jsonl").append([note("a")])
    with pytest.raises(NoteFileUnusable, match="cannot be read"):
        next(read_notes(tmp_path / "none.jsonl", *KEYS))
