"""The numbers of the money flows, sections 4 to 8: every table, entry by entry, and what stands after it.

What is posted comes out of the builders of both stacks; the numbers stand here as they stand in the
document. Sections 2 and 3 are in `test_deposits.py`, section 9 is in `test_resolutions.py`.

Left out of this folder, because this version has no builders for them: the withdrawal (section 10 and its
rows in section 11), the refund of LKR that waits, the assignment or return of what lies in suspense, a gate
that holds, a pay-in that the bank takes back (section 3.1), the fill that is found after final and becomes
the house's position (section 4), redeeming own pairs (section 6, optional and off), bank charges on a
settlement (section 8), void forms 2 and 3 and the amended result (section 9.1), and the recognition of
profit at the close of a period (section 11).
"""

import pytest

from customer_stack.boundary_client import domain as wire
from customer_stack.settlement.domain.instruction import Direction, Line, Totals, sort_lines
from customer_stack.wagers.domain.amounts import PositionCost, bound_fee, bound_total
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import State
from execution_stack.books.domain import float_hold_id
from execution_stack.exchange.domain import Action, BookSide, Side, book_side_of, price_on
from execution_stack.intents.domain import required_max_total
from flows import deposits, wagering
from flows.identities import Sums, require_all
from flows.stacks import Customer, Stacks
from flows.story import FILL_B, FILL_SALE, FILLS_A_AND_C, Story, funded, settled, sold
from flows.units import contracts, lkr, price, usd
from sandbox.exchange.fees import FeeSchedule, FeeType, charge_fill
from shared.ids import HOUSE_TENANT

FEES = FeeSchedule(FeeType.QUADRATIC, 1000)


def mark(stacks: Stacks) -> tuple[int, int]:
    """Remember how much was posted in the customer's and in the execution ledger."""
    return len(stacks.customer.journal), len(stacks.execution.journal)


# Section 4: wager.


@pytest.mark.parametrize(
    ("quantity", "limit", "cost", "quadratic", "round_up", "max_total"),
    [
        ("10.00", "0.56", "5.600000", "0.172480", "0.100000", "5.892480"),
        ("4.00", "0.56", "2.240000", "0.068992", "0.040000", "2.368992"),
        ("5.00", "0.48", "2.400000", "0.087360", "0.050000", "2.557360"),
    ],
)
def test_max_total_is_cost_and_the_dearest_fee(
    quantity: str, limit: str, cost: str, quadratic: str, round_up: str, max_total: str
) -> None:
    asked, at = contracts(quantity), price(limit)
    assert asked * at == usd(cost)
    assert bound_fee(asked, at, 10_000) == usd(quadratic) + usd(round_up) + usd("0.02")
    ours, theirs = (
        bound_total(wire.Action.BUY, asked, at, 10_000),
        required_max_total(Action.BUY, asked, at, 10_000),
    )
    assert ours == theirs == usd(max_total)


def test_a_window_holds_the_wallets_and_the_float() -> None:
    told = funded()
    order = told.place_a_and_c()
    stacks = told.stacks
    hold_a = stacks.customer.open_hold(told.a.id, told.wagers["A"].id)
    hold_c = stacks.customer.open_hold(told.c.id, told.wagers["C"].id)
    assert (hold_a.remaining, hold_c.remaining) == (usd("5.892480"), usd("2.368992"))
    assert (hold_a.hold.expires_at, hold_c.hold.expires_at) == (None, None)
    float_account = stacks.execution.balance(told.tenant.id, "float")
    assert float_account.held == usd("8.261472")
    assert order.manifest.quantity == contracts("14.00")
    assert order.manifest.limit_price == price("0.56")
    assert book_side_of(Side.YES, Action.BUY) is BookSide.BID


FILL_TABLE = [
    ("4.00", "0.54", "2.160000", "0.0696", "0.0004", "0", "0.0700", "-2.23"),
    ("3.50", "0.55", "1.925000", "0.0607", "0.0043", "0", "0.0650", "-1.99"),
    ("2.62", "0.56", "1.467200", "0.0452", "0.0076", "0.0100", "0.0428", "-1.51"),
]


