"""How names are compared, found and ordered."""

import subprocess
import sys
from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customer_stack.screening.lists.entry import (
    DateRange,
    ListEntry,
    ListName,
    NameKind,
    Schema,
    Sex,
    WatchList,
    whole_year,
)
from customer_stack.screening.matching.alignment import Written
from customer_stack.screening.matching.folding import split_words
from customer_stack.screening.matching.index import NameIndex
from customer_stack.screening.matching.judging import judge, make_ready
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import (
    THRESHOLD,
    Agreement,
    Decision,
    NameUnusable,
    Party,
)
from customer_stack.screening.matching.people import PERFECT, compare_people
from customer_stack.screening.matching.qualifiers import LEAST_NAME, compare_births, prioritise, qualify
from customer_stack.screening.matching.words import weigh

KINDS = {"!": NameKind.WEAK}


def entry(key, *names, schema=Schema.PERSON, **facts):
    listed = tuple(
        ListName(
            f"{key}:{n}",
            text.removeprefix("!"),
            KINDS.get(text[0], NameKind.STRONG if n else NameKind.PRIMARY),
        )
        for n, text in enumerate(names)
    )
    return ListEntry(key, key, schema, listed, **facts)


def matcher_of(*entries, without=()):
    return Matcher([WatchList("test", bytes(32), tuple(entries))], without=without)


def score(one, other, schema=Schema.PERSON):
    return judge(make_ready(one, schema), make_ready(other, schema), schema).score


def ask(matcher, name, schema=Schema.PERSON, **facts):
    return matcher.match(Party(name, schema, **facts), limit=5)


# ---- people


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Viktor Bout", "BOUT, Viktor Anatolijevitch"),
        ("Víktor  Bóut", "BOUT, Viktor"),
        ("Usama bin Ladin", "Osama bin Laden"),
        ("Barnaby Quillfether Stone", "Barnaby Quillfeather-Stone"),
        ("Serafim Dunmarrow", "Seraphim Dun Marrow"),
        ("Xi Jinping", "Xi Jin Ping"),
        ("Saifuddin Vexmoor", "VEXMOOR, Saif al-Din"),
        ("O. Vexmoor", "Ottoline Vexmoor"),
        ("රනිල් වික්‍රමසිංහ", "Ranil Wickremesinghe"),
        ("மகிந்த ராஜபக்ஷ", "Mahinda Rajapaksa"),
        ("Warnakulasuriyalage Nimal Fonseka", "Warnakulasooriya Nimal Phonseka"),
        ("Ottoline", "OTTOLINE"),
    ],
)
def test_one_name_however_written_reaches_the_threshold(one, other):
    assert score(one, other) >= THRESHOLD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Viktor Perera", "BOUT, Viktor Anatolijevitch"),
        ("Nimal Perera", "Kamal Peiris"),
        ("Mohamed Farook", "Mohamed Hameed Marikkar"),
        ("Mahmoud Hassan", "Muhammad Hussain"),
        ("Hans O Friedrich", "Hans Joachim Vexmoor"),
        ("Omar Vexmoor", "Omar bin Graywater"),
        ("Taha Yassin Ramadan al-Mosuli", "Uday Yassin Ramadan al-Jizrawi"),
        ("Vexmoor", "Ottoline Quill"),
    ],
)
def test_another_name_stays_below(one, other):
    assert score(one, other) < THRESHOLD


WORDS = (
    "nimal", "perera", "al", "abdul", "muhammad", "mohamed", "vexmoor", "x", "q", "wickremesinghe",
    "vikramasinha", "bin", "silva", "bo", "kakolele",
)  # fmt: skip
names = st.lists(st.sampled_from(WORDS), min_size=1, max_size=5)


@given(names, names)
def test_the_score_of_people_is_symmetric_and_bounded(one, other):
    a, b = Written.of(one), Written.of(other)
    assert 0 <= compare_people(a, b).score <= PERFECT
    assert compare_people(a, b).score == compare_people(b, a).score


@given(names, st.randoms(use_true_random=False))
def test_the_order_of_words_does_not_matter(words, chance):
    shuffled = list(words)
    chance.shuffle(shuffled)
    other = Written.of(["ottoline", "vexmoor", "nimal"])
    in_order = compare_people(Written.of(words), Written.of(shuffled))
    assert in_order.score >= compare_people(Written.of(words), other).score
    assert in_order.contradicted == 0


