"""The numbers of the money flows, section 9: every kind of resolution after the same history."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from execution_stack.books.chart import Account
from execution_stack.books.domain import (
    BookedAllocation,
    ContractAssets,
    Gross,
    HeldPosition,
    Share,
    book_allocation,
    book_float_deposit,
)
from execution_stack.breaks.domain import Kind
from execution_stack.exchange.domain import Action, Side
from execution_stack.resolution.domain.plans import (
    Outcome,
    book_resolution,
    find_break,
    plan_resolution,
)
from shared.errors import InvariantViolated
from shared.ids import CountingIds
from shared.ledger.domain import USD

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = CountingIds()
TENANT, OTHER, MARKET, A, B, C = (IDS.new() for _ in range(6))
ASSETS = ContractAssets(yes=1000, no=1001)
HOLDINGS = [
    HeldPosition(A, TENANT, Side.YES, 123),
    HeldPosition(C, TENANT, Side.YES, 289),
    HeldPosition(B, OTHER, Side.NO, 500),
]
CASES = {
    "yes": (10_000, 0, 0, {A: 1_230_000, C: 2_890_000, B: 0}, {}),
    "no": (0, 880_000, 0, {A: 0, C: 0, B: 5_000_000}, {}),
    "scalar": (3_700, 550_000, 4_400, {A: 455_100, C: 1_069_300, B: 3_150_000}, {A: 428, C: 1007, B: 2965}),
    "void at a value": (5_000, 440_000, 0, {A: 615_000, C: 1_445_000, B: 2_500_000}, {}),
}


def outcome_of(case):
    value, cash, fee, _, _ = CASES[case]
    return Outcome(MARKET, value, cash, fee, NOW)


def hold(model):
    """Bring the model to the holdings of section 9."""
    gross = Gross()
    for tenant in (TENANT, OTHER):
        model.post(book_float_deposit(IDS.new(), tenant, 100_000_000, NOW))
    for each in HOLDINGS:
        share = Share(IDS.new(), each.account, each.tenant_id, each.quantity, each.quantity * 5_000, 0)
        allocation = BookedAllocation(IDS.new(), MARKET, each.side, Action.BUY, NOW, (share,))
        movement, gross = book_allocation(allocation, ASSETS, gross, {})
        model.post(movement)
    return gross


@pytest.mark.parametrize("case", CASES)
def test_every_holder_is_paid_and_every_contract_account_ends_at_zero(model, case):
    gross = hold(model)
    outcome = outcome_of(case)
    _, cash, fee, payouts, fees = CASES[case]
    plan = plan_resolution(outcome, HOLDINGS)
    assert find_break(plan, gross) is None
    assert {each.payout.account: each.payout.amount for each in plan.payouts} == payouts
    assert {each.fee.account: each.fee.amount for each in plan.fees} == fees

    float_before = model.total("float", USD)
    model.post(book_resolution(plan, ASSETS))
    for account in Account:
        assert model.total(account, ASSETS.yes) == model.total(account, ASSETS.no) == 0, account
    for account in ("resolution", "pair_cash", "pair_payable"):
        assert model.total(account, USD) == 0, account
    assert float_before - model.total("float", USD) == sum(payouts.values()) - fee == cash + 4_120_000
    for account in (A, B, C):
        held = next(each for each in HOLDINGS if each.account == account)
        assert model.get(account, "cash", USD) == payouts[account] - held.quantity * 5_000
        assert model.get(account, "fees", USD) == -fees.get(account, 0)


def test_each_tenant_gets_the_payouts_of_its_own_references(model):
    hold(model)
    before = {tenant: model.get(tenant, "float", USD) for tenant in (TENANT, OTHER)}
    model.post(book_resolution(plan_resolution(outcome_of("yes"), HOLDINGS), ASSETS))
    assert before[TENANT] - model.get(TENANT, "float", USD) == 4_120_000
    assert before[OTHER] == model.get(OTHER, "float", USD)


def test_a_market_whose_cash_identity_fails_is_a_break_and_not_paid(model):
    gross = hold(model)
    plan = plan_resolution(replace(outcome_of("no"), exchange_cash=870_000), HOLDINGS)
    found = find_break(plan, gross)
    assert found is not None
    assert (found.kind, found.expected, found.found) == (Kind.RESOLUTION_CASH, 5_000_000, 4_990_000)
    with pytest.raises(InvariantViolated):
        book_resolution(plan, ASSETS)


def test_positions_that_disagree_with_the_books_are_a_break():
    found = find_break(plan_resolution(outcome_of("yes"), HOLDINGS), Gross(412, 499))
    assert found is not None
    assert found.kind is Kind.RESOLUTION_CLEARING


def test_a_net_position_of_zero_is_paid_from_pairs_alone(model):
    holdings = [HeldPosition(A, TENANT, Side.YES, 300), HeldPosition(B, OTHER, Side.NO, 300)]
    plan = plan_resolution(Outcome(MARKET, 2_500, 0, 0, NOW), holdings)
    assert find_break(plan, Gross(300, 300)) is None


def test_an_account_with_both_sides_is_paid_for_both():
    holdings = [HeldPosition(A, TENANT, Side.YES, 300), HeldPosition(A, TENANT, Side.NO, 200)]
    plan = plan_resolution(Outcome(MARKET, 10_000, 1_000_000, 0, NOW), holdings)
    assert [each.payout.amount for each in plan.payouts] == [0, 3_000_000]
    assert find_break(plan, Gross(300, 200)) is None
