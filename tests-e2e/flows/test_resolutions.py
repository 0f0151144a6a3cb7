"""The numbers of the money flows, section 9: every outcome of the worked example, and period 2 after it.

A void settles at a value (form 1 of section 9.1). Forms 2 and 3, and a result that is amended after the
payout, are in `test_taken_back`.
"""

import pytest

from customer_stack.settlement.domain.instruction import Direction, Totals
from execution_stack.exchange.domain import Action, Side
from flows import ends, wagering
from flows.identities import require_all
from flows.stacks import Customer
from flows.story import Story, settled
from flows.units import contracts, price, usd
from shared.ids import HOUSE_TENANT

OUTCOMES = {
    "YES": ("1.00", ("1.230000", "2.890000", "0"), "4.120000", "0.00", ("0", "0", "0")),
    "NO": ("0.00", ("0", "0", "5.000000"), "5.000000", "0.88", ("0", "0", "0")),
    "scalar": (
        "0.37",
        ("0.455100", "1.069300", "3.150000"),
        "4.674400",
        "0.55",
        ("0.000428", "0.001007", "0.002965"),
    ),
    "void": ("0.50", ("0.615000", "1.445000", "2.500000"), "4.560000", "0.44", ("0", "0", "0")),
}
"""Value of YES; payouts of A, C, B; their sum; what the exchange pays; settlement fees of A, C, B."""

PAIR_CASH = usd("4.12")


@pytest.mark.parametrize("name", OUTCOMES)
def test_every_holding_is_paid_its_value(name: str) -> None:
    value, payouts, total, exchange_cash, fees = OUTCOMES[name]
    told = settled()
    plan = told.resolve(price(value))
    paid = {each.payout.account: each.payout.amount for each in plan.payouts}
    charged = {each.fee.account: each.fee.amount for each in plan.fees}
    for customer, payout, fee in zip((told.a, told.c, told.b), payouts, fees, strict=True):
        assert paid[customer.account] == usd(payout)
        assert charged.get(customer.account, 0) == usd(fee)
    assert plan.total_payout == usd(total)
    assert plan.pair_cash == PAIR_CASH
    assert plan.outcome.exchange_cash == usd(exchange_cash)
    assert plan.outcome.fee == sum(usd(fee) for fee in fees)
    assert usd(total) == PAIR_CASH + usd(exchange_cash) + plan.outcome.fee


@pytest.mark.parametrize("name", OUTCOMES)
def test_wallets_receive_payouts_less_fees_and_nothing_is_left_of_the_contracts(name: str) -> None:
    value, payouts, _, exchange_cash, fees = OUTCOMES[name]
    told = settled()
    before = [told.wallet(each) for each in (told.a, told.c, told.b)]
    balance = told.stacks.exchange.balance
    told.resolve(price(value))
    changes = [usd(payout) - usd(fee) for payout, fee in zip(payouts, fees, strict=True)]
    after = [told.wallet(each) for each in (told.a, told.c, told.b)]
    assert [new - old for new, old in zip(after, before, strict=True)] == changes
    assert told.stacks.exchange.balance - balance == usd(exchange_cash)
    assert_nothing_left(told)


def assert_nothing_left(told: Story) -> None:
    """L4, written out: every account of both contracts is zero in both ledgers."""
    contracts_of = {told.market.assets.yes, told.market.assets.no}
    for ledger in (told.stacks.customer, told.stacks.execution):
        left = {key: amount for key, amount in ledger.balances.items() if key[1] in contracts_of}
        assert left
        assert not any(left.values())
    for account in ("resolution", "pair_cash", "pair_payable"):
        assert told.stacks.execution.posted(told.market.id, account) == 0
    for customer in (told.a, told.b, told.c):
        assert all(told.position(customer, side).quantity == 0 for side in Side)


def _customer_entries(told: Story, since: int, customer: Customer) -> list[dict[str, str]]:
    return told.stacks.entries(told.stacks.customer, since, customer.id)


def test_yes_posts_r1_to_r5_in_both_ledgers() -> None:
    told = settled()
    stacks = told.stacks
    since, before = len(stacks.customer.journal), len(stacks.execution.journal)
    told.resolve(price("1.00"))
    assert _customer_entries(told, since, told.a) == [
        {
            "position YES": "-1.23",
            "execution YES": "+1.23",
            "execution USD": "-1.230000",
            "wallet USD": "+1.230000",
        }
    ]
    assert _customer_entries(told, since, told.b) == [{"position NO": "-5.00", "execution NO": "+5.00"}]
    assert stacks.net_entries(before, [told.a.account]) == {"position YES": "-1.23", "cash USD": "+1.230000"}
    assert stacks.net_entries(before, [told.b.account]) == {"position NO": "-5.00"}
    assert stacks.net_entries(before, [told.market.id]) == {
        "omnibus NO": "+0.88",
        "pairs NO": "+4.12",
        "pairs YES": "+4.12",
        "pair_payable USD": "-4.120000",
        "pair_cash USD": "+4.120000",
    }
    assert stacks.net_entries(before, [told.tenant.id]) == {"float USD": "-4.120000"}
    assert stacks.net_entries(before, [HOUSE_TENANT]) == {}


