"""Lists through storage: each format, bad downloads of every kind, versions and their deltas."""

import asyncio
import os
from datetime import UTC, datetime
from types import SimpleNamespace

import asyncpg
import httpx
import pytest

from customer_stack.screening.domain.versions import CheckOutcome
from customer_stack.screening.errors import ListNotTaken, ListsMissing, SourceUnsafe
from customer_stack.screening.lists.entry import Schema, combine_versions
from customer_stack.screening.lists.publications import PUBLICATIONS
from customer_stack.screening.matching.party import Party
from customer_stack.screening.providers.contract import ListUnreachable
from customer_stack.screening.providers.folder import FolderSource, PackagedSource
from customer_stack.screening.providers.https import HttpSource
from customer_stack.screening.screener import Screener
from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.loading import StoredLists
from customer_stack.screening.service.reading import VersionReading
from customer_stack.wiring.screening import choose_sources
from shared.clock import FixedClock
from shared.errors import InvariantViolated
from shared.ids import SystemIds

from .published import ADD, ALT, FILES, SDN, UNITED_NATIONS, Publisher, people

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)


@pytest.fixture
def office(customer_database):
    clock = FixedClock(NOW)
    database = customer_database.app

    def imports(**sources):
        return ListImports(database, sources, clock, SystemIds())

    return SimpleNamespace(
        database=database,
        fresh=customer_database,
        clock=clock,
        imports=imports,
        stored=StoredLists(database),
        reading=VersionReading(database),
    )


@pytest.mark.parametrize("name", FILES)
async def test_each_list_comes_back_from_storage_as_it_was_read(office, name):
    publisher = Publisher(FILES[name])
    check = await office.imports().take(name, publisher)
    assert (check.outcome, check.number) == (CheckOutcome.TAKEN, 1)
    read = PUBLICATIONS[name].read(FILES[name])
    lists = await office.stored.load(frozenset({name}))
    assert (lists.number, lists.lists_version) == (1, combine_versions([read]))
    assert {entry.id: entry for entry in lists.lists[0].entries} == {e.id: e for e in read.entries}
    (version,) = await office.reading.list_current()
    assert (version.version, version.added, version.entries) == (
        read.version,
        len(read.entries),
        len(read.entries),
    )
    assert publisher.asked == [PUBLICATIONS[name].files]