def test_a_rare_name_tells_more_than_a_common_one():
    assert weigh("muhammad") < weigh("perera") < weigh("kakolele")
    assert score("Luis Lopez", "LOPEZ, Luis") < score("Frank Kakolele", "KAKOLELE, Frank")
    assert score("Vladimirovich Vexmoor", "Vexmoor") > score("Kakolele Vexmoor", "Vexmoor")


# ---- bodies, vessels, aircraft


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens Aktiengesellschaft", "Siemens AG"),
        ("Harrowgate Phantom Shipping (Pvt) Ltd", "HARROWGATE PHANTOM SHIPPING COMPANY"),
        ("Hezbollah", "HIZBALLAH"),
        ("MIT", "MIT"),
    ],
)
def test_one_body_however_written_reaches_the_threshold(one, other):
    assert score(one, other, Schema.ENTITY) >= THRESHOLD


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Vexmoor Trading Ltd", "Harrowgate Trading Ltd"),
        ("Quill Company Limited", "Stone Company Limited"),
        ("Emma LLC", "Anna LLC"),
    ],
)
def test_a_legal_form_or_a_field_of_business_in_common_is_nothing(one, other):
    assert score(one, other, Schema.ENTITY) < THRESHOLD // 2


@pytest.mark.parametrize("name", ["Ltd.", "Co., Ltd.", "GmbH & Co. KG", "- . -", "", "A B"])
def test_nothing_is_left_of_a_legal_form_alone(name):
    assert make_ready(name, Schema.ENTITY) is None


@pytest.mark.parametrize("name", ["", "- . -", "Mr", "A. B. C.", "Bo", "al bin"])
def test_nothing_is_left_of_titles_initials_and_too_few_letters(name):
    assert make_ready(name, Schema.PERSON) is None


def test_vessels_are_compared_letter_by_letter_and_number_by_number():
    assert score("M/V Silent Gull", "SILENT GULL", Schema.VESSEL) == PERFECT
    assert score("Silent Gul", "SILENT GULL", Schema.VESSEL) >= THRESHOLD
    assert score("Silent Gull 2", "SILENT GULL 3", Schema.VESSEL) == 0
    assert score("Silent Gull", "LOUD TERN", Schema.VESSEL) == 0


def test_a_person_is_no_company_and_what_is_unknown_may_be_either():
    matcher = matcher_of(
        entry("A-1", "EMMA LLC", schema=Schema.ENTITY), entry("A-2", "Emma Vexmoor", schema=Schema.UNKNOWN)
    )
    assert {match.entry_id for match in ask(matcher, "Emma Daniels")} == {"A-2"}
    assert {match.entry_id for match in ask(matcher, "Emma Vexmoor", Schema.UNKNOWN)} == {"A-1", "A-2"}
    assert ask(matcher, "Emma Vexmoor Ltd", Schema.ENTITY)[0].entry_id == "A-2"


# ---- the index

letters = st.sampled_from("abcdefghijklmnopqrstuvwxyz")
word = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=10).filter(
    lambda text: split_words(text) == (text,) and make_ready(text, Schema.PERSON) is not None
)


def edit(name, place, letter, how):
    """Change one letter of a name in one of four ways."""
    place %= len(name)
    if how == "drop":
        return name[:place] + name[place + 1 :]
    if how == "add":
        return name[:place] + letter + name[place:]
    if how == "swap" and place + 1 < len(name):
        return name[:place] + name[place + 1] + name[place] + name[place + 2 :]
    return name[:place] + letter + name[place + 1 :]


@settings(max_examples=200)
@given(
    st.lists(word, min_size=1, max_size=3),
    st.lists(st.lists(word, min_size=1, max_size=3), max_size=15),
    st.integers(0, 40),
    letters,
    st.sampled_from(["drop", "add", "swap", "change"]),
)
def test_a_name_with_one_letter_wrong_is_found(name, others, place, letter, how):
    index = NameIndex([name, *others])
    chosen = place % len(name)
    wrong = [edit(each, place, letter, how) if n == chosen else each for n, each in enumerate(name)]
    assert 0 in {candidate.number for candidate in index.find(wrong, limit=80)}


@given(word, word)
def test_words_written_as_one_are_found_and_the_other_way_round(one, other):
    index = NameIndex([[one, other], [one + other]])
    assert {candidate.number for candidate in index.find([one + other], limit=5)} == {0, 1}
    assert {candidate.number for candidate in index.find([one, other], limit=5)} == {0, 1}