def test_no_brings_what_the_exchange_pays_into_the_float() -> None:
    told = settled()
    stacks, before = told.stacks, len(told.stacks.execution.journal)
    told.resolve(price("0.00"))
    assert stacks.net_entries(before, [told.tenant.id]) == {"float USD": "-5.000000"}  # 4.12 + 0.88
    assert stacks.net_entries(before, [told.a.account]) == {"position YES": "-1.23"}
    assert stacks.net_entries(before, [told.b.account]) == {"position NO": "-5.00", "cash USD": "+5.000000"}


def test_a_scalar_result_charges_the_remainder_of_a_cent() -> None:
    told = settled()
    stacks, since, before = told.stacks, len(told.stacks.customer.journal), len(told.stacks.execution.journal)
    told.resolve(price("0.37"))
    assert _customer_entries(told, since, told.b) == [
        {
            "position NO": "-5.00",
            "execution NO": "+5.00",
            "execution USD": "-3.150000",
            "wallet USD": "+3.150000",
        },
        {"wallet USD": "-0.002965", "exchange_fees USD": "+0.002965"},
    ]
    assert stacks.net_entries(before, [told.b.account]) == {
        "position NO": "-5.00",
        "cash USD": "+3.150000",
        "fees USD": "-0.002965",
    }
    assert stacks.net_entries(before, [told.tenant.id]) == {"float USD": "-4.670000"}


def test_the_exchange_pays_nothing_for_yes_and_all_is_paid_from_pairs() -> None:
    told = settled()
    plan = told.resolve(price("1.00"))
    assert (plan.outcome.exchange_cash, plan.total_payout, plan.pair_cash) == (0, PAIR_CASH, PAIR_CASH)


PERIOD_2 = {
    "YES": ("4.12", "3,999.57"),
    "NO": ("5.00", "4,000.45"),
    "scalar": ("4.67", "4,000.12"),
    "void": ("4.56", "4,000.01"),
}
"""What execution pays, and `nostro` after it. The last two follow from the table of outcomes."""


@pytest.mark.parametrize("name", PERIOD_2)
def test_period_2_pays_the_payouts_back(name: str) -> None:
    amount, nostro = PERIOD_2[name]
    told = settled()
    told.resolve(price(OUTCOMES[name][0]))
    assert ends.owed(told.stacks, told.tenant) == -usd(amount)
    assert told.stacks.exchange.balance == usd("1,000") + usd(amount)
    settlement = told.settle()
    assert settlement.instruction.direction is Direction.RECEIVE
    assert settlement.instruction.amount == usd(amount)
    assert settlement.instruction.remainder == 0
    assert told.stacks.exchange.balance == usd("1,000.00")
    assert told.stacks.execution.posted(told.tenant.id, "float") == -usd("1,000.00")
    assert told.stacks.customer.posted(told.tenant.department, "nostro") == -usd(nostro)
    assert ends.owed(told.stacks, told.tenant) == 0


def test_period_2_of_yes_posts_the_direction_back() -> None:
    told = settled()
    stacks = told.stacks
    told.resolve(price("1.00"))
    since, before = len(stacks.customer.journal), len(stacks.execution.journal)
    settlement = told.settle()
    assert settlement.instruction.totals == Totals(0, 0, 0, usd("4.12"))
    assert stacks.entries(stacks.customer, since, told.tenant.department) == [
        {"in_transit USD": "-4.120000", "settled USD": "+4.120000"},
        {"nostro USD": "-4.120000", "in_transit USD": "+4.120000"},
    ]
    assert stacks.entries(stacks.execution, before, told.tenant.id) == [
        {"float USD": "+4.120000", "settled USD": "-4.120000"}
    ]


def test_a_market_with_a_net_of_zero_is_paid_from_pairs_alone() -> None:
    """No settlement row comes for it: the finalized result alone pays."""
    told = settled()
    told.place("more", told.a, Side.YES, Action.BUY, contracts("0.88"), price("0.40"))
    fill = (price("0.40"), contracts("0.88"), usd("0.0180"))
    told.execute("more", told.pool(Side.YES, Action.BUY, price("0.40")), fill)
    assert told.stacks.exchange.net[told.market.id] == 0
    plan = told.resolve(price("1.00"))
    assert (plan.outcome.exchange_cash, plan.total_payout) == (0, usd("5.00"))
    assert_nothing_left(told)


LATE = price("0.62"), contracts("2.00"), usd("0.0400")
"""A fill of A's sale that shows after it was shared out."""


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_late_fill_is_the_houses_and_changes_nothing_for_customers(name: str) -> None:
    value, payouts, _, _, _ = OUTCOMES[name]
    told = settled()
    house = told.stacks.execution
    before = [told.wallet(each) for each in (told.a, told.c, told.b)]
    wagering.show_late(told.stacks, told.executed["sale"].order, LATE)
    require_all(told.stacks)
    assert [told.wallet(each) for each in (told.a, told.c, told.b)] == before
    assert house.posted(HOUSE_TENANT, "position", told.market.assets.no) == contracts("2.00")
    assert house.posted(HOUSE_TENANT, "suspense") == -usd("0.80")  # 2.00 NO at 0.38, and the fee
    plan = told.resolve(price(value))
    paid = {each.payout.account: each.payout.amount for each in plan.payouts}
    assert [paid[each.account] for each in (told.a, told.c, told.b)] == [usd(each) for each in payouts]
    assert paid[HOUSE_TENANT] == contracts("2.00") * (10_000 - price(value))
    assert_nothing_left(told)