def test_the_exchange_charges_trade_fee_rounding_and_rebate() -> None:
    gathered, stacks = 0, Stacks()
    market = stacks.add_market()
    stacks.exchange.pay_in(usd("1,000"))
    for row, filled in zip(FILL_TABLE, FILLS_A_AND_C, strict=True):
        quantity, at, cost, trade_fee, rounding, rebate, net, change = row
        assert filled == (price(at), contracts(quantity), usd(net))
        assert contracts(quantity) * price(at) == usd(cost)
        fee = FEES.trade_fee(contracts(quantity), price(at), is_taker=True)
        charge, gathered = charge_fill(usd(cost), fee, gathered)
        assert (charge.trade_fee, charge.rounding_fee) == (usd(trade_fee), usd(rounding))
        assert (charge.rebate, charge.net_fee) == (usd(rebate), usd(net))
        assert stacks.exchange.fill(market.id, BookSide.BID, *filled) == usd(change)
        if rebate != "0":
            assert gathered + charge.rebate == usd("0.0123")
    assert sum(fill[0] * fill[1] for fill in FILLS_A_AND_C) == usd("5.552200")
    assert sum(fill[2] for fill in FILLS_A_AND_C) == usd("0.1778")
    assert stacks.exchange.balance == usd("1,000") - usd("5.73")
    assert stacks.exchange.net[market.id] == contracts("10.12")


def test_a_window_is_shared_out_and_both_ledgers_post_it() -> None:
    told = funded()
    order, stacks = told.place_a_and_c(), told.stacks
    since, before = mark(stacks)
    ended = told.execute("A and C", order, *FILLS_A_AND_C)
    of_a, of_c = ended.allocation.shares
    assert (of_a.quantity, of_a.cost, of_a.fee) == (contracts("7.23"), usd("3.966641"), usd("0.127025"))
    assert (of_c.quantity, of_c.cost, of_c.fee) == (contracts("2.89"), usd("1.585559"), usd("0.050775"))
    for customer, cost, fee, got in (
        (told.a, "3.966641", "0.127025", "7.23"),
        (told.c, "1.585559", "0.050775", "2.89"),
    ):
        assert stacks.entries(stacks.customer, since, customer.id) == [
            {
                "wallet USD": f"-{cost}",
                "execution USD": f"+{cost}",
                "execution YES": f"-{got}",
                "position YES": f"+{got}",
            },
            {"wallet USD": f"-{fee}", "exchange_fees USD": f"+{fee}"},
        ]
        assert stacks.net_entries(before, [customer.account]) == {
            "cash USD": f"-{cost}",
            "fees USD": f"-{fee}",
            "position YES": f"+{got}",
        }
    assert stacks.net_entries(before, [told.tenant.id]) == {"float USD": "+5.730000"}
    assert stacks.net_entries(before, [told.market.id]) == {"omnibus YES": "-10.12"}
    assert stacks.net_entries(before, [HOUSE_TENANT]) == {}


def test_final_releases_what_is_left_of_every_hold() -> None:
    told = funded().buy_a_and_c()
    stacks = told.stacks
    assert stacks.customer.released(told.a.id, told.wagers["A"].id) == usd("1.798814")
    assert stacks.customer.released(told.c.id, told.wagers["C"].id) == usd("0.732658")
    float_hold = float_hold_id(told.executed["A and C"].order.id, told.tenant.id)
    assert stacks.execution.released(told.tenant.id, float_hold) == usd("2.531472")
    assert stacks.exchange.balance == usd("994.27")
    assert stacks.exchange.net[told.market.id] == contracts("10.12")
    assert told.wallet(told.a) == usd("94.421185")
    assert stacks.customer.available(told.a.id, "wallet") == usd("94.421185")
    assert told.position(told.a, Side.YES) == PositionCost(contracts("7.23"), usd("3.966641"))


def test_fees_above_the_cap_are_the_houses() -> None:
    """A thousand fills of 0.01 at 0.55 that are never rebated cost 4.50 for ten contracts."""
    gathered, total = 0, 0
    fills = []
    for _ in range(1000):
        fee = FEES.trade_fee(1, price("0.55"), is_taker=True)
        charge, gathered = charge_fill(price("0.55"), fee, gathered)
        fills.append((price("0.55"), 1, charge.net_fee))
        total += charge.net_fee
    assert total == usd("4.50")
    told = funded()
    told.place("A", told.a, Side.YES, Action.BUY, contracts("10.00"), price("0.56"))
    order, before = told.pool(Side.YES, Action.BUY, price("0.56")), len(told.stacks.execution.journal)
    ended = told.execute("A", order, *fills)
    assert (ended.cost, ended.charged, ended.excess) == (usd("5.5"), usd("0.392480"), usd("4.107520"))
    assert told.stacks.net_entries(before, [HOUSE_TENANT]) == {
        "own_cash USD": "+4.107520",
        "excess USD": "-4.107520",
    }
    assert told.stacks.customer.released(told.a.id, told.wagers["A"].id) == 0