def test_a_common_word_does_not_hide_a_rare_one():
    crowd = [["muhammad", f"graywater{n}"] for n in range(3_000)]
    index = NameIndex([*crowd, ["muhammad", "vexmoor"]])
    assert [each.number for each in index.find(["muhammad", "vexmoor"], limit=5_000)] == [3_000]


# ---- qualifiers

births = st.none() | st.builds(
    lambda day, years: DateRange(day, day) if not years else whole_year(day.year),
    st.dates(date(1950, 1, 1), date(1990, 12, 31)),
    st.booleans(),
)
agreements = st.sampled_from(Agreement)
ORDER = [Agreement.CONTRARY, Agreement.APART, Agreement.UNKNOWN, Agreement.NEAR, Agreement.SAME]


def qualifiers(birth=Agreement.UNKNOWN, country=Agreement.UNKNOWN, sex=Agreement.UNKNOWN):
    return (("birth", birth), ("country", country), ("sex", sex), ("document", Agreement.UNKNOWN))


@pytest.mark.parametrize("which", ["birth", "country", "sex"])
@pytest.mark.parametrize("name", [0, 3_000, 4_000, 7_000, PERFECT])
def test_a_qualifier_that_agrees_better_never_scores_less(name, which):
    for low, high in pairwise(ORDER):
        worse, better = qualifiers(**{which: low}), qualifiers(**{which: high})
        assert qualify(name, worse) <= qualify(name, better)
        assert prioritise(name, 50, worse) <= prioritise(name, 50, better)


@given(st.integers(0, LEAST_NAME - 1), agreements, agreements, agreements)
def test_nothing_that_agrees_makes_another_name_a_match(name, birth, country, sex):
    agreed = qualifiers(birth, country, sex)
    assert qualify(name, agreed) == name
    assert prioritise(name, 0, agreed) == name


@given(births, st.lists(births.filter(bool), max_size=3))
def test_births_agree_in_both_directions(asked, listed):
    found = compare_births(asked, listed)
    if asked is not None and len(listed) == 1:
        assert found is compare_births(listed[0], [asked])
    if asked in listed:
        assert found in {Agreement.SAME, Agreement.NEAR}


@pytest.mark.parametrize(
    ("asked", "listed", "agreement"),
    [
        ("1963-10-07", "1963-10-07", Agreement.SAME),
        ("1963-10-07", "1963-07-10", Agreement.NEAR),
        ("1963-10-07", "1964-10-01", Agreement.NEAR),
        ("1963-10-07", "1965-10-01", Agreement.APART),
        ("1963-10-07", "1983-10-07", Agreement.CONTRARY),
    ],
)
def test_how_far_births_are_apart(asked, listed, agreement):
    one, other = (DateRange(date.fromisoformat(text), date.fromisoformat(text)) for text in (asked, listed))
    assert compare_births(one, [other]) is agreement


LISTED = entry(
    "A-1",
    "VEXMOOR, Ottoline",
    births=(DateRange(date(1963, 10, 7), date(1963, 10, 7)),),
    nationalities=("es",),
    countries=("es",),
    sex=Sex.FEMALE,
    documents=("AB12345", "778899001"),
)


def test_another_birthday_country_and_sex_take_a_name_below_the_threshold():
    matcher = matcher_of(LISTED)
    alone = ask(matcher, "Ottoline Vexmoor")[0]
    agreed = ask(matcher, "Otoline Vexmor", birth=LISTED.births[0], countries=("es",), sex=Sex.FEMALE)[0]
    contrary = ask(matcher, "Ottoline Vexmoor", birth=whole_year(1990), countries=("lk",), sex=Sex.MALE)[0]
    assert alone.decide(THRESHOLD) is Decision.POSSIBLE_MATCH
    assert contrary.decide(THRESHOLD) is Decision.CLEAR
    assert agreed.priority > alone.priority > contrary.priority
    assert dict(contrary.explanation.qualifiers) == {
        "birth": Agreement.CONTRARY,
        "country": Agreement.CONTRARY,
        "sex": Agreement.CONTRARY,
        "document": Agreement.UNKNOWN,
    }