@pytest.mark.parametrize("name", FILES)
async def test_a_bad_download_is_refused_with_a_reason_and_the_last_good_one_counts(office, name):
    publisher, imports = Publisher(dict(FILES[name])), office.imports()
    await imports.take(name, publisher)
    for file, good in FILES[name].items():
        for bad in (b"", b"\0\x01", good[: len(good) * 2 // 3], b"<html>Service unavailable</html>"):
            publisher.files = FILES[name] | {file: bad}
            check = await imports.take(name, publisher)
            assert (check.outcome, bool(check.reason)) == (CheckOutcome.REFUSED, True)
    assert (await office.stored.load(frozenset({name}))).number == 1
    kept = await office.reading.list_checks(name, CheckOutcome.REFUSED, None, 20)
    assert (len(kept), kept[0]) == (4 * len(FILES[name]), check)


async def test_a_silent_publisher_changes_nothing_and_is_noted(office):
    publisher = Publisher(FILES["local"], problem="no answer")
    imports = office.imports(local=publisher)
    (check,) = await imports.take_all()
    assert (check.outcome, check.reason, check.number) == (CheckOutcome.UNREACHABLE, "no answer", None)
    with pytest.raises(ListsMissing):
        await office.stored.load(imports.required)
    publisher.problem = None
    assert [each.outcome for each in await imports.take_all()] == [CheckOutcome.TAKEN]
    assert [each.outcome for each in await imports.take_all()] == [CheckOutcome.UNCHANGED]
    assert len(await office.reading.list_versions(None, None, 10)) == 1


async def test_a_version_stores_what_changed_and_every_version_can_be_had_again(office):
    imports, names = (
        office.imports(),
        [(1, b"Ottoline Vexmoor"), (2, b"Zoltan Graywater"), (3, b"Serafim Dun")],
    )
    publisher = Publisher(people(*names))
    await imports.take("local", publisher)
    publisher.files = people((1, b"Ottoline Vexmoor"), (2, b"Zoltan Greywater"), (4, b"Barnaby Quill"))
    await imports.take("local", publisher)
    publisher.files = people(*names)
    await imports.take("local", publisher)
    newest, middle, oldest = await office.reading.list_versions("local", None, 10)
    assert [(v.added, v.changed, v.removed) for v in (oldest, middle, newest)] == [
        (3, 0, 0),
        (1, 1, 1),
        (1, 1, 1),
    ]
    assert newest.contents == oldest.contents != middle.contents
    changes = await office.reading.list_changes(2, None, 10)
    assert [(each.entry_id, each.is_new, each.entry and each.entry.names[0].text) for each in changes] == [
        ("L-2", False, "Zoltan Greywater"),
        ("L-3", False, None),
        ("L-4", True, "Barnaby Quill"),
    ]
    assert [each.entry_id for each in await office.reading.list_changes(2, "L-2", 1)] == ["L-3"]
    both = {each.entry_id: each.entry for each in await office.stored.load_delta(1, 3)}
    assert (both["L-4"], both["L-2"].names[0].text, both["L-3"].names[0].text) == (
        None,
        "Zoltan Graywater",
        "Serafim Dun",
    )
    assert set(await office.stored.load_fingerprints("local", 2)) == {"L-1", "L-2", "L-4"}


async def test_a_list_that_lost_a_fifth_needs_a_person_who_says_so(office):
    imports = office.imports()
    publisher = Publisher(people(*((n, b"Person Number%d" % n) for n in range(10))))
    await imports.take("local", publisher)
    publisher.files = people(*((n, b"Person Number%d" % n) for n in range(7)))
    with pytest.raises(ListNotTaken, match="under 80 %"):
        await imports.require("local", publisher, may_shrink=False)
    assert (await imports.require("local", publisher, may_shrink=True)).number == 2


async def test_two_who_take_one_list_at_once_give_one_version(office):
    publisher = Publisher(FILES["ofac_sdn"])
    done = await asyncio.gather(*(office.imports().take("ofac_sdn", publisher) for _ in range(3)))
    assert sorted(each.outcome for each in done) == ["taken", "unchanged", "unchanged"]
    assert [each.number for each in done] == [1, 1, 1]


async def test_what_was_changed_in_storage_is_not_used(office):
    await office.imports().take("local", Publisher(FILES["local"]))
    owner = await office.fresh.connect("owner")
    await owner.execute("ALTER TABLE screening_entry_change DISABLE TRIGGER USER")
    await owner.execute("DELETE FROM screening_entry_change WHERE entry_id = 'LOCAL-2'")
    with pytest.raises(InvariantViolated):
        await office.stored.load(frozenset())


async def test_versions_are_never_changed(office):
    await office.imports().take("local", Publisher(FILES["local"]))
    with pytest.raises(asyncpg.PostgresError):
        async with office.database.transaction() as tx:
            await tx.execute("UPDATE screening_version SET entries = 1")


async def test_the_screener_takes_the_lists_that_count_and_swaps_them_whole(office):
    imports, publisher = office.imports(), Publisher(people((1, b"Zoltan Graywater")))
    await imports.take("local", publisher)
    loads = []

    async def load():
        loads.append(1)
        return await office.stored.load(frozenset({"local"}))

    screener = Screener(load, office.stored.load_number)
    asked = Party("Ottoline Vexmoor", Schema.PERSON)
    before = await asyncio.gather(*(screener.match(asked, threshold=7000) for _ in range(4)))
    assert {each.number for each in before} == {1}
    assert len(loads) == 1
    publisher.files = people((1, b"Zoltan Graywater"), (2, b"Ottoline Vexmoor"))
    await imports.take("local", publisher)
    after = await screener.match(asked, threshold=7000)
    assert (after.number, after.matches[0].entry_id, len(loads)) == (2, "L-2", 2)
    assert after.lists_version != before[0].lists_version


# ---- where lists come from


async def test_a_folder_gives_files_by_name_whatever_its_case(tmp_path):
    for name, raw in {"SDN.CSV": SDN, "alt.csv": ALT, "add.csv": ADD, "readme.txt": b"x"}.items():
        (tmp_path / name).write_bytes(raw)
    os.utime(tmp_path / "SDN.CSV", (1_700_000_000, 1_700_000_000))
    found = await FolderSource(tmp_path).fetch(PUBLICATIONS["ofac_sdn"].files)
    assert found.files == FILES["ofac_sdn"]
    (tmp_path / "2026-11-28.xml").write_bytes(UNITED_NATIONS)
    assert (await FolderSource(tmp_path).fetch(["consolidated.xml"])).files["consolidated.xml"]
    (tmp_path / "another.xml").write_bytes(UNITED_NATIONS)
    for missing in (["consolidated.xml"], ["targets.simple.csv"]):
        with pytest.raises(ListUnreachable, match="not in the folder"):
            await FolderSource(tmp_path).fetch(missing)
    with pytest.raises(ListUnreachable):
        await FolderSource(tmp_path / "nowhere").fetch(["local.csv"])


def serve(answer):
    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


async def test_an_address_gives_every_file_below_it_and_says_when_it_was_published():
    def answer(request):
        when = {"last-modified": "Sat, 28 Nov 2026 06:00:00 GMT"}
        return httpx.Response(200, content=FILES["ofac_sdn"][request.url.path[3:]], headers=when)

    async with serve(answer) as client:
        source = HttpSource("https://user:secret@lists.test/l/?key=secret", client)
        found = await source.fetch(PUBLICATIONS["ofac_sdn"].files)
    assert found.files == FILES["ofac_sdn"]
    assert found.published_at == datetime(2026, 11, 28, 6, tzinfo=UTC)
    assert source.origin == "https://lists.test/l/"


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([httpx.Response(404)], "answered 404"),
        ([httpx.Response(503)] * 3, "answered 503"),
        ([httpx.Response(200, content=b"x" * 101)], "larger than 100 bytes"),
        ([httpx.Response(302, headers={"location": "http://lists.test/f"})], "away from https"),
        ([httpx.Response(302, headers={"location": "/again"})] * 4, "more than 3 times"),
        ([httpx.ConnectError("no")] * 3, "ConnectError"),
    ],
)
async def test_what_is_not_a_whole_file_is_not_had(answers, reason):
    left = list(answers)

    def answer(request):
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async with serve(answer) as client:
        source = HttpSource("https://lists.test/f", client, limit_bytes=100, pause_seconds=0)
        with pytest.raises(ListUnreachable, match=reason):
            await source.fetch(["f"])
    assert left == []


