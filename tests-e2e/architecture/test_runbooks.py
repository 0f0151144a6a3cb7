"""Runbooks: every alert has one, and every command that one names is there, with its options."""

import re
from pathlib import Path

import pytest
import yaml
from pgqueuer.adapters.cli.cli import app as pgqueuer_app
from typer.main import get_command

from architecture.sources import ROOT
from customer_stack.cli import app as customer_app
from execution_stack.cli import app as execution_app

RUNBOOKS = sorted((ROOT / "deploy/runbooks").glob("*.md"))
PROGRAMS = {
    "customer-stack": get_command(customer_app),
    "execution-stack": get_command(execution_app),
    "pgq": get_command(pgqueuer_app),
}
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
INLINE = re.compile(r"`([^`]+)`")
CALL = re.compile(r"(?<![\w/-])(customer-stack|execution-stack|pgq|make) ([^#|;]*)")


def commands_in(text: str) -> list[tuple[str, list[str]]]:
    """Return the programs that a runbook calls, with their words: in fences, indented, or inline."""
    places, fenced = [], False
    for line in text.splitlines():
        if line.startswith("```"):
            fenced = not fenced
        elif fenced or line.startswith("    "):
            places.append(line)
    bare = re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL)
    places += [" ".join(each.split()) for each in INLINE.findall(bare)]
    return [(found[1], found[2].split()) for place in places for found in CALL.finditer(place)]


def problem_of(program: str, words: list[str]) -> str | None:
    """Say what of a call is not there, or None."""
    if program == "make":
        return None if words and words[0] in TARGETS else f"make {' '.join(words)}"
    command = PROGRAMS[program]
    pending = list(words)
    options = {option for each in command.params for option in each.opts}
    while hasattr(command, "commands") and pending:
        word = pending.pop(0)
        if word.startswith("--"):
            if word not in options:
                return f"{program}: {word}"
            pending = pending[1:]
            continue
        if word == "...":
            return None
        if word not in command.commands:
            return f"{program}: {word}"
        command = command.commands[word]
        options = {option for each in command.params for option in each.opts}
    unknown = [word for word in pending if word.startswith("--") and word not in options]
    return f"{program} {' '.join(words)}: {', '.join(unknown)}" if unknown else None


@pytest.mark.parametrize("path", RUNBOOKS, ids=lambda path: path.stem)
def test_every_command_of_a_runbook_is_there(path: Path) -> None:
    calls = commands_in(path.read_text())
    assert calls, "a runbook names a command"
    assert [found for call in calls if (found := problem_of(*call)) is not None] == []


def test_a_command_that_is_not_there_would_be_seen() -> None:
    text = "`customer-stack audit verify --witness FILE`, `make certs`.\n```\nexecution-stack halts\n```\n"
    assert [problem_of(*call) for call in commands_in(text)] == [None, None, None]
    for call in (
        "customer-stack heal",
        "customer-stack audit heal",
        "execution-stack halts --now",
        "make it-so",
        "pgq --pg-dsn X heal",
    ):
        assert [problem_of(*each) for each in commands_in(f"`{call}`")] != [None]


def test_every_alert_has_its_runbook_and_every_runbook_says_the_same_four_things() -> None:
    rules = yaml.safe_load((ROOT / "deploy/observability/alerts.yaml").read_text())
    alerts = {
        rule["alert"]: rule["annotations"]["runbook"] for group in rules["groups"] for rule in group["rules"]
    }
    assert len(alerts) > 30
    missing = {alert: path for alert, path in alerts.items() if not (ROOT / path).is_file()}
    assert missing == {}
    named = {(ROOT / path) for path in alerts.values()}
    assert {path.name for path in RUNBOOKS if path not in named} == set()
    for path in RUNBOOKS:
        text = path.read_text()
        if path.stem in ("audit-witness", "key-rotation"):  # they are about acts, not about one alarm
            continue
        for part in ("**Alarm", "**Look**", "**Done when**"):
            assert part in text, f"{path.name} lacks {part}"
        for alert in (alert for alert, file in alerts.items() if file.endswith(f"/{path.name}")):
            assert f"`{alert}`" in text, f"{path.name} does not name {alert}"