def test_an_initial_and_a_common_family_name_need_a_birthday():
    matcher = matcher_of(replace(LISTED, names=(ListName("n", "Mahinda Rajapaksa", NameKind.PRIMARY),)))
    assert ask(matcher, "M. Rajapakse")[0].decide(THRESHOLD) is Decision.CLEAR
    assert (
        ask(matcher, "M. Rajapakse", birth=LISTED.births[0])[0].decide(THRESHOLD) is Decision.POSSIBLE_MATCH
    )


def test_a_birthday_in_common_makes_no_match_of_another_name():
    matches = ask(matcher_of(LISTED), "Zoltan Vexmore", birth=LISTED.births[0], countries=("es",))
    assert all(match.decide(THRESHOLD) is Decision.CLEAR for match in matches)


def test_a_long_document_number_finds_whoever_has_another_name():
    matcher = matcher_of(LISTED)
    assert (
        ask(matcher, "Nimal Perera", documents=("778899001",))[0].decide(THRESHOLD) is Decision.POSSIBLE_MATCH
    )
    assert ask(matcher, "Nimal Perera", documents=("12345",)) == ()


# ---- the matcher


def test_alerts_come_by_what_agrees_and_not_by_score_alone():
    twin = replace(LISTED, id="A-0", births=(), names=(ListName("t", "Ottoline Vexmoor", NameKind.PRIMARY),))
    found = ask(matcher_of(twin, LISTED), "Ottoline Vexmoor", birth=LISTED.births[0])
    assert [match.entry_id for match in found] == ["A-1", "A-0"]
    assert found[0].score == found[1].score == PERFECT


def test_a_weak_alias_alone_does_not_match_unless_it_has_two_words_or_a_birthday():
    weak = entry("A-1", "Ottoline Quill", "!FOOPIE", "!Silent Gull", births=LISTED.births)
    matcher = matcher_of(weak)
    assert ask(matcher, "Foopie")[0].score < THRESHOLD <= ask(matcher, "Silent Gull")[0].score
    assert ask(matcher, "Foopie", birth=LISTED.births[0])[0].score > ask(matcher, "Foopie")[0].score


def test_a_name_can_be_left_out_of_the_list_or_of_one_query():
    listed = entry("A-1", "Ottoline Vexmoor", "Zoltan Graywater")
    assert ask(matcher_of(listed, without=["A-1:1"]), "Zoltan Graywater") == ()
    party = Party("Zoltan Graywater", Schema.PERSON)
    assert matcher_of(listed).match(party, limit=5, without=frozenset({"A-1:1"})) == ()
    assert matcher_of(listed).match(party, limit=5)[0].name.id == "A-1:1"


@pytest.mark.parametrize("schema", list(Schema))
@pytest.mark.parametrize("name", ["", "  ", "- . -"])
def test_a_name_with_nothing_to_compare_is_an_error_and_not_clear(name, schema):
    with pytest.raises(NameUnusable):
        ask(matcher_of(LISTED), name, schema)


def test_nobody_else_on_the_list_changes_a_score():
    crowd = [entry(f"B-{n}", f"Ottoline Graywater{n}") for n in range(50)]
    alone, among = (
        ask(matcher, "Otoline Vexmoor")[0] for matcher in (matcher_of(LISTED), matcher_of(LISTED, *crowd))
    )
    assert alone == among


def test_an_explanation_says_what_was_laid_side_by_side():
    pieces = ask(matcher_of(LISTED), "Otoline K Vexmoor")[0].explanation.pieces
    assert [(piece.asked, piece.listed, piece.how) for piece in pieces] == [
        ("vexmoor", "vexmoor", "equal"),
        ("otoline", "ottoline", "alike"),
        ("k", "", "only asked"),
    ]


def test_scores_are_the_same_in_another_process_with_another_hash_seed():
    program = (
        "from importlib import resources\n"
        "from customer_stack.screening.lists.local import read_local\n"
        "from customer_stack.screening.matching.matcher import Matcher\n"
        "from customer_stack.screening.matching.party import Party\n"
        "file = resources.files('customer_stack.screening').joinpath('local.csv')\n"
        "m = Matcher([read_local(file.read_bytes())])\n"
        "print([m.match(Party(n), limit=9) for n in ('Viktor But', 'Harrowgate Ship Co', 'Osama Laden')])"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed},
            capture_output=True,
            check=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(outputs) == 1
    assert "SDN-8279" in outputs.pop()
