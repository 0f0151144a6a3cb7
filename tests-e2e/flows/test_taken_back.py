"""The numbers of the money flows, section 9.1: three forms of void, and a result amended after the payout."""

from dataclasses import replace
from itertools import permutations
from uuid import UUID

import pytest

from customer_stack.boundary_client import domain as wire
from customer_stack.settlement.domain.instruction import Direction, Totals
from execution_stack.exchange.domain import Action, Side
from execution_stack.reports.domain import Basis, Resolution, Reversal
from flows import ends, reversing
from flows.identities import require_all
from flows.model import Ledger
from flows.stacks import Customer, ReportRefused
from flows.story import Story, settled, sold
from flows.test_resolutions import OUTCOMES, assert_nothing_left
from flows.units import contracts, price, usd
from shared.ledger.domain import USD, Hold, Movement

DEPOSITED = ("98.514851", "49.257425", "49.257425")
"""Wallets of A, C, B before the wagers."""


def customers(told: Story) -> tuple[Customer, Customer, Customer]:
    return told.a, told.c, told.b


def wallets(told: Story) -> list[int]:
    return [told.wallet(each) for each in customers(told)]


def changes(told: Story, before: list[int]) -> list[int]:
    return [new - old for new, old in zip(wallets(told), before, strict=True)]


def apply(told: Story) -> None:
    require_all(told.stacks)
    while told.stacks.pending:
        told.stacks.apply_reports(1)
        require_all(told.stacks)


def cancel(told: Story, *, fees_returned: bool) -> None:
    reversing.cancel_trades(told.stacks, told.market, fees_returned=fees_returned)
    apply(told)


# Form 2: by cancelled trades.


def test_with_fees_returned_all_wallets_stand_where_they_stood_before_the_wagers() -> None:
    told = sold()
    before = wallets(told)
    cancel(told, fees_returned=True)
    assert wallets(told) == [usd(each) for each in DEPOSITED]
    net_of_trades = (usd("0.246641"), usd("1.585559"), usd("2.350000"))
    fees = (usd("0.227025"), usd("0.050775"), usd("0.090000"))
    assert changes(told, before) == [a + b for a, b in zip(net_of_trades, fees, strict=True)]
    assert_nothing_left(told)


def test_without_fees_the_trades_alone_come_back() -> None:
    told = sold()
    before = wallets(told)
    cancel(told, fees_returned=False)
    assert changes(told, before) == [usd("0.246641"), usd("1.585559"), usd("2.350000")]
    assert_nothing_left(told)
    for customer, fee in zip(customers(told), ("0.227025", "0.050775", "0.090000"), strict=True):
        assert told.stacks.customer.posted(customer.id, "exchange_fees") == usd(fee)


def test_each_fill_is_reversed_and_linked_to_the_original_closed_positions_too() -> None:
    told = sold()
    since = len(told.stacks.customer.journal)
    cancel(told, fees_returned=True)
    posted = [t for m in told.stacks.customer.journal[since:] for t in m.transfers if t.book_id == told.a.id]
    names = [
        [str(posting.action) for posting in transfer.postings]
        for transfer in posted
        if transfer.reverses is not None
    ]
    assert names == [["fee_revert"], ["sale_revert", "sale_revert"], ["fee_revert"], ["fill_revert"] * 2]
    assert told.stacks.entries(told.stacks.customer, since, told.a.id) == [
        {"exchange_fees USD": "-0.100000", "wallet USD": "+0.100000"},
        {
            "execution YES": "-6.00",
            "position YES": "+6.00",
            "wallet USD": "-3.720000",
            "execution USD": "+3.720000",
        },
        {"exchange_fees USD": "-0.127025", "wallet USD": "+0.127025"},
        {
            "execution USD": "-3.966641",
            "wallet USD": "+3.966641",
            "position YES": "-7.23",
            "execution YES": "+7.23",
        },
    ]
    wager, sale = told.stacks.wagers[told.wagers["A"].id], told.stacks.wagers[told.wagers["sale"].id]
    assert (wager.reversed_quantity, wager.reversed_cost, wager.reversed_fee) == (723, 3_966_641, 127_025)
    assert (sale.reversed_quantity, sale.reversed_cost, sale.reversed_fee) == (600, 3_720_000, 100_000)


