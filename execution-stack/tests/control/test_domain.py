"""What a halt stops, and what a position and a float carry."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from hypothesis import given
from hypothesis import strategies as st

from execution_stack.control.domain import Cause, Halt, Halts, TripPolicy, carry, fit_position

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


quantities = st.lists(st.integers(1, 1000), max_size=30)


@given(quantities, st.integers(-2000, 5000))
def test_what_fits_never_exceeds_the_room_and_nothing_that_fits_is_turned_away(asked, room):
    fits = fit_position(asked, room)
    taken = 0
    for quantity, is_in in zip(asked, fits, strict=True):
        assert is_in == (taken + quantity <= room)
        taken += quantity if is_in else 0
    assert taken <= max(room, 0)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 500)), max_size=30), st.integers(0, 3000))
def test_a_float_carries_no_more_than_it_has_and_tenants_do_not_matter_to_each_other(asked, free):
    tenants = {name: uuid4() for name in "ab"}
    limits = {tenants["a"]: free, tenants["b"]: 400}
    carried, held = carry([tenants[name] for name, _ in asked], [amount for _, amount in asked], limits)
    for name, tenant in tenants.items():
        own = [(amount, mark) for (whose, amount), mark in zip(asked, carried, strict=True) if whose == name]
        total = sum(amount for amount, mark in own if mark)
        assert held.get(tenant, 0) == total <= limits[tenant]
        alone, _ = carry([tenant] * len(own), [amount for amount, _ in own], limits)
        assert alone == [mark for _, mark in own]


@given(st.integers(0, 10), st.one_of(st.none(), st.integers(-20, 20)))
def test_what_a_person_has_judged_is_not_counted_again(minutes, lifted):
    trip = TripPolicy(within=timedelta(minutes=minutes))
    last = None if lifted is None else NOW + timedelta(minutes=lifted)
    since = trip.since(NOW, last)
    assert since >= NOW - trip.within
    assert last is None or since >= last
