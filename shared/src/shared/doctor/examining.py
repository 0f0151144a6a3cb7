"""Findings, and how checks are run: at the same time, each by itself, none longer than its limit.

Guaranteed:
- a check that fails, hangs or blocks is a finding and stops no other;
- a sentence carries no secret and no personal data: what slips in is replaced as it is in logs.
"""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

import typer

from shared.errors import Refusal
from shared.operations.logs import redact

LIMIT_SECONDS: Final = 20.0
_MENDED: Final = "Mend what the other findings name, then look again."


class State(StrEnum):
    """How something is: as it should be, to be looked at, or to be mended now."""

    OK = "ok"
    WARN = "warn"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found of one thing, and what to do."""

    name: str
    state: State
    sentence: str


Check = Callable[[], Iterable[Finding]]


def ok(name: str, sentence: str) -> Finding:
    """Return that something is as it should be."""
    return Finding(name, State.OK, sentence)


def warn(name: str, sentence: str) -> Finding:
    """Return that something is to be looked at."""
    return Finding(name, State.WARN, sentence)


def wrong(name: str, sentence: str) -> Finding:
    """Return that something is to be mended now."""
    return Finding(name, State.WRONG, sentence)


def waiting(look: Callable[[], Coroutine[Any, Any, Iterable[Finding]]]) -> Check:
    """Return a check that waits for others: it has an event loop of its own."""
    return lambda: asyncio.run(look())


def examine(checks: Mapping[str, Check], limit_seconds: float = LIMIT_SECONDS) -> list[Finding]:
    """Run all checks and return what they find, in their order."""
    looks = [_Look(name, check) for name, check in checks.items()]
    for look in looks:
        look.start()
    deadline = time.monotonic() + limit_seconds
    for look in looks:
        look.join(max(0.0, deadline - time.monotonic()))
    return [
        Finding(each.name, each.state, str(redact(each.sentence)))
        for look in looks
        for each in look.findings()
    ]


def show(findings: Sequence[Finding], *, as_json: bool) -> None:
    """Print findings. Raises typer.Exit with 1 when something is wrong."""
    if as_json:
        typer.echo(json.dumps([{"name": e.name, "state": e.state, "sentence": e.sentence} for e in findings]))
    else:
        width = max((len(each.name) for each in findings), default=0)
        for each in findings:
            typer.echo(
                f"{each.state.upper() if each.state is State.WRONG else each.state:5} "
                f"{each.name:{width}}  {each.sentence}"
            )
    if any(each.state is State.WRONG for each in findings):
        raise typer.Exit(1)


class _Look(threading.Thread):
    """One check in a thread of its own, which ends with the process if the check never does."""

    def __init__(self, name: str, check: Check) -> None:
        super().__init__(name=name, daemon=True)
        self._check = check
        self._found: list[Finding] | None = None

    def run(self) -> None:
        try:
            found = list(self._check())
        except Refusal as refusal:
            found = [wrong(self.name, str(refusal))]
        except Exception as error:  # noqa: BLE001 - any failure of a check is its finding
            found = [wrong(self.name, f"it could not be looked at ({type(error).__name__}). {_MENDED}")]
        self._found = found

    def findings(self) -> list[Finding]:
        """Return what was found so far."""
        if self._found is None:
            return [wrong(self.name, f"there is no answer in time. {_MENDED}")]
        return self._found
