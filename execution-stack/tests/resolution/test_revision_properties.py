"""What is taken back is exact, and nothing is created: properties over any holdings, costs and outcomes."""

from collections import defaultdict
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.books.domain import ContractAssets, HeldPosition
from execution_stack.books.reversing import cash_at_exchange, float_taken, mirror
from execution_stack.exchange.domain import ONE_DOLLAR, Action, Side
from execution_stack.reports.domain import Basis, FillShare, Told
from execution_stack.resolution.domain.plans import (
    Outcome,
    book_resolution,
    gross_of,
    plan_original_cost,
    plan_resolution,
    transfer_ids,
)
from execution_stack.resolution.domain.revisions import holdings_of, open_costs
from shared.errors import InvariantViolated

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MARKET, TENANTS = UUID(int=1), (UUID(int=2), UUID(int=3))
ASSETS = ContractAssets(yes=1000, no=1001)

holdings = st.lists(
    st.tuples(st.integers(1, 6), st.sampled_from(Side), st.integers(1, 100_000), st.integers(0, 10**9)),
    min_size=1,
    max_size=8,
    unique_by=lambda each: each[:2],
)


def held_of(drawn):
    positions = [
        HeldPosition(UUID(int=10 + account), TENANTS[account % 2], side, quantity)
        for account, side, quantity, _ in drawn
    ]
    costs = {(UUID(int=10 + account), side): cost for account, side, _, cost in drawn}
    return positions, costs


def paid(held, value, revision=1):
    net = gross_of(held).net
    worth = abs(net) * (value if net >= 0 else ONE_DOLLAR - value)
    outcome = Outcome(MARKET, value, worth // 10_000 * 10_000, worth % 10_000, NOW, revision=revision)
    return book_resolution(plan_resolution(outcome, held), ASSETS).transfers


@given(holdings, st.integers(0, 10**9))
def test_original_cost_shares_the_pool_exactly_and_within_a_unit_of_each_part(drawn, returned):
    held, costs = held_of(drawn)
    outcome = Outcome(MARKET, 0, returned, 0, NOW, Basis.ORIGINAL_COST)
    plan = plan_original_cost(outcome, held, costs)
    pool, whole = returned + plan.pair_cash, sum(costs.values())
    assert plan.total_payout == pool
    for each in plan.payouts:
        part = costs[each.payout.account, each.payout.side]
        assert not whole or abs(each.payout.amount * whole - pool * part) < whole
    assert plan_original_cost(outcome, held[::-1], costs) == plan


@given(holdings, st.integers(0, ONE_DOLLAR), st.integers(0, ONE_DOLLAR))
def test_a_mirror_undoes_every_leg_and_other_revisions_have_other_ids(drawn, first, second):
    held, _ = held_of(drawn)
    posted = paid(held, first)
    mirrored, again = mirror(posted, UUID(int=9), NOW), paid(held, second, 2)
    sums = defaultdict(int)
    for transfer in (*posted, *mirrored):
        for posting in transfer.postings:
            sums[transfer.book_id, posting.asset, posting.source] -= posting.amount
            sums[transfer.book_id, posting.asset, posting.target] += posting.amount
    assert not any(sums.values())
    keys = [(transfer.book_id, transfer.id) for transfer in (*posted, *mirrored, *again)]
    assert len(set(keys)) == len(keys)
    assert {transfer.id for transfer in posted} <= transfer_ids(MARKET, 1)
    assert {transfer.id for transfer in again} <= transfer_ids(MARKET, 2)
    assert sorted(map(str, holdings_of(posted, ASSETS))) == sorted(map(str, held))


@given(holdings, st.integers(0, ONE_DOLLAR), st.integers(0, ONE_DOLLAR))
def test_what_a_revision_changes_at_the_exchange_is_what_the_exchange_changed(drawn, first, second):
    held, _ = held_of(drawn)
    posted, again = paid(held, first), paid(held, second, 2)
    movement = (*mirror(posted, UUID(int=9), NOW), *again)
    changed = cash_at_exchange(again) - cash_at_exchange(posted)
    assert cash_at_exchange(movement) == changed
    taken = float_taken(movement)
    assert all(amount > 0 for amount in taken.values())
    assert sum(taken.values()) >= -changed


def test_a_reversal_is_not_mirrored():
    posted = paid([HeldPosition(UUID(int=11), TENANTS[0], Side.YES, 100)], ONE_DOLLAR)
    with pytest.raises(InvariantViolated):
        mirror(mirror(posted, UUID(int=9), NOW), UUID(int=8), NOW)


def test_open_cost_follows_the_money_flows():
    """Section 7: of 7.23 for 3.966641, 6.00 are sold; 1.23 are left for 0.674823."""
    facts = [(Action.BUY, 723, 3_966_641), (Action.SELL, 600, 3_720_000)]
    told = [
        Told(
            TENANTS[0],
            UUID(int=7),
            number,
            FillShare(UUID(int=number), UUID(int=11), MARKET, UUID(int=5), Side.YES, *fact, 0, bytes(32)),
        )
        for number, fact in enumerate(facts, start=1)
    ]
    assert open_costs(told[::-1]) == {(UUID(int=11), Side.YES): 674_823}
