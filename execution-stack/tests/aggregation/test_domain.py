from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from execution_stack.aggregation.domain import (
    Absence,
    AbsencePolicy,
    OrderState,
    Screened,
    commit_window,
    first_of_each_market,
    is_complete,
    late_fills,
    order_id_of,
    outcome_of,
    screen,
)
from execution_stack.exchange.domain import Action, BookSide, Fill, Order, OrderStatus, Side, Ticker
from execution_stack.intents.domain import OpenIntent, OpenIntents, PooledGroup, required_max_total
from execution_stack.markets.domain import MarketTerms
from execution_stack.reports.domain import Reason
from shared.errors import InvariantViolated

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TERMS = MarketTerms(is_open=True, tick=100, fee_multiplier=10_000)
MARKET, TENANT, OTHER, ORDER = (UUID(int=n) for n in range(1, 5))


def intent(number: int, quantity: int = 100, tenant: UUID = TENANT, short_by: int = 0) -> OpenIntent:
    needed = required_max_total(Action.BUY, quantity, 5600, 10_000)
    return OpenIntent(UUID(int=100 + number), UUID(int=200), tenant, quantity, needed - short_by, number)


def group(*intents: OpenIntent, market: UUID = MARKET, limit: int = 5600) -> PooledGroup:
    return PooledGroup(market, Side.YES, Action.BUY, limit, OpenIntents.of(intents))


def order(status: OrderStatus, filled: int) -> Order:
    return Order(ORDER, None, Ticker("KX"), BookSide.BID, status, filled, 0, None)


def fill(number: int, quantity: int) -> Fill:
    return Fill(UUID(int=number), ORDER, Ticker("KX"), BookSide.BID, 5500, quantity, 0, True, None)


def test_of_each_market_the_group_that_waited_longest_goes_first():
    early, late, other = group(intent(1), limit=5500), group(intent(2)), group(intent(3), market=OTHER)
    assert first_of_each_market([other, late, early]) == [early, other]


def test_an_open_market_takes_intents_whose_cap_covers_the_worst():
    good, poor = intent(1), intent(2, short_by=1)
    screened = screen(group(good, poor), TERMS)
    assert list(screened.accepted) == [good]
    assert screened.refused == ((poor.intent_id, Reason.MAX_TOTAL_TOO_SMALL),)


@pytest.mark.parametrize(
    ("terms", "reason"),
    [
        (None, Reason.UNKNOWN_MARKET),
        (MarketTerms(False, 100, 10_000), Reason.MARKET_NOT_OPEN),
        (MarketTerms(True, 1_000, 10_000), Reason.PRICE_OFF_TICK),
        (MarketTerms(True, 100, 20_000), Reason.MAX_TOTAL_TOO_SMALL),
    ],
)
def test_a_market_that_changed_refuses_everybody(terms, reason):
    screened = screen(group(intent(1), intent(2)), terms)
    assert not screened.accepted
    assert [why for _, why in screened.refused] == [reason, reason]


def test_float_is_held_per_tenant_and_leaves_behind_only_what_it_cannot_carry():
    mine, theirs = intent(1), intent(2, tenant=OTHER)
    screened = screen(group(mine, theirs), TERMS)
    enough = screened.carried({TENANT: mine.max_total, OTHER: theirs.max_total})
    assert enough.held == {TENANT: mine.max_total, OTHER: theirs.max_total}
    assert enough.screened is screened
    carried = screened.carried({TENANT: mine.max_total, OTHER: theirs.max_total - 1})
    assert list(carried.screened.accepted) == [mine]
    assert carried.screened.refused == ()
    assert (carried.held, carried.left_behind) == ({TENANT: mine.max_total}, {OTHER})


@pytest.mark.parametrize(("net", "fits"), [(-500, 2), (0, 1), (80, 0)])
def test_a_position_counts_as_if_everything_filled(net, fits):
    screened = screen(group(intent(1), intent(2)), TERMS)
    quantity = screened.accepted.quantities[0]
    within = screened.within(net, quantity + 50)
    assert len(within.accepted) == fits
    assert [why for _, why in within.refused] == [Reason.POSITION_LIMIT] * (2 - fits)


def test_a_window_commits_to_its_intents_in_their_order_of_arrival():
    manifest = commit_window(UUID(int=9), Screened(group(), OpenIntents.of([intent(5), intent(3)]), ()))
    assert [each.arrival for each in manifest.intents] == [3, 5]


def test_an_order_has_one_id_per_window():
    assert order_id_of(UUID(int=9)) == order_id_of(UUID(int=9)) != order_id_of(UUID(int=10))
    assert order_id_of(UUID(int=9)).version == 5


def test_an_order_is_complete_when_it_is_terminal_and_its_fills_add_up():
    assert is_complete(order(OrderStatus.CANCELED, 0), [])
    assert is_complete(order(OrderStatus.EXECUTED, 3), [fill(1, 1), fill(2, 2)])
    assert not is_complete(order(OrderStatus.EXECUTED, 3), [fill(1, 1)])
    assert not is_complete(order(OrderStatus.RESTING, 1), [fill(1, 1)])


def test_fills_beyond_the_fill_count_are_an_error_of_the_exchange():
    with pytest.raises(InvariantViolated):
        is_complete(order(OrderStatus.EXECUTED, 1), [fill(1, 2)])


@pytest.mark.parametrize(
    ("filled", "state"), [(0, OrderState.UNFILLED), (3, OrderState.PARTIAL), (7, OrderState.FILLED)]
)
def test_the_outcome_follows_from_what_was_filled(filled, state):
    assert outcome_of(filled, 7) is state
    assert not state.is_in_flight


def test_absence_is_proven_only_by_enough_searches_of_data_that_include_the_sending():
    policy = AbsencePolicy(settle=timedelta(seconds=10), proofs=2)
    absence = Absence()
    for seconds in (0, 5, 9.999):
        absence = absence.seen(NOW + timedelta(seconds=seconds), NOW, policy)
    assert absence == Absence()
    absence = absence.seen(NOW + timedelta(seconds=10), NOW, policy)
    assert not absence.is_proven(policy)
    assert absence.seen(NOW + timedelta(seconds=11), NOW, policy).is_proven(policy)


def test_a_late_fill_is_one_that_was_not_recorded():
    known, new = fill(1, 1), fill(2, 1)
    assert late_fills([known, new], {known.fill_id}) == [new]