def test_the_exchange_account_stands_where_it_stood() -> None:
    told = sold()
    assert told.stacks.exchange.balance == usd("999.57")
    cancel(told, fees_returned=True)
    assert told.stacks.exchange.balance == usd("1,000.00")
    assert told.stacks.execution.posted(told.tenant.id, "float") == -usd("1,000.00")
    assert ends.owed(told.stacks, told.tenant) == 0


def test_after_a_settled_period_the_void_is_settled_the_other_way() -> None:
    told = settled()
    cancel(told, fees_returned=True)
    settlement = told.settle()
    assert settlement.instruction.direction is Direction.RECEIVE
    assert settlement.instruction.amount == usd("4.55")
    assert settlement.instruction.totals == Totals(
        reversed_costs=usd("7.902200"), reversed_proceeds=usd("3.720000"), reversed_fees=usd("0.367800")
    )
    assert told.stacks.exchange.balance == usd("1,000.00")


def test_a_net_beyond_the_wallet_becomes_a_debt() -> None:
    """A sold for more than it had paid; what it gained is gone when the sale is taken back."""
    told = sold()
    told.place("more", told.a, Side.YES, Action.SELL, contracts("1.23"), price("0.90"))
    told.execute(
        "more", told.pool(Side.YES, Action.SELL, price("0.90")), (price("0.99"), contracts("1.23"), 0)
    )
    leave(told, told.a, usd("0.50"))
    net = usd("3.966641") - usd("3.720000") - usd("1.217700")
    cancel(told, fees_returned=False)
    assert net == -usd("0.971059")
    assert free(told, told.a) == 0
    assert -told.stacks.customer.posted(told.a.id, "debt") == usd("0.971059") - usd("0.50")


# Form 3: original cost of the net position.


def test_original_cost_shares_the_pool_and_creates_nothing() -> None:
    told = sold()
    before = wallets(told)
    revision = reversing.return_cost(told.stacks, told.market, usd("0.334400"))
    apply(told)
    assert changes(told, before) == [usd("0.651992"), usd("1.531915"), usd("2.270493")]
    assert revision.plan is not None
    assert revision.plan.total_payout == usd("4.454400") == usd("4.12") + usd("0.3344")
    # What open positions cost is more: returning it would create 0.155982.
    costs = usd("0.674823") + usd("1.585559") + usd("2.350000")
    assert costs - revision.plan.total_payout == usd("0.155982")
    assert_nothing_left(told)


# Amended after payout.


@pytest.mark.parametrize(("first", "second"), list(permutations(OUTCOMES, 2)))
def test_an_amended_result_ends_as_if_it_had_been_the_first(first: str, second: str) -> None:
    once, twice = settled(), settled()
    once.resolve(price(OUTCOMES[second][0]))
    twice.resolve(price(OUTCOMES[first][0]))
    reversing.amend(twice.stacks, twice.market, price(OUTCOMES[second][0]))
    apply(twice)
    assert wallets(twice) == wallets(once)
    assert twice.stacks.exchange.balance == once.stacks.exchange.balance
    assert ends.owed(twice.stacks, twice.tenant) == ends.owed(once.stacks, once.tenant)
    assert_nothing_left(twice)


def test_what_a_wallet_lacks_for_a_payout_that_is_taken_back_goes_to_debt() -> None:
    """Payout 1.23 taken back from A with 0.80 left: `wallet` -0.80; `debt` -0.43; `execution` +1.23."""
    told = settled()
    told.resolve(price("1.00"))
    leave(told, told.a, usd("0.80"))
    since = len(told.stacks.customer.journal)
    reversing.amend(told.stacks, told.market, price("0.00"))
    apply(told)
    debt = -told.stacks.customer.posted(told.a.id, "debt")
    assert (free(told, told.a), debt) == (0, usd("0.43"))
    assert told.stacks.entries(told.stacks.customer, since, told.a.id)[:2] == [
        {"debt USD": "-0.430000", "wallet USD": "+0.430000"},
        {
            "execution YES": "-1.23",
            "position YES": "+1.23",
            "wallet USD": "-1.230000",
            "execution USD": "+1.230000",
        },
    ]