def test_a_cancel_that_was_not_pooled_releases_the_hold() -> None:
    told = funded()
    wager = told.place("A", told.a, Side.YES, Action.BUY, contracts("10.00"), price("0.56"))
    wagering.cancel(told.stacks, (told.market.id, Side.YES, Action.BUY, price("0.56")), wager.id)
    require_all(told.stacks)
    assert told.stacks.customer.balance(told.a.id, "wallet").held == usd("5.892480")
    told.stacks.apply_reports()
    require_all(told.stacks)
    assert told.stacks.wagers[wager.id].state is State.CANCELLED
    assert told.stacks.customer.released(told.a.id, wager.id) == usd("5.892480")


def test_an_intent_that_the_float_cannot_carry_is_refused() -> None:
    told = Story()
    deposits.contribute(told.stacks, told.tenant, lkr("2,000,000"))
    deposits.buy_stock(told.stacks, told.tenant, usd("5,000"), lkr("1,492,500"))
    deposits.prefund(told.stacks, told.tenant, usd("5.892479"))
    told.deposit()
    wager = told.place("A", told.a, Side.YES, Action.BUY, contracts("10.00"), price("0.56"))
    key = (told.market.id, Side.YES, Action.BUY, price("0.56"))
    assert wagering.pool(told.stacks, key) is None
    told.stacks.apply_reports()
    require_all(told.stacks)
    assert told.stacks.wagers[wager.id].state is State.REFUSED
    assert told.stacks.customer.released(told.a.id, wager.id) == usd("5.892480")


def test_a_dearer_fee_schedule_before_pooling_refuses_the_intent() -> None:
    told = funded()
    wager = wagering.place(
        told.stacks, told.a, told.market, Side.YES, Action.BUY, contracts("10.00"), price("0.56")
    )
    assert isinstance(wager, Wager)
    wagering.submit(told.stacks, [wager], fee_multiplier_e4=10_001)
    assert told.stacks.wagers[wager.id].state is State.REFUSED
    assert told.stacks.customer.released(told.a.id, wager.id) == usd("5.892480")
    require_all(told.stacks)


# Section 5: a NO wager of another customer. Section 6: pairing.


def test_a_no_wager_is_an_ask_and_pairs_five_dollars() -> None:
    told = funded().buy_a_and_c()
    stacks = told.stacks
    since, before = mark(stacks)
    told.buy_b()
    ended = told.executed["B"]
    assert book_side_of(Side.NO, Action.BUY) is BookSide.ASK
    assert price_on(Side.NO, price("0.48")) == price("0.52")
    assert (ended.cost, ended.charged) == (usd("2.350000"), usd("0.0900"))
    assert stacks.entries(stacks.customer, since, told.b.id) == [
        {
            "wallet USD": "-2.350000",
            "execution USD": "+2.350000",
            "execution NO": "-5.00",
            "position NO": "+5.00",
        },
        {"wallet USD": "-0.090000", "exchange_fees USD": "+0.090000"},
    ]
    assert stacks.entries(stacks.customer, since, told.a.id) == []
    assert stacks.net_entries(before, [told.b.account]) == {
        "cash USD": "-2.350000",
        "fees USD": "-0.090000",
        "position NO": "+5.00",
    }
    assert stacks.net_entries(before, [told.tenant.id]) == {"float USD": "+2.440000"}
    assert stacks.net_entries(before, [told.market.id]) == {
        "omnibus YES": "+5.00",  # of the pairing
        "pairs YES": "-5.00",
        "pairs NO": "-5.00",
        "pair_cash USD": "-5.000000",
        "pair_payable USD": "+5.000000",
    }


def _pairings(told: Story, before: int) -> list[dict[str, str]]:
    """Return the transfers of the market's book that pair."""
    return [
        told.stacks.legs(transfer)
        for movement in told.stacks.execution.journal[before:]
        for transfer in movement.transfers
        if transfer.kind == "pairing"
    ]


