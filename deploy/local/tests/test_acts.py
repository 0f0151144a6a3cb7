"""A run of all tests fails on an act that no test saw with its record, and only then."""

import pytest

from bulkhead_local.acts import Gathering, Watch, names_of, read_catalogue

CATALOGUE = """
routes:
  POST /a: [a.done]
  POST /b: {nothing: reads}
tasks:
  c: {records: [c.done]}
  c (late): {records: [c.late]}
"""


@pytest.fixture
def stack(tmp_path):
    """A stack with one file of tests."""
    tests = tmp_path / "some-stack" / "tests"
    tests.mkdir(parents=True)
    (tests / "test_one.py").touch()
    file = tests / "acts.yaml"
    file.write_text(CATALOGUE)
    return file


def gathered(file, seen, files=("test_one.py",)):
    gathering = Gathering()
    gathering.take({"files": [str(file.parent / name) for name in files], "seen": {str(file): [*seen[::2]]}})
    gathering.take({"files": [], "seen": {str(file): [*seen[1::2]]}})
    return gathering


ALL = ("routes: POST /a", "tasks: c", "tasks: c (late)")


def test_what_several_processes_saw_is_one(stack):
    gathering = gathered(stack, ALL)
    assert gathering.judge(is_complete=True)
    assert gathering.lines == ["some-stack: each of 3 acts was seen with its audit record"]


def test_an_act_that_was_not_seen_fails_a_whole_run_and_is_named(stack):
    gathering = gathered(stack, ALL[1:])
    assert not gathering.judge(is_complete=True)
    assert gathering.lines == ["some-stack: no test saw an audit record of routes: POST /a"]


@pytest.mark.parametrize(("files", "is_complete"), [((), True), (("test_one.py",), False)])
def test_a_part_of_the_tests_says_nothing(stack, files, is_complete):
    gathering = gathered(stack, (), files)
    assert gathering.judge(is_complete=is_complete)
    assert gathering.lines == ["some-stack: only a part of the tests ran, so acts were not counted"]


def test_an_act_is_seen_by_a_kind_of_its_own_only(stack):
    watch = Watch()
    catalogue = watch.open(stack)
    watch.written += ["a.done", "c.done"]
    assert not watch.has_recorded(catalogue, "routes", "POST /a", 1)
    assert not watch.has_recorded(catalogue, "routes", "POST /unknown", 0)
    assert not watch.seen[stack]
    assert watch.has_recorded(catalogue, "routes", "POST /a", 0)
    assert watch.seen[stack] == {"routes: POST /a"}


async def test_code_that_does_an_act_is_watched(stack, monkeypatch):
    watch = Watch()

    async def work(number):
        watch.written.append("c.done")
        return number + 1

    monkeypatch.setattr("bulkhead_local.acts.work", work, raising=False)
    stack.write_text('tasks:\n  c: {does: "bulkhead_local.acts:work", records: [c.done]}\n')
    watch.open(stack)
    from bulkhead_local import acts  # noqa: PLC0415 - what the catalogue put in its place

    assert await acts.work(1) == 2
    assert watch.seen[stack] == {"tasks: c"}


@pytest.mark.parametrize("entry", ["{records: []}", "{records: [a.b], nothing: reads}", "{}"])
def test_an_act_records_something_or_says_why_not(stack, entry):
    stack.write_text(f"routes:\n  POST /a: {entry}\n")
    with pytest.raises(ValueError, match="POST /a"):
        read_catalogue(stack)


def test_a_name_goes_on_in_brackets(stack):
    assert names_of(read_catalogue(stack), "tasks") == {"c"}
