"""No personal data crosses the wall: people with canary names, and a search for them in every form."""

import asyncio
import re
from typing import Final

import pytest

from security.canaries import (
    SHORTEST,
    Found,
    Needles,
    birth_dates_of,
    needles_of_people,
    needles_of_texts,
    split,
    texts_of,
    writings,
)
from security.conftest import Watched
from security.dumps import dump_database, read_logs, read_metrics
from security.proxy import frames_of, messages_of, streams_of
from security.scene import Scene

pytestmark = pytest.mark.system


@pytest.fixture(scope="package")
def needles(scene: Scene) -> Needles:
    return needles_of_people(scene.people)


@pytest.fixture(scope="package")
def free_needles(scene: Scene) -> Needles:
    return needles_of_texts(scene.texts)


@pytest.fixture(scope="package")
def execution_dump(watched: Watched, scene: Scene) -> bytes:
    return asyncio.run(dump_database(watched.platform, "execution"))


@pytest.fixture(scope="package")
def customer_dump(watched: Watched, scene: Scene) -> bytes:
    return asyncio.run(dump_database(watched.platform, "customer"))


def show(found: list[Found], haystack: bytes) -> list[str]:
    return [f"{each.what}: …{haystack[max(0, each.where - 60) : each.where + 60]!r}…" for each in found[:20]]


def test_nothing_of_a_person_is_on_the_wire(
    watched: Watched, scene: Scene, needles: Needles, free_needles: Needles
) -> None:
    for haystack in (watched.proxy.recording(), watched.proxy.contents()):
        assert show(needles.search(haystack), haystack) == []
        assert show(free_needles.search(haystack), haystack) == []


NO_FRAME_YET_BYTES: Final = 64
"""More than the preface and the beginning of a first frame of settings (RFC 9113, sections 3.4 and 6.5)."""


def test_the_recording_is_whole_and_readable(watched: Watched, scene: Scene) -> None:
    """The recording has the calls in it, in plain: what is not found in it was not sent."""
    recording, contents = watched.proxy.recording(), watched.proxy.contents()
    assert len(recording) > 20_000
    for method in (b"RegisterAccounts", b"SubmitIntents", b"CancelIntents", b"FetchReports"):
        assert b"/boundary.v2.Boundary/" + method in recording, "headers are recorded in plain"
    assert scene.wagers >= 20
    registered = [reference for reference in scene.references if halves(reference.int) in contents]
    assert len(registered) == len(scene.people), "every account crossed as two halves of its reference"
    for connection in list(watched.proxy.connections):
        for recorded in (bytes(connection.to_execution), bytes(connection.to_customer)):
            # A connection opened a moment ago has carried no whole frame yet.
            assert list(frames_of(recorded)) or len(recorded) < NO_FRAME_YET_BYTES
            for stream in streams_of(recorded).values():
                assert not any(compressed for compressed, _ in messages_of(stream)), (
                    "a compressed message would hide what is in it"
                )


def halves(number: int) -> bytes:
    """Return a reference as the message Uuid on the wire: two tagged fixed64, little-endian."""
    high, low = number >> 64, number & ((1 << 64) - 1)
    return b"\x09" + high.to_bytes(8, "little") + b"\x11" + low.to_bytes(8, "little")


def test_customer_ids_do_not_cross_either(watched: Watched, scene: Scene, customer_dump: bytes) -> None:
    """Execution knows opaque references; a customer id would tie them to everything else of a customer."""
    section = re.search(rb"-- public\.customer_account\.id\n(.*?)\n-- ", customer_dump, re.DOTALL)
    assert section is not None
    ids = [line for line in section[1].decode().splitlines() if line]
    assert len(ids) >= len(scene.people)
    contents = watched.proxy.contents()
    for each in ids:
        number = int(each.replace("-", ""), 16)
        assert halves(number) not in contents
        assert number.to_bytes(16, "big") not in contents


