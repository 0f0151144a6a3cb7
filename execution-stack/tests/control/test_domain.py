"""What a halt stops."""

from datetime import UTC, datetime
from uuid import uuid4

from execution_stack.control.domain import Cause, Halt, Halts

NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


def test_a_halt_of_a_market_stops_that_market_only():
    market, other = uuid4(), uuid4()
    halts = Halts((Halt(uuid4(), market, Cause.OPERATOR, uuid4(), NOW),))
    assert not halts.is_global
    assert halts.stopped([market, other]) == {market}
    assert halts.markets == {market}


def test_a_global_halt_stops_every_market():
    halts = Halts((Halt(uuid4(), None, Cause.CLOCK_SKEW, None, NOW),))
    assert halts.is_global
    assert halts.stops(uuid4())
    assert (halts.count(Cause.CLOCK_SKEW), halts.count(Cause.OPERATOR)) == (1, 0)


def test_nothing_is_stopped_without_a_halt():
    assert not Halts().stops(uuid4())
