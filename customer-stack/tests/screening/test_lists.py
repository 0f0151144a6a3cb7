"""Each publisher's form: what is read from it, and when the whole of it is refused."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.screening.folder import read_folder
from customer_stack.screening.lists.countries import country_code
from customer_stack.screening.lists.delta import compare_versions, require_plausible
from customer_stack.screening.lists.entry import (
    DateRange,
    ListEntry,
    ListName,
    NameKind,
    Schema,
    Sex,
    WatchList,
    combine_versions,
    whole_year,
)
from customer_stack.screening.lists.errors import ListRefused
from customer_stack.screening.lists.local import read_local
from customer_stack.screening.lists.ofac import OfacFiles, read_ofac
from customer_stack.screening.lists.open_sanctions import read_open_sanctions
from customer_stack.screening.lists.remarks import read_remarks
from customer_stack.screening.lists.united_nations import read_united_nations

from .published import ADD, ALT, LOCAL, OFAC, OPEN_SANCTIONS, SDN, UNITED_NATIONS


def day(text):
    return DateRange(date.fromisoformat(text), date.fromisoformat(text))


def by_id(watch_list):
    return {entry.id: entry for entry in watch_list.entries}


def test_ofac_gives_people_with_aliases_weak_ones_from_remarks_and_all_qualifiers():
    entry = by_id(read_ofac(OFAC))["SDN-101"]
    assert [(name.id, name.text, name.kind) for name in entry.names] == [
        ("101:0", "VEXMOOR, Ottoline", NameKind.PRIMARY),
        ("11", "QUILLFEATHER, Ottoline", NameKind.STRONG),
        ("101:w1", "LA VEX", NameKind.WEAK),
        ("101:w2", "'ABD AL-VEX", NameKind.WEAK),
    ]
    assert entry.schema is Schema.PERSON
    assert entry.births == (whole_year(1963, until=1967), day("1963-10-07"))
    assert entry.nationalities == ("es",)
    assert entry.countries == ("cu", "es")
    assert entry.sex is Sex.FEMALE
    assert entry.documents == ("778899001", "AB12345")
    assert entry.programmes == ("SDGT", "IFSR")


def test_ofac_gives_entities_vessels_aircraft_and_ranges_of_birth():
    found = by_id(read_ofac(OFAC))
    assert [found[f"SDN-{n}"].schema for n in (102, 103, 104)] == [
        Schema.ENTITY,
        Schema.VESSEL,
        Schema.AIRCRAFT,
    ]
    assert found["SDN-102"].countries == ("kp",)
    assert found["SDN-103"].documents == ("8012114",)
    assert found["SDN-103"].births == ()
    assert found["SDN-105"].births == (
        whole_year(1959, until=1961),
        DateRange(date(1970, 1, 1), date(1970, 1, 31)),
    )


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (OfacFiles(b"", ALT, ADD), "sdn.csv is empty"),
        (OfacFiles(SDN[:-30], ALT, ADD), "cut off"),
        (OfacFiles(SDN[: SDN.index(b"102,")], ALT, ADD), "cut off"),
        (OfacFiles(SDN[: SDN.index(b"102,")] + b"\x1a", ALT, ADD), "belongs to another sdn.csv"),
        (OfacFiles(SDN, ALT[: ALT.index(b"105,")], ADD), "alt.csv: cut off"),
        (OfacFiles(b"<html>busy</html>\x1a", ALT, ADD), "fields in place of 12"),
        (OfacFiles(SDN, ADD, ADD), "fields in place of 5"),
        (OfacFiles(SDN.replace(b"105,", b"104,"), ALT, ADD), "stands twice"),
        (OfacFiles(SDN.replace(b'"vessel"', b'"submarine"'), ALT, ADD), "kind that is unknown"),
        (OfacFiles(SDN.replace(b"\x1a", b"\0"), ALT, ADD), "no text"),
    ],
)
def test_a_publication_of_ofac_that_is_not_whole_is_refused(files, reason):
    with pytest.raises(ListRefused, match=reason):
        read_ofac(files)


@given(st.integers(1, len(SDN) - 1))
def test_an_sdn_file_that_ends_early_anywhere_is_refused(end):
    with pytest.raises(ListRefused):
        read_ofac(OfacFiles(SDN[:end], ALT, ADD))


def test_files_without_the_end_mark_are_whole_when_none_has_it():
    without = OfacFiles(*(raw.rstrip(b"\r\n\x1a") for raw in (SDN, ALT, ADD)))
    assert read_ofac(without).entries == read_ofac(OFAC).entries
    with pytest.raises(ListRefused, match="cut off"):
        read_ofac(OfacFiles(without.sdn[:-9], without.alt, without.add))
    cut_mark = OfacFiles(without.sdn, without.alt, without.add.removesuffix(b" ").removesuffix(b"-"))
    assert read_ofac(cut_mark).entries == read_ofac(OFAC).entries


@pytest.mark.parametrize(
    ("remark", "births"),
    [
        ("DOB 1984.", (whole_year(1984),)),
        ("DOB 29 Feb 1984", (day("1984-02-29"),)),
        ("DOB Dec 1984", (DateRange(date(1984, 12, 1), date(1984, 12, 31)),)),
        ("DOB circa 1979-1982", (whole_year(1977, until=1984),)),
        ("DOB 01 Jan 1958 to 31 Dec 1959", (DateRange(date(1958, 1, 1), date(1959, 12, 31)),)),
        ("DOB 31 Feb 1984", ()),
        ("DOB 1990 to 1980", ()),
    ],
)
def test_births_in_remarks(remark, births):
    assert tuple(read_remarks(remark).births) == births


def test_the_united_nations_give_names_in_order_qualities_scripts_and_dates():
    entry = by_id(read_united_nations(UNITED_NATIONS))["UN-900001"]
    assert [(name.text, name.kind) for name in entry.names] == [
        ("SERAPHIM DUN MARROW", NameKind.PRIMARY),
        ("සරත් ෆොන්සේකා", NameKind.STRONG),
        ("Serafim Dunmarow", NameKind.STRONG),
        ("Chief Marrow", NameKind.WEAK),
    ]
    assert entry.births == (
        day("1971-02-03"),
        whole_year(1979, until=1981),
        whole_year(1990, until=1992),
    )
    assert (entry.nationalities, entry.countries, entry.sex) == (("cd",), ("cd", "lk"), Sex.MALE)
    assert entry.documents == ("OB0243318",)
    body = by_id(read_united_nations(UNITED_NATIONS))["UN-900002"]
    assert (body.schema, body.countries, len(body.names)) == (Schema.ENTITY, ("tr",), 2)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b" ", "is empty"),
        (UNITED_NATIONS[:-40], "no whole XML"),
        (UNITED_NATIONS.replace(b"CONSOLIDATED_LIST", b"SOMETHING"), "no consolidated list"),
        (UNITED_NATIONS.replace(b"ENTITIES", b"THINGS"), "no individuals, or no entities"),
        (UNITED_NATIONS.replace(b"<DATAID>900002", b"<DATAID>x"), "no number or no name"),
        (b'<!DOCTYPE x [<!ENTITY a "aaaa">]><CONSOLIDATED_LIST>&a;</CONSOLIDATED_LIST>', "no whole XML"),
    ],
)
def test_a_list_of_the_united_nations_that_is_not_whole_or_not_safe_is_refused(raw, reason):
    with pytest.raises(ListRefused, match=reason):
        read_united_nations(raw)


def test_opensanctions_gives_targets_with_a_name():
    found = by_id(read_open_sanctions(OPEN_SANCTIONS))
    assert set(found) == {"OS-NK-1a", "OS-NK-2b"}
    person = found["OS-NK-1a"]
    assert [name.text for name in person.names] == ["Ottoline Vexmoor", "O. Vexmoor", "Ottoline Quill"]
    assert person.births == (day("1963-10-07"), whole_year(1964))
    assert (person.countries, person.documents, person.programmes) == (
        ("cu", "es"),
        ("AB12345",),
        ("Invented PEPs",),
    )
    assert found["OS-NK-2b"].schema is Schema.UNKNOWN


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (OPEN_SANCTIONS.replace(b'"aliases"', b'"others"'), "no column aliases"),
        (OPEN_SANCTIONS[:-12], "cut off"),
        (OPEN_SANCTIONS.replace(b"NK-2b", b"NK-1a"), "twice"),
        (OPEN_SANCTIONS.replace(b'"Ottoline Vexmoor"', b'""'), "no id or no name"),
        (OPEN_SANCTIONS.split(b"\n")[0], "no entry"),
    ],
)
def test_a_list_of_opensanctions_that_is_not_whole_is_refused(raw, reason):
    with pytest.raises(ListRefused, match=reason):
        read_open_sanctions(raw)


def test_the_house_list_gives_names_births_countries_and_documents():
    found = by_id(read_local(LOCAL))
    entry = found["LOCAL-1"]
    assert entry.births == (day("1970-05-06"), whole_year(1980, until=1982))
    assert (entry.countries, entry.documents, entry.schema) == (("gb", "lk"), ("N7654321",), Schema.PERSON)
    assert found["LOCAL-2"].schema is Schema.ENTITY


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"id,names,programme\n", "no entry"),
        (b"id,names,programme\nX-1,A B,p\nX-1,C D,p\n", "twice"),
        (b"id,names,programme\nX-1,A;,p\n", "without a letter"),
        (b"id,names,programme\nX-1,A;B\n", "cut off"),
        (b"id,names,programme,schema\nX-1,A,p,ghost\n", "unknown schema"),
        (b"id,names,programme,countries\nX-1,A,p,Atlantis\n", "unknown country"),
        (b"id,names,programme,births\nX-1,A,p,1970-13-01\n", "date of birth that is none"),
        (b"id,names,programme,births\nX-1,A,p,1980/1970\n", "date of birth that is none"),
    ],
)
def test_a_broken_house_list_is_refused(raw, reason):
    with pytest.raises(ListRefused, match=reason):
        read_local(raw)


def test_a_version_is_a_digest_of_the_bytes_as_published():
    assert read_local(LOCAL).version != read_local(LOCAL.replace(b"Stone", b"Stine")).version
    assert read_ofac(OFAC).version != read_ofac(OfacFiles(SDN, ALT.replace(b"Imre", b"Ymre"), ADD)).version
    one, other = read_local(LOCAL), read_open_sanctions(OPEN_SANCTIONS)
    assert combine_versions([one, other]) == combine_versions([other, one]) != combine_versions([one])


numbers = st.lists(st.integers(0, 9), unique=True)


def some_list(keys, mark=""):
    entries = tuple(
        ListEntry(f"X-{key}", str(key), Schema.PERSON, (ListName("n", f"A {key}{mark}", NameKind.PRIMARY),))
        for key in keys
    )
    return WatchList("x", bytes(32), entries)


@given(numbers, numbers, numbers)
def test_a_delta_makes_the_new_list_of_the_old_one(before, kept, after):
    old = some_list(before)
    changed = some_list([key for key in kept if key in before], mark="!")
    same = some_list([key for key in before if key not in kept and key in after])
    fresh = some_list([key for key in after if key not in before])
    new = WatchList("x", bytes(32), (*changed.entries, *same.entries, *fresh.entries))
    delta = compare_versions(old, new)
    rebuilt = {entry.id: entry for entry in old.entries if entry.id not in delta.removed}
    rebuilt |= {entry.id: entry for entry in (*delta.added, *delta.changed)}
    assert rebuilt == {entry.id: entry for entry in new.entries}
    assert set(delta.changed) == set(changed.entries)
    assert set(delta.added) == set(fresh.entries)


def test_a_list_that_lost_a_fifth_of_its_entries_is_not_believed():
    require_plausible(10, some_list(range(8)))
    with pytest.raises(ListRefused, match="7 entries after 10"):
        require_plausible(10, some_list(range(7)))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Sri Lanka", "lk"),
        ("lk", "lk"),
        ("Korea, North", "kp"),
        ("Burma", "mm"),
        ("Congo, Democratic Republic of the", "cd"),
        ("Iran (Islamic Republic of)", "ir"),
        ("Türkiye", "tr"),
        ("Cote d'Ivoire", "ci"),
        ("Bosnia and Herzegovina", "ba"),
        ("Region: Gaza", "ps"),
        ("undetermined", None),
        ("", None),
    ],
)
def test_countries_as_lists_spell_them(text, code):
    assert country_code(text) == code


def write_folder(path, **files):
    for name, raw in files.items():
        (path / name.replace("_dot_", ".")).write_bytes(raw)
    return path


def test_a_folder_is_read_whole_and_says_what_it_left_out(tmp_path):
    write_folder(
        tmp_path,
        sdn_dot_csv=SDN,
        ALT_dot_CSV=ALT,
        add_dot_csv=ADD,
        un_dot_xml=UNITED_NATIONS,
        local_dot_csv=LOCAL,
    )
    write_folder(tmp_path, **{"targets.simple.csv": OPEN_SANCTIONS, "README.md": b"x"})
    folder = read_folder(tmp_path)
    assert {each.source for each in folder.lists} == {
        "ofac_sdn",
        "un_consolidated",
        "open_sanctions",
        "local",
    }
    assert folder.left_out == ("README.md",)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({}, "holds no list"),
        ({"sdn_dot_csv": SDN, "add_dot_csv": ADD}, "alt.csv of OFAC's three files is missing"),
        ({"a_dot_xml": UNITED_NATIONS, "b_dot_xml": UNITED_NATIONS}, "one list twice"),
        ({"local_dot_csv": LOCAL, "un_dot_xml": b"<x/>"}, "no consolidated list"),
    ],
)
def test_a_folder_with_a_list_that_cannot_be_trusted_is_refused(tmp_path, files, reason):
    with pytest.raises(ListRefused, match=reason):
        read_folder(write_folder(tmp_path, **files))


def test_what_is_no_folder_is_refused(tmp_path):
    with pytest.raises(ListRefused, match="no folder"):
        read_folder(tmp_path / "nowhere")
