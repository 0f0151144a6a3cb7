"""What verifies hashes with another library than what seals: both must agree, however records arrive."""

import asyncio
import hashlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.audit import copying
from shared.audit.copying import CopyBroken, hash_rows
from shared.audit.hashing import sha256

HEADER = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
MESSAGES = st.binary(max_size=300)


@given(MESSAGES)
def test_it_is_the_standard_hash(message):
    assert sha256(message) == hashlib.sha256(message).digest()


def test_it_is_the_standard_hash_of_every_length_around_a_block_and_of_long_ones():
    for length in (*range(300), 4095, 65_536, 1_000_001):
        message = bytes(i * 7 % 251 for i in range(length))
        assert sha256(message) == hashlib.sha256(message).digest()


def message(kind, content):
    return kind + struct.pack(">I", len(content) + 4) + content


class Transport:
    def pause_reading(self):
        pass

    resume_reading = pause_reading


class Ended:
    def done(self):
        return False

    def set_result(self, _nothing):
        pass


class Loop:
    def create_future(self):
        return Ended()

    def call_later(self, _seconds, _work):
        pass


def arrive(stream, sizes):
    rows, at = copying._Rows(Transport(), Loop()), 0
    while at < len(stream):
        size = sizes[at % len(sizes)]
        part = stream[at : at + size]
        rows.get_buffer(-1)[: len(part)] = part
        rows.buffer_updated(len(part))
        at += size
    return rows


@given(st.lists(MESSAGES, min_size=1, max_size=20), st.lists(st.integers(1, 400), min_size=1), st.booleans())
def test_rows_are_hashed_however_their_bytes_arrive(contents, sizes, is_header_alone):
    sent = [b"\x00\x06" + content for content in contents]
    parts = [HEADER, *sent] if is_header_alone else [HEADER + sent[0], *sent[1:]]
    notice = message(b"N", b"a notice may come at any time")
    rows = b"".join(message(b"d", part) + notice for part in (*parts, b"\xff\xff"))
    stream = message(b"H", b"\x01\x00\x00") + rows + message(b"c", b"") + message(b"Z", b"I")
    done = arrive(stream, sizes)
    assert (done.is_ready, done.problem) == (True, None)
    assert done.hashes == [hashlib.sha256(row).digest() for row in sent]


def test_a_copy_without_its_end_is_not_taken_for_a_shorter_one():
    row = message(b"d", HEADER + b"\x00\x06")
    assert arrive(row + message(b"c", b"") + message(b"Z", b"I"), [1000]).problem is not None


async def test_a_broken_copy_is_told_and_the_connection_goes_on(kernel_database):
    auditor = await kernel_database.connect("auditor")
    assert await hash_rows(auditor, "SELECT 1 WHERE false") == []
    with pytest.raises(CopyBroken, match="22012"):
        await hash_rows(auditor, "SELECT 1 / (3 - n) FROM generate_series(1, 9) AS n")
    assert await auditor.fetchval("SELECT 7") == 7


async def test_a_lost_connection_ends_a_copy(kernel_database):
    auditor, superuser = [await kernel_database.connect(role) for role in ("auditor", "superuser")]
    query = "SELECT n, pg_sleep(0.01)::text FROM generate_series(1, 100000) AS n"
    copy = asyncio.create_task(hash_rows(auditor, query))
    await asyncio.sleep(0.1)
    await superuser.execute("SELECT pg_terminate_backend($1)", auditor.get_server_pid())
    with pytest.raises(CopyBroken):
        await copy
    assert auditor.is_closed()
