"""Whether everything that changes something was seen to leave an audit record: a plugin of pytest.

A stack's tests have a catalogue of *acts*: routes, tasks, consumers of events, calls and commands, each with
the kinds of record of which it leaves at least one, or the reason why it leaves none. Tests compare the
catalogue with what is registered; here is noted which acts were done in tests with such a record written,
over all processes of a run. A run of all of a stack's tests fails on an act of its catalogue that was
nowhere seen so; a run of some tests says that it has not looked.

Guaranteed: an act counts as seen only when a kind that the catalogue names for it was written meanwhile.
"""

import functools
import importlib
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
import typer
import yaml

from shared.database import Transaction

FAST: Final = ("", "not long and not system")
"""Selections by mark that leave out nothing but what is long or starts processes."""

_INSERT: Final = "INSERT INTO audit_record"


@dataclass(frozen=True, slots=True)
class Act:
    """One way to change something. `records` is empty where `nothing` says why nothing is recorded."""

    name: str
    records: frozenset[str]
    nothing: str | None = None
    does: str | None = None
    """`module:Class.method` of the code that does it, for what tests call without its timer or command."""
    is_untested: bool = False
    """No test does it yet. Such acts are counted in the open after each run, and do not fail it."""


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The acts of one stack, by group and name."""

    file: Path
    groups: dict[str, dict[str, Act]]

    def find(self, group: str, name: str) -> Act | None:
        """Return an act, or None for what the catalogue does not have."""
        return self.groups[group].get(name)

    def to_be_seen(self) -> set[str]:
        """Return the names of everything that has to be seen with a record."""
        return {
            f"{group}: {act.name}"
            for group, acts in self.groups.items()
            for act in acts.values()
            if act.nothing is None and not act.is_untested
        }

    def untested(self) -> set[str]:
        """Return the names of acts that no test does yet."""
        return {
            f"{group}: {act.name}"
            for group, acts in self.groups.items()
            for act in acts.values()
            if act.is_untested
        }


def read_catalogue(file: Path) -> Catalogue:
    """Return the catalogue in `file`: per group a name with kinds, or a mapping with `nothing` or `does`."""
    document = yaml.safe_load(file.read_text())
    return Catalogue(
        file,
        {
            group: {name: _act(name, entry) for name, entry in acts.items()}
            for group, acts in document.items()
        },
    )


def _act(name: str, entry: Any) -> Act:
    if isinstance(entry, list):
        return Act(name, frozenset(entry))
    act = Act(
        name,
        frozenset(entry.get("records", ())),
        entry.get("nothing"),
        entry.get("does"),
        bool(entry.get("untested")),
    )
    if bool(act.records) == bool(act.nothing):
        raise ValueError(f"{name}: name the kinds that it records, or say why it records nothing")
    return act


def names_of(catalogue: Catalogue, group: str) -> set[str]:
    """Return what the catalogue has of a group, without what a name goes on with in brackets."""
    return {name.partition(" (")[0] for name in catalogue.groups[group]}


def commands_of(app: typer.Typer) -> set[str]:
    """Return every command of an application, with the groups in which it stands."""

    def walk(command: Any, path: str) -> set[str]:
        if not hasattr(command, "commands"):
            return {path}
        return {
            name for word, each in command.commands.items() for name in walk(each, f"{path} {word}".strip())
        }

    return walk(typer.main.get_command(app), "")


class Watch:
    """What this process has seen. There is one, since what it watches belongs to the process."""

    def __init__(self) -> None:
        """See nothing yet."""
        self.written: list[str] = []
        """Kinds of all audit records of this process, in the order of writing."""
        self.catalogues: dict[Path, Catalogue] = {}
        self.seen: defaultdict[Path, set[str]] = defaultdict(set)

    def open(self, file: Path) -> Catalogue:
        """Watch the acts of a catalogue; what names code in `does` is watched from here on."""
        catalogue = self.catalogues[file] = read_catalogue(file)
        for group, acts in catalogue.groups.items():
            for act in acts.values():
                if act.does is not None and act.nothing is None:
                    self._watch_code(catalogue, group, act)
        return catalogue

    def has_recorded(self, catalogue: Catalogue, group: str, name: str, since: int) -> bool:
        """Tell whether a kind of this act was among those `written` since, and note the act as seen if so."""
        act = catalogue.find(group, name)
        if act is None or not act.records.intersection(self.written[since:]):
            return False
        self.seen[catalogue.file].add(f"{group}: {name}")
        return True

    def _watch_code(self, catalogue: Catalogue, group: str, act: Act) -> None:
        module_name, _, path = (act.does or "").partition(":")
        *owners, name = path.split(".")
        owner: Any = importlib.import_module(module_name)
        for each in owners:
            owner = getattr(owner, each)
        work: Callable[..., Awaitable[Any]] = getattr(owner, name)

        @functools.wraps(work)
        async def watched(*arguments: Any, **named: Any) -> Any:
            since = len(self.written)
            answer = await work(*arguments, **named)
            self.has_recorded(catalogue, group, act.name, since)
            return answer

        setattr(owner, name, watched)


WATCH: Final = Watch()

_execute: Final = Transaction.execute


async def _note_records(self: Transaction, sql: str, *arguments: Any) -> None:
    await _execute(self, sql, *arguments)
    if sql.startswith(_INSERT):
        WATCH.written.extend(arguments[1])


Transaction.execute = _note_records  # type: ignore[method-assign]


class Gathering:
    """What all processes of a run have seen, and whether they ran everything."""

    def __init__(self) -> None:
        """Know of nothing yet."""
        self.seen: defaultdict[str, set[str]] = defaultdict(set)
        self.files: set[str] = set()
        self.lines: list[str] = []

    def take(self, output: dict[str, Any]) -> None:
        """Add what one process has seen."""
        self.files |= set(output["files"])
        for file, names in output["seen"].items():
            self.seen[file] |= set(names)

    def judge(self, *, is_complete: bool) -> bool:
        """Write a line for each catalogue; return False when an act was not seen in a complete run."""
        is_good = True
        for file, seen in sorted(self.seen.items()):
            catalogue = read_catalogue(Path(file))
            wanted, untested = catalogue.to_be_seen(), catalogue.untested()
            tests = {str(path) for path in Path(file).parent.rglob("test_*.py")}
            name = Path(file).parent.parent.name
            if not is_complete or not tests <= self.files:
                self.lines.append(f"{name}: only a part of the tests ran, so acts were not counted")
            elif missing := sorted(wanted - seen):
                is_good = False
                self.lines += [f"{name}: no test saw an audit record of {each}" for each in missing]
            else:
                self.lines.append(f"{name}: each of {len(wanted)} acts was seen with its audit record")
                self.lines += [f"{name}: no test does {each} yet" for each in sorted(untested - seen)]
                self.lines += [f"{name}: {each} is tested now" for each in sorted(untested & seen)]
        return is_good


_GATHERING: Final = Gathering()
_files: Final[set[str]] = set()


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Remember which files have tests, before any are left out."""
    _files.update(str(item.path) for item in items)


def _is_complete(config: pytest.Config) -> bool:
    options = config.option
    chosen = options.keyword or getattr(options, "lf", False) or getattr(options, "deselect", None)
    return not chosen and not options.collectonly and options.markexpr in FAST


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of xdist has seen."""
    if "acts" in getattr(node, "workeroutput", {}):
        _GATHERING.take(node.workeroutput["acts"])


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Hand over what was seen, or judge it; tests that failed have the first word."""
    output = {
        "files": sorted(_files),
        "seen": {str(file): sorted(WATCH.seen[file]) for file in WATCH.catalogues},
    }
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["acts"] = output
        return
    _GATHERING.take(output)
    is_good = _GATHERING.judge(is_complete=_is_complete(session.config) and exitstatus == pytest.ExitCode.OK)
    if not is_good:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say what was found."""
    for line in _GATHERING.lines:
        terminalreporter.write_line(line)