def test_a_new_payout_pays_the_debt_first() -> None:
    told = settled()
    told.resolve(price("1.00"))
    leave(told, told.a, usd("0.80"))
    reversing.amend(told.stacks, told.market, price("0.50"))
    apply(told)
    assert free(told, told.a) == usd("0.615") - usd("0.43")
    assert told.stacks.customer.posted(told.a.id, "debt") == 0


def free(told: Story, customer: Customer) -> int:
    return told.stacks.customer.available(customer.id, "wallet")


def reserve(told: Story, ledger: Ledger, book: UUID, account: str, purpose: str, keep: int) -> None:
    """Let an account keep `keep` free; something else holds the rest."""
    tenant, ids = told.tenant.id, told.stacks.ids
    amount = ledger.available(book, account) - keep
    ledger.post(Movement(holds=(Hold(ids.new(), tenant, book, USD, account, amount, purpose),)))


def leave(told: Story, customer: Customer, amount: int) -> None:
    """Let a customer's wallet keep `amount` free: a withdrawal holds the rest."""
    reserve(told, told.stacks.customer, customer.id, "wallet", "withdrawal", amount)


def test_cancelled_trades_after_a_payout_take_both_back() -> None:
    told = settled()
    told.resolve(price("0.37"))
    cancel(told, fees_returned=True)
    assert wallets(told) == [usd(each) for each in DEPOSITED]
    assert_nothing_left(told)
    kinds = [body for _, body in told.stacks.told if isinstance(body, Resolution)]
    assert [(each.basis, each.revision) for each in kinds] == [
        (Basis.VALUE, 1),
        (Basis.CANCELLED_TRADES, 2),
    ]


def test_a_reversal_is_exact_and_never_reversed_itself() -> None:
    told = settled()
    for value in ("1.00", "0.00", "0.37"):
        if value == "1.00":
            told.resolve(price(value))
        else:
            reversing.amend(told.stacks, told.market, price(value))
            apply(told)
    reversals = [body for _, body in told.stacks.told if isinstance(body, Reversal)]
    assert len({each.reverses for each in reversals}) == len(reversals) == 6
    undone = [told.stacks.told[each.reverses - 1][1] for each in reversals]
    assert not any(isinstance(body, Reversal) for body in undone)


def test_a_float_that_lacks_what_is_taken_back_posts_nothing() -> None:
    told = settled()
    told.resolve(price("1.00"))
    stacks = told.stacks
    reserve(told, stacks.execution, told.tenant.id, "float", "order_float", usd("0.87"))
    assert not reversing.lacks_float(stacks, told.market, price("1.00"))
    assert reversing.lacks_float(stacks, told.market, price("0.00")) is False  # 0.88 more comes in
    told.market, paid = stacks.add_market(), told.market
    journal, sequence = len(stacks.execution.journal), stacks.sequence
    stacks.exchange.amend(paid.id, price("0.00"))
    reversing.amend(stacks, paid, price("0.00"))
    assert len(stacks.execution.journal) == journal + 1
    reserve(told, stacks.execution, told.tenant.id, "float", "order_float", usd("0.87"))
    assert reversing.lacks_float(stacks, paid, price("1.00"))
    stands = stacks.sequence
    with pytest.raises(reversing.FloatTooLow):
        reversing.amend(stacks, paid, price("1.00"))
    assert (stacks.sequence, len(stacks.execution.journal)) == (stands, journal + 2)
    assert stands > sequence


def test_a_reversal_that_names_nothing_of_ours_is_refused() -> None:
    told = settled()
    told.resolve(price("1.00"))
    reversing.amend(told.stacks, told.market, price("0.00"))
    stacks = told.stacks
    first = stacks.pending[0]
    assert isinstance(first, wire.Reversal)
    stacks.pending[0] = replace(first, amount=first.amount + 1)
    with pytest.raises(ReportRefused, match="reversal_mismatch"):
        stacks.apply_reports()