def test_the_pairing_transfer_is_the_tables_own() -> None:
    told = funded().buy_a_and_c()
    assert _pairings(told, 0) == []
    before = len(told.stacks.execution.journal)
    told.buy_b()
    assert _pairings(told, before) == [
        {
            "omnibus YES": "+5.00",
            "pairs YES": "-5.00",
            "omnibus NO": "+5.00",
            "pairs NO": "-5.00",
            "pair_cash USD": "-5.000000",
            "pair_payable USD": "+5.000000",
        }
    ]
    before = len(told.stacks.execution.journal)
    told.sell_a()
    assert _pairings(told, before) == [
        {
            "omnibus YES": "-0.88",
            "pairs YES": "+0.88",
            "omnibus NO": "-0.88",
            "pairs NO": "+0.88",
            "pair_cash USD": "+0.880000",
            "pair_payable USD": "-0.880000",
        }
    ]


def test_the_exchange_pays_for_pairs_at_once_and_that_is_not_float() -> None:
    fee = FEES.trade_fee(contracts("5.00"), price("0.53"), is_taker=True)
    charge, _ = charge_fill(contracts("5.00") * price("0.47"), fee, 0)
    assert (charge.trade_fee, charge.rounding_fee, charge.net_fee) == (
        usd("0.0872"),
        usd("0.0028"),
        FILL_B[2],
    )
    told = funded().buy_a_and_c()
    held = told.stacks.exchange.balance
    told.buy_b()
    assert told.stacks.exchange.balance - held == usd("2.56")
    assert told.stacks.exchange.balance == usd("996.83")
    assert told.stacks.execution.posted(told.tenant.id, "float") == -usd("991.83")
    assert told.stacks.execution.posted(told.market.id, "pair_cash") == -usd("5.00")
    assert told.stacks.exchange.net[told.market.id] == contracts("5.12")


# Section 7: sale before resolution.


def test_a_sale_holds_contracts_and_no_cash() -> None:
    told = funded().buy_a_and_c().buy_b()
    sale = told.place("sale", told.a, Side.YES, Action.SELL, contracts("6.00"), price("0.60"))
    assert sale.max_total == 0
    asset = told.market.assets.yes
    assert told.stacks.customer.balance(told.a.id, "position", asset).held == contracts("6.00")
    assert told.stacks.execution.balance(told.a.account, "position", asset).held == contracts("6.00")
    assert told.stacks.customer.balance(told.a.id, "wallet").held == 0


def test_a_sale_takes_contracts_out_pays_the_wallet_and_unpairs() -> None:
    fee = FEES.trade_fee(contracts("6.00"), price("0.62"), is_taker=True)
    charge, _ = charge_fill(contracts("6.00") * price("0.38"), fee, 0)
    assert (charge.trade_fee, charge.rounding_fee, charge.net_fee) == (
        usd("0.0990"),
        usd("0.0010"),
        FILL_SALE[2],
    )
    told = funded().buy_a_and_c().buy_b()
    stacks, held = told.stacks, told.stacks.exchange.balance
    since, before = mark(stacks)
    told.sell_a()
    assert told.stacks.exchange.balance - held == usd("2.74")
    assert stacks.entries(stacks.customer, since, told.a.id) == [
        {
            "position YES": "-6.00",
            "execution YES": "+6.00",
            "execution USD": "-3.720000",
            "wallet USD": "+3.720000",
        },
        {"wallet USD": "-0.100000", "exchange_fees USD": "+0.100000"},
    ]
    assert stacks.net_entries(before, [told.a.account]) == {
        "position YES": "-6.00",
        "cash USD": "+3.720000",
        "fees USD": "-0.100000",
    }
    assert stacks.net_entries(before, [told.tenant.id]) == {"float USD": "-3.620000"}
    assert stacks.net_entries(before, [told.market.id]) == {
        "omnibus YES": "+5.12",  # +6.00 of the sale, -0.88 of the un-pairing
        "omnibus NO": "-0.88",
        "pairs YES": "+0.88",
        "pairs NO": "+0.88",
        "pair_cash USD": "+0.880000",
        "pair_payable USD": "-0.880000",
    }


