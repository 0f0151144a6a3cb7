"""Real publications from ../shared/data beside the project; skipped, and said so, where they are absent."""

import csv
import hashlib
import random
from pathlib import Path

import pytest

from customer_stack.screening.domain.versions import CheckOutcome
from customer_stack.screening.lists.delta import compare_versions, require_plausible
from customer_stack.screening.lists.entry import NameKind, Schema
from customer_stack.screening.lists.ofac import OfacFiles, read_ofac
from customer_stack.screening.lists.united_nations import read_united_nations
from customer_stack.screening.matching.judging import judge, make_ready
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import THRESHOLD, Party
from customer_stack.screening.providers.folder import FolderSource
from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.loading import StoredLists
from shared.clock import SystemClock
from shared.ids import SystemIds

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
CHANCE = random.Random(8)  # noqa: S311 - picks names, guards nothing
pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="there is no ../shared/data beside the project")


def read_dated(folder):
    return read_ofac(
        OfacFiles(*((DATA / folder / name).read_bytes() for name in ("sdn.csv", "alt.csv", "add.csv")))
    )


@pytest.fixture(scope="module")
def ofac():
    return read_dated("ofac_2021-07")


@pytest.fixture(scope="module")
def united_nations():
    return read_united_nations((DATA / "UN_consolidated.xml").read_bytes())


@pytest.fixture(scope="module")
def matcher(ofac, united_nations):
    return Matcher([ofac, united_nations])


def test_the_sdn_list_is_read_whole(ofac):
    entries = {entry.id: entry for entry in ofac.entries}
    assert len(entries) == 8_976
    assert sum(len(entry.names) for entry in ofac.entries) > 23_000
    assert sum(name.kind is NameKind.WEAK for entry in ofac.entries for name in entry.names) > 2_300
    people = [entry for entry in ofac.entries if entry.schema is Schema.PERSON]
    assert sum(bool(entry.births) for entry in people) > 0.95 * len(people)
    assert sum(bool(entry.documents) for entry in ofac.entries) > 4_000
    assert "ru" in entries["SDN-8279"].countries or entries["SDN-8279"].births


def test_the_delta_between_two_dates_is_found(ofac):
    old = read_dated("ofac_2019-01")
    delta = compare_versions(old, ofac)
    assert (len(delta.added), len(delta.removed)) == (1_858, 261)
    assert 100 < len(delta.changed) < 1_000
    require_plausible(len(old.entries), ofac)


def test_the_list_of_the_united_nations_is_read_whole(united_nations):
    assert len(united_nations.entries) == 1_003
    people = [entry for entry in united_nations.entries if entry.schema is Schema.PERSON]
    assert len(people) == 730
    assert sum(bool(entry.births) for entry in people) > 650
    assert sum(bool(entry.countries) for entry in united_nations.entries) > 800


def test_listed_people_are_found_by_the_name_that_the_list_gives_them(ofac, matcher):
    listed = [
        (entry.id, entry.names[0].text)
        for entry in ofac.entries
        if entry.schema is Schema.PERSON and make_ready(entry.names[0].text, Schema.PERSON)
    ]
    lost = []
    for entry_id, name in CHANCE.sample(listed, 150):
        matches = matcher.match(Party(name, Schema.PERSON), limit=10)
        if not any(match.entry_id == entry_id and match.score >= THRESHOLD for match in matches):
            lost.append(name)
    assert len(lost) <= 3, lost


def test_real_aliases_are_found_without_the_alias(ofac, matcher):
    held_back = [
        (entry.id, name)
        for entry in ofac.entries
        for name in entry.names
        if entry.schema is Schema.PERSON
        and name.kind is NameKind.STRONG
        and hashlib.md5(entry.id.encode(), usedforsecurity=False).digest()[0] % 2
    ]
    found = 0
    for entry_id, name in CHANCE.sample(held_back, 200):
        matches = matcher.match(Party(name.text, Schema.PERSON), limit=10, without=frozenset({name.id}))
        found += any(match.entry_id == entry_id and match.score >= THRESHOLD for match in matches)
    assert found >= 0.70 * 200


def test_labelled_pairs_are_told_apart_at_the_threshold_that_ships():
    schemas = {"Person": Schema.PERSON, "Vessel": Schema.VESSEL}
    right = wrong = 0
    with (DATA / "name_bench_cases.csv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows):
            schema = schemas.get(row["schema"], Schema.ENTITY)
            asked, listed = make_ready(row["name1"], schema), make_ready(row["name2"], schema)
            found = bool(asked and listed) and judge(asked, listed, schema).score >= THRESHOLD
            right += found and row["is_match"] == "true"
            wrong += found is not (row["is_match"] == "true")
    assert 2 * right / (2 * right + wrong) >= 0.80


async def test_a_real_list_comes_back_from_storage_entry_by_entry(customer_database, united_nations):
    imports = ListImports(customer_database.app, {}, SystemClock(), SystemIds())
    check = await imports.take("un_consolidated", FolderSource(DATA))
    assert (check.outcome, check.reason) == (CheckOutcome.TAKEN, None)
    stored = await StoredLists(customer_database.app).load(frozenset({"un_consolidated"}))
    found = {entry.id: entry for entry in stored.lists[0].entries}
    assert found == {entry.id: entry for entry in united_nations.entries}
    assert stored.lists[0].version == united_nations.version