def test_nothing_of_a_person_is_in_the_execution_database(
    execution_dump: bytes, scene: Scene, needles: Needles, free_needles: Needles
) -> None:
    assert str(scene.references[0]).encode() in execution_dump, "the dump has the accounts in it"
    assert show(needles.search(execution_dump), execution_dump) == []
    assert show(free_needles.search(execution_dump), execution_dump) == []


def test_nothing_of_a_person_is_in_logs_and_metrics_of_execution(
    watched: Watched, needles: Needles, free_needles: Needles
) -> None:
    logs = read_logs(watched.platform, "execution")
    assert b"process.started" in logs
    metrics = read_metrics(watched.platform, "execution")
    assert all(b"# TYPE" in text for text in metrics.values())
    for haystack in (logs, *metrics.values()):
        assert show(needles.search(haystack), haystack) == []
        assert show(free_needles.search(haystack), haystack) == []


def test_nothing_of_a_person_reaches_the_exchange(watched: Watched, needles: Needles) -> None:
    exchange = watched.platform.folder / "sandbox" / "exchange.journal"
    haystack = exchange.read_bytes() + watched.platform.supervisor.log_of("exchange").read_bytes()
    assert len(haystack) > 1000
    assert show(needles.search(haystack), haystack) == []


def test_nothing_of_a_person_is_in_logs_and_metrics_of_the_customer_stack(
    watched: Watched, needles: Needles, free_needles: Needles
) -> None:
    logs = read_logs(watched.platform, "customer")
    assert b"process.started" in logs
    for haystack in (logs, *read_metrics(watched.platform, "customer").values()):
        assert show(needles.search(haystack), haystack) == []
        assert show(free_needles.search(haystack), haystack) == []


def test_the_customer_database_has_no_person_in_plain(customer_dump: bytes, needles: Needles) -> None:
    assert b"-- public.customer_profile.full_name" in customer_dump
    assert show(needles.search(customer_dump), customer_dump) == []


def test_what_people_type_into_fields_is_not_kept_in_plain(
    customer_dump: bytes, free_needles: Needles
) -> None:
    assert show(free_needles.search(customer_dump), customer_dump) == []


def test_a_person_who_did_cross_would_be_found(
    watched: Watched, scene: Scene, execution_dump: bytes, needles: Needles
) -> None:
    """The control: every form of every canary, planted into a copy of the recording, is found."""
    recording = watched.proxy.recording()
    middle = len(recording) // 2
    for number, person in enumerate(scene.people, 1):
        canaries = texts_of(person) | birth_dates_of(person) | {"password": person.password}
        for kind, text in canaries.items():
            for how, content in (*writings(text), *split(text)):
                if len(content) < SHORTEST or (how.startswith("bytes") and kind not in texts_of(person)):
                    continue
                # Around the plant lies a little of the real recording: the whole of it only once, below.
                planted = recording[middle : middle + 60] + content + recording[middle : middle + 60]
                assert any(found.what.startswith(f"person {number}") for found in needles.search(planted)), (
                    f"{kind} of person {number} ({how}) is not found"
                )
    name = scene.people[2].full_name.encode()
    for haystack in (recording, execution_dump):
        middle = len(haystack) // 2
        found = needles.search(haystack[:middle] + name + haystack[middle:])
        assert any(each.what == "person 3: name (plain, utf-8)" for each in found)


def test_a_message_cut_into_frames_is_put_together_again() -> None:
    """The control of the other search: a name that is split over two frames is found in the contents."""
    name = b"Zyxandra Quillfeather-Marrow"
    message = b"\x00" + len(name).to_bytes(4, "big") + name
    frames = [
        len(part).to_bytes(3, "big") + b"\x00\x00" + (1).to_bytes(4, "big") + part
        for part in (message[:14], message[14:])
    ]
    recorded = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"".join(frames)
    assert name not in recorded
    assert streams_of(recorded) == {1: message}
    assert list(messages_of(message)) == [(False, name)]
