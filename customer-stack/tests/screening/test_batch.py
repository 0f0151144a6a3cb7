"""Queries in files: what is understood, what is answered, and that nothing is lost."""

import json

import pytest
from typer.testing import CliRunner

from customer_stack.cli import app
from customer_stack.screening import batch
from customer_stack.screening.batch import Job, answer, answer_all
from customer_stack.screening.commands import BatchRefused
from customer_stack.screening.lists.entry import DateRange, Schema, Sex, whole_year
from customer_stack.screening.lists.local import read_local
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.queries import QueryRefused, read_query

from .published import ADD, ALT, LOCAL, SDN, UNITED_NATIONS


def line(**fields):
    return json.dumps(fields, ensure_ascii=False).encode()


JOB = Job(Matcher([read_local(LOCAL)]), threshold=7_000, limit=3)


def test_a_query_is_understood_with_all_that_it_may_have():
    query = read_query(
        line(
            id="q1",
            name=" Ottoline Vexmoor ",
            schema="Person",
            birth_date="1963-10",
            country=["ES", "Sri Lanka"],
            sex="F",
            documents="ab-12 345; N 99",
            without_alias=[12],
        )
    )
    assert query.party.name == "Ottoline Vexmoor"
    assert query.party.schema is Schema.PERSON
    assert query.party.birth == DateRange(whole_year(1963).first.replace(month=10), query.party.birth.last)
    assert query.party.birth.last.isoformat() == "1963-10-31"
    assert (query.party.countries, query.party.sex) == (("es", "lk"), Sex.FEMALE)
    assert (query.party.documents, query.without) == (("AB12345", "N99"), frozenset({"12"}))
    assert "Ottoline" not in repr(query.party)


@pytest.mark.parametrize(
    ("schema", "understood"),
    [
        ("Person", Schema.PERSON),
        ("Company", Schema.ENTITY),
        ("Organization", Schema.ENTITY),
        ("LegalEntity", Schema.UNKNOWN),
        ("Vessel", Schema.VESSEL),
        ("", Schema.UNKNOWN),
        (None, Schema.UNKNOWN),
    ],
)
def test_schemas_of_others_are_understood(schema, understood):
    assert read_query(line(id=1, name="A B", schema=schema)).party.schema is understood


@pytest.mark.parametrize("field", ["birthDate", "dob", "date_of_birth"])
def test_birth_dates_are_understood_under_their_usual_names(field):
    assert read_query(line(id=1, name="A B", **{field: 1963})).party.birth == whole_year(1963)


def test_what_is_no_country_is_ignored_and_said():
    query = read_query(line(id=1, name="A B", country="Atlantis", sex="x"))
    assert (query.party.countries, query.ignored) == ((), ("country", "sex"))


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"{", "not_json"),
        (b"\xff\xfe", "not_json"),
        (b"[" * 70_000, "line_too_long"),
        (b"[" * 60_000, "not_json"),
        (b"[1]", "not_an_object"),
        (line(name="A B"), "id_missing"),
        (line(id=1), "name_missing"),
        (line(id=1, name="  "), "name_missing"),
        (line(id=1, name=["A"]), "field_unusable"),
        (line(id=1, name="x" * 501), "name_too_long"),
        (line(id=1, name="A B", schema="ghost"), "schema_unknown"),
        (line(id=1, name="A B", birth_date="1963-13-01"), "birth_date_unusable"),
        (line(id=1, name="A B", birth_date="soon"), "birth_date_unusable"),
        (line(id=1, name="A B", country={"a": 1}), "field_unusable"),
        (line(id=1, name="A B", without_alias=[True]), "field_unusable"),
    ],
)
def test_a_line_that_is_no_query_is_answered_with_what_is_wrong(raw, code):
    with pytest.raises(QueryRefused) as problem:
        read_query(raw)
    assert problem.value.code == code
    document = json.loads(answer(JOB, 7, raw).line)
    assert (document["line"], document["decision"], document["error"]["code"]) == (7, "error", code)


def test_a_name_without_words_is_an_error_and_not_clear():
    given = answer(JOB, 1, line(id="q", name="- . -"))
    assert not given.screened
    assert json.loads(given.line)["error"]["code"] == "name_unusable"


