import os
import signal
from pathlib import Path
from types import SimpleNamespace

import pytest

from bulkhead_local import run
from bulkhead_local.problems import LocalProblem


class Quiet:
    """An installation that starts nothing."""

    def __init__(self, *_arguments, **_settings):
        pass

    def __enter__(self):
        return self

    def __exit__(self, *_error):
        pass

    def start(self):
        pass

    start_databases = start


@pytest.fixture
def call(monkeypatch):
    """Return a function that runs `make run` with other ends of the journey and of staying up."""
    before = {kind: signal.getsignal(kind) for kind in (signal.SIGTERM, signal.SIGINT)}
    monkeypatch.setattr(run, "Installation", Quiet)
    monkeypatch.setattr(run, "show_addresses", lambda _: None)
    monkeypatch.setattr("sys.argv", ["make run"])

    def with_ends(journey, staying_up=lambda _: 0):
        monkeypatch.setattr(run, "drive_journey", journey)
        monkeypatch.setattr(run, "stay_up", staying_up)
        return run.main()

    yield with_ends
    for kind, handler in before.items():
        signal.signal(kind, handler)


def send(kind):
    def to_ourselves(_installation):
        os.kill(os.getpid(), kind)
        raise AssertionError("the signal did not end the work")

    return to_ourselves


@pytest.mark.parametrize(("kind", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
@pytest.mark.parametrize("once", ["1", ""])
def test_a_signal_before_the_end_of_the_journey_is_no_success(call, monkeypatch, kind, code, once):
    monkeypatch.setenv("ONCE", once)
    assert call(send(kind)) == code


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("code", [0, 1])
def test_after_the_journey_a_signal_answers_as_the_journey_did(call, monkeypatch, kind, code):
    monkeypatch.delenv("ONCE", raising=False)
    assert call(lambda _: code, send(kind)) == code


def test_a_problem_is_a_sentence_and_a_failure(call, monkeypatch, capsys):
    def refuse(_installation):
        raise LocalProblem("Port 9001 is in use.")

    assert call(refuse) == 1
    assert "Port 9001 is in use." in capsys.readouterr().out


def test_logins_and_paths_stay_in_one_piece_in_a_narrow_window(monkeypatch, capsys):
    monkeypatch.setattr(run._console, "width", 50)
    clerk = {
        "tenant": "ceylon",
        "role": "operations",
        "username": "[red]@ceylon.example",
        "password": "x" * 24,
    }
    path = Path("/a/folder/that/lies/deep/below/many/others/than/its/own/.run")
    state = {
        "addresses": {"customer_api": "http://127.0.0.1:8000"},
        "staff": [clerk],
        "logs": str(path / "logs"),
    }
    run.show_addresses(SimpleNamespace(state=lambda: state, state_file=path / "state.json"))
    shown = capsys.readouterr().out
    row = next(line for line in shown.splitlines() if "ceylon" in line)
    assert row.split() == list(clerk.values())
    for wanted in (path / "state.json", path / "logs"):
        assert f" {wanted}\n" in shown


@pytest.mark.parametrize(
    ("number", "raised"), [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, run.Ended)]
)
def test_a_second_signal_does_not_cut_the_stopping_short(
    number: signal.Signals, raised: type[BaseException]
) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        with pytest.raises(raised):
            run._raise_ended(number, None)
        assert {signal.getsignal(each) for each in before} == {signal.SIG_IGN}
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