def test_after_the_sale_cost_gross_and_wallets_are_those_of_the_document() -> None:
    told = funded().buy_a_and_c().buy_b()
    left, cost_out = told.position(told.a, Side.YES).take(contracts("6.00"))
    assert cost_out == usd("3.291818")
    assert told.sell_a().executed["sale"].cost - cost_out == usd("0.428182")
    assert told.position(told.a, Side.YES) == left == PositionCost(contracts("1.23"), usd("0.674823"))
    gross = told.stacks.gross[told.market.id]
    assert (gross.yes, gross.no, gross.paired) == (contracts("4.12"), contracts("5.00"), contracts("4.12"))
    assert gross.net == told.stacks.exchange.net[told.market.id] == -contracts("0.88")
    assert told.stacks.exchange.balance == usd("999.57")
    wallets = [told.wallet(each) for each in (told.a, told.c, told.b)]
    assert wallets == [usd("98.041185"), usd("47.621091"), usd("46.817425")]


# Section 8: settlement of a period.


def test_period_1_owes_4_55_line_by_line() -> None:
    told = sold()
    sums = told.stacks.sum_reports(told.tenant.id, 0, told.stacks.sequence)
    expected = {
        told.a: (Totals(usd("3.966641"), usd("3.720000"), usd("0.227025"), 0), "0.473666"),
        told.c: (Totals(usd("1.585559"), 0, usd("0.050775"), 0), "1.636334"),
        told.b: (Totals(usd("2.350000"), 0, usd("0.090000"), 0), "2.440000"),
    }
    assert sums == {customer.id: totals for customer, (totals, _) in expected.items()}
    for customer, (totals, net) in expected.items():
        assert totals.net == usd(net)
        ledger = told.stacks.customer
        assert ledger.posted(customer.id, "execution") + ledger.posted(customer.id, "exchange_fees") == usd(
            net
        )
    lines = sort_lines(Line(customer_id, totals) for customer_id, totals in sums.items())
    whole = sum((line.totals for line in lines), Totals())
    assert whole == Totals(usd("7.902200"), usd("3.720000"), usd("0.367800"), 0)
    assert whole.net == usd("4.550000")
    before = Sums(told.stacks.execution)
    assert told.stacks.exchange.balance == usd("1,000") - before.due() - before.of("pair_cash")
    assert told.stacks.exchange.balance == usd("999.57")


def test_before_period_1_the_usd_of_the_house_and_the_customers_is_where_b3_says() -> None:
    sums = Sums(sold().stacks.customer)
    assert (-sums.of("nostro"), -sums.of("prefund")) == (usd("4,000"), usd("1,000"))
    assert sums.of("wallet") == usd("192.479701")
    assert sums.of("stock") == usd("3,802.970299")
    assert (sums.of("treasury"), sums.owed()) == (usd("1,000"), usd("4.55"))


def test_a_settlement_pays_what_is_owed_and_restores_the_float() -> None:
    told = sold()
    stacks = told.stacks
    since, before = mark(stacks)
    settlement = told.settle()
    instruction = settlement.instruction
    assert (instruction.direction, instruction.amount) == (Direction.PAY, usd("4.55"))
    assert instruction.remainder == 0
    assert stacks.entries(stacks.customer, since, told.tenant.department) == [
        {"settled USD": "-4.550000", "in_transit USD": "+4.550000"},
        {"in_transit USD": "-4.550000", "nostro USD": "+4.550000"},
    ]
    assert stacks.entries(stacks.execution, before, told.tenant.id) == [
        {"settled USD": "+4.550000", "float USD": "-4.550000"}
    ]
    assert stacks.exchange.balance == usd("1,004.12")
    assert stacks.execution.posted(told.tenant.id, "float") == -usd("1,000.00")
    assert stacks.execution.posted(told.market.id, "pair_cash") == -usd("4.12")
    assert stacks.customer.posted(told.tenant.department, "nostro") == -usd("3,995.45")
    assert stacks.customer.posted(told.a.id, "execution") == usd("0.246641")  # a lifetime record


def test_the_state_before_resolution() -> None:
    told = settled()
    held = [told.position(each, side).quantity for each, side in _holdings(told)]
    assert held == [contracts("1.23"), contracts("2.89"), contracts("5.00")]
    assert told.stacks.gross[told.market.id].paired == contracts("4.12")
    assert told.stacks.exchange.net[told.market.id] == -contracts("0.88")


def _holdings(told: Story) -> list[tuple[Customer, Side]]:
    return [(told.a, Side.YES), (told.c, Side.YES), (told.b, Side.NO)]