def test_every_line_has_its_answer_in_order_however_many_processes_work(monkeypatch):
    monkeypatch.setattr(batch, "CHUNK", 5)
    lines = [line(id=n, name=f"Barnaby Quillfeather {n}") for n in range(87)]
    lines[5] = b"broken\n"
    lines[9] = b"  \n"
    one = [each.line for each in answer_all(JOB, lines, processes=1)]
    three = [each.line for each in answer_all(JOB, lines, processes=3)]
    assert one == three
    numbers = [json.loads(text)["line"] for text in one]
    assert numbers == [n for n in range(1, len(lines) + 1) if n != 10]


@pytest.fixture
def folder(tmp_path):
    for name, raw in {"sdn.csv": SDN, "alt.csv": ALT, "add.csv": ADD, "un.xml": UNITED_NATIONS}.items():
        (tmp_path / name).write_bytes(raw)
    return tmp_path


def run(folder, lines, *more):
    (folder / "queries.jsonl").write_bytes(b"\n".join(lines) + b"\n")
    paths = ["--lists", folder, "--queries", folder / "queries.jsonl", "--out", folder / "out.jsonl"]
    result = CliRunner().invoke(app, ["screening", "match", *map(str, paths), *more])
    out = folder / "out.jsonl"
    return result, [json.loads(text) for text in out.read_text().splitlines()] if out.exists() else None


def test_the_command_writes_entries_with_scores_decisions_and_reasons(folder):
    result, answers = run(
        folder,
        [
            line(id=1, name="Otoline Vexmoor", schema="Person", birth_date="1963-10-07", country="es"),
            line(id=2, name="Nimal Perera", schema="Person"),
            line(id=3, name="සරත් ෆොන්සේකා", schema="Person"),
            line(id=4, name="Harrowgate Relief Fund Inc", schema="Company"),
            b"broken",
        ],
    )
    assert result.exit_code == 1
    assert "5 queries, 3 with a possible match, 1 not screened" in result.stderr
    assert [each["decision"] for each in answers] == [
        "possible_match",
        "clear",
        "possible_match",
        "possible_match",
        "error",
    ]
    best = answers[0]["matches"][0]
    assert (best["entry"], best["published_id"], best["list"], best["name_id"]) == (
        "SDN-101",
        "101",
        "ofac_sdn",
        "101:0",
    )
    assert best["explanation"]["qualifiers"]["birth"] == "same"
    assert best["explanation"]["pieces"][0] == {
        "asked": "vexmoor",
        "listed": "vexmoor",
        "how": "equal",
        "likeness": 1000,
    }
    assert answers[2]["matches"][0]["entry"] == "UN-900001"


@pytest.mark.parametrize("alias", ["11", "SDN-101:11", "101:11"])
def test_an_alias_can_be_left_out_of_the_list(folder, alias):
    asked = [line(id=1, name="Ottoline Quillfeather", schema="Person")]
    assert run(folder, asked)[1][0]["matches"][0]["name_id"] == "11"
    result, answers = run(folder, asked, "--without-alias", alias, "--limit", "9")
    assert result.exit_code == 0
    assert answers[0]["decision"] == "clear"
    assert all(match["name_id"] != "11" for match in answers[0]["matches"])


def test_a_threshold_decides(folder):
    asked = [line(id=1, name="Zoltan Graywader", schema="Person")]
    high, low = (run(folder, asked, "--threshold", text)[1][0] for text in ("10000", "1"))
    assert (high["decision"], low["decision"]) == ("clear", "possible_match")
    assert high["matches"][0]["score"] == low["matches"][0]["score"]


@pytest.mark.parametrize(
    ("spoil", "more", "reason"),
    [
        ({"alt.csv": None}, (), "alt.csv of OFAC's three files is missing"),
        ({"sdn.csv": SDN[:200]}, (), "sdn.csv"),
        ({}, ("--without-alias", "999999"), "No name of the lists has the id 999999"),
        ({}, ("--lists", "/nowhere"), "no folder"),
        ({}, ("--queries", "/nowhere"), "no file"),
        ({}, ("--out", "/nowhere/out"), "no folder to write into"),
    ],
)
def test_what_cannot_be_used_is_said_and_nothing_is_written(folder, spoil, more, reason):
    for name, raw in spoil.items():
        (folder / name).unlink()
        if raw is not None:
            (folder / name).write_bytes(raw)
    result, answers = run(folder, [line(id=1, name="A B")], *more)
    assert isinstance(result.exception, BatchRefused)
    assert reason in str(result.exception)
    assert answers is None
