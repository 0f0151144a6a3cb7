"""Files: what they are by their bytes, how they are cut and sealed."""

import os
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.customers.sealing import PersonCipher, SealBroken
from customer_stack.files.domain import CHUNK_BYTES, Format, cut, place_of_chunk, recognise
from customer_stack.files.errors import FileTooLarge, FileUnusable
from customer_stack.files.examining import examine
from customer_stack.files.sealing import open_file, seal_file
from shared.errors import InvariantViolated

ONE, OTHER = UUID(int=1), UUID(int=2)


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", Format.JPEG),
        (b"\x89PNG\r\n\x1a\nrest", Format.PNG),
        (b"%PDF-1.7 rest %%EOF\n", Format.PDF),
        (b"%PDF-1.7 cut short", None),
        (b" %PDF-1.7 %%EOF", None),
        (b"GIF89a", None),
        (b"<svg>", None),
        (b"PK\x03\x04", None),
        (b"MZ%PDF-1.7 %%EOF", None),
        (b"", None),
    ],
)
def test_a_file_is_what_its_content_says(raw, kind):
    assert recognise(raw) is kind


@given(st.integers(1, 3 * CHUNK_BYTES + 5))
def test_a_file_is_cut_into_bounded_parts_and_nothing_is_lost(size):
    raw = bytes(size)
    parts = cut(raw)
    assert b"".join(parts) == raw
    assert all(len(part) == CHUNK_BYTES for part in parts[:-1])
    assert 0 < len(parts[-1]) <= CHUNK_BYTES


def test_every_part_of_a_file_has_a_place_of_its_own():
    one, other = UUID(int=1), UUID(int=2)
    places = {place_of_chunk("t", file, number, 2) for file in (one, other) for number in (1, 2)}
    assert len(places | {place_of_chunk("t", one, 1, 3), place_of_chunk("u", one, 1, 2)}) == 6


@given(st.integers(1, 2 * CHUNK_BYTES + 5))
def test_a_file_comes_back_whole_from_its_place_and_from_no_other(size):
    cipher, raw = PersonCipher(bytes(range(32)), 1), os.urandom(size)
    sealed = seal_file(cipher, "cases_file_chunk", ONE, raw)
    assert open_file(cipher, "cases_file_chunk", ONE, sealed, size) == raw
    with pytest.raises(SealBroken):
        open_file(cipher, "cases_file_chunk", OTHER, sealed, size)
    with pytest.raises(SealBroken):
        open_file(cipher, "kyc_file_chunk", ONE, sealed, size)
    if len(sealed) > 1:
        with pytest.raises(SealBroken):
            open_file(cipher, "cases_file_chunk", ONE, sealed[:-1], size)
    with pytest.raises(InvariantViolated):
        open_file(cipher, "cases_file_chunk", ONE, sealed, size + 1)


def test_what_is_no_file_of_ours_is_refused():
    for raw in (b"", b"GIF89a", b"\xff\xd8\xff broken"):
        with pytest.raises(FileUnusable):
            examine(raw)
    with pytest.raises(FileTooLarge):
        examine(bytes(8_000_001))
    assert examine(b"%PDF-1.7 rest %%EOF\n") is Format.PDF