async def test_a_busy_publisher_is_asked_again():
    left = [httpx.Response(503), httpx.ReadTimeout("slow"), httpx.Response(200, content=b"list")]

    def answer(request):
        found = left.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    async with serve(answer) as client:
        found = await HttpSource("https://lists.test/f", client, pause_seconds=0).fetch(["f"])
    assert found.files == {"f": b"list"}


async def test_a_body_that_ends_early_is_not_whole():
    async def answer(reader, writer):
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 8\r\n\r\nhalf")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server, httpx.AsyncClient() as client:
        port = server.sockets[0].getsockname()[1]
        source = HttpSource(f"http://127.0.0.1:{port}/f", client, pause_seconds=0)
        with pytest.raises(ListUnreachable, match="RemoteProtocolError"):
            await source.fetch(["f"])


def test_configured_places_are_folders_addresses_or_the_package():
    places = {"ofac": "https://a.test/", "un": "/lists", "local": "package"}
    chosen = choose_sources(places, None, must_be_safe=True)
    assert {name: type(source) for name, source in chosen.items()} == {
        "ofac_sdn": HttpSource,
        "un_consolidated": FolderSource,
        "local": PackagedSource,
    }
    for wrong in ({"ofac": "http://a.test/"}, {"unknown": "/lists"}):
        with pytest.raises(SourceUnsafe):
            choose_sources(wrong, None, must_be_safe=True)
    assert choose_sources({"ofac": "http://127.0.0.1/"}, None, must_be_safe=False)


async def test_staff_see_versions_changes_and_refusals(client, services, staff):
    screening = services.screening
    await screening.imports.take("local", Publisher(people((1, b"Ottoline Vexmoor"), (2, b"Zoltan Gray"))))
    await screening.imports.take("local", Publisher(people()))
    headers = await staff("auditor")
    versions = (await client.get("/staff/screening/versions", headers=headers)).json()
    assert [(each["number"], each["list"], each["added"]) for each in versions["items"]] == [(1, "local", 2)]
    assert (await client.get("/staff/screening/lists", headers=headers)).json() == versions["items"]
    page = (await client.get("/staff/screening/versions/1/changes?limit=1", headers=headers)).json()
    assert (page["items"][0]["entry"]["names"][0]["text"], page["next_cursor"]) == ("Ottoline Vexmoor", "L-1")
    page = await client.get("/staff/screening/versions/1/changes?limit=1&cursor=L-1", headers=headers)
    assert (page.json()["items"][0]["entry_id"], page.json()["next_cursor"]) == ("L-2", None)
    checks = await client.get("/staff/screening/checks?outcome=refused&list=local", headers=headers)
    assert [each["reason"] for each in checks.json()["items"]] == ["local.csv has no entry"]
    assert (await client.get("/staff/screening/versions/9/changes", headers=headers)).status_code == 404
    for path in ("lists", "versions", "checks", "versions/1/changes"):
        answer = await client.get(f"/staff/screening/{path}", headers=await staff("treasurer"))
        assert answer.status_code == 403
