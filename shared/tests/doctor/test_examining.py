"""Each check stands alone: what fails, hangs or blocks is a finding, and the others are made all the same."""

import asyncio
import json
import time

import pytest
import typer

from shared.doctor.examining import State, examine, ok, show, waiting, warn, wrong
from shared.errors import Refusal


def fails():
    raise KeyError("postgresql://app:hidden@db")


def refuses():
    raise Refusal("Do this instead.")


def blocks():
    time.sleep(30)
    yield ok("never", "said")


async def hangs():
    await asyncio.sleep(30)
    return []


async def answers():
    return [ok("answers", "well."), warn("answers.also", "look at it.")]


def test_whatever_a_check_does_the_others_are_made():
    began = time.monotonic()
    found = examine(
        {
            "fails": fails,
            "refuses": refuses,
            "blocks": blocks,
            "hangs": waiting(hangs),
            "answers": waiting(answers),
            "nothing": list,
        },
        limit_seconds=1.0,
    )
    assert time.monotonic() - began < 5
    assert [(each.name, each.state) for each in found] == [
        ("fails", State.WRONG),
        ("refuses", State.WRONG),
        ("blocks", State.WRONG),
        ("hangs", State.WRONG),
        ("answers", State.OK),
        ("answers.also", State.WARN),
    ]
    assert "KeyError" in found[0].sentence
    assert "hidden" not in found[0].sentence
    assert found[1].sentence == "Do this instead."
    assert "no answer in time" in found[2].sentence


def test_what_slips_into_a_sentence_is_replaced():
    (found,) = examine({"told": lambda: [wrong("told", "postgresql://app:hidden@db of nimal@example.lk")]})
    assert "hidden" not in found.sentence
    assert "nimal" not in found.sentence


def test_only_what_is_wrong_ends_with_one(capsys):
    show([ok("a", "b."), warn("c", "d.")], as_json=False)
    assert capsys.readouterr().out == "ok    a  b.\nwarn  c  d.\n"
    with pytest.raises(typer.Exit) as ended:
        show([wrong("e", "f.")], as_json=True)
    assert ended.value.exit_code == 1
    assert json.loads(capsys.readouterr().out) == [{"name": "e", "state": "wrong", "sentence": "f."}]
