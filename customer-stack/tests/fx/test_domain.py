"""Rates, quotes, conversions, stock: the numbers of the money flows, sections 2, 3, 10 and 11, and rules."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.fx.domain.conversion import (
    ConversionIds,
    Margin,
    decide_conversion,
    explain_profit,
    explain_purchase,
)
from customer_stack.fx.domain.quotes import (
    Direction,
    QuoteOutcome,
    QuotePurpose,
    QuoteRequest,
    Reservation,
    StockStanding,
    convert,
    convert_to_lkr,
    decide_quote,
    is_pay_reference,
    pay_reference_of,
    require_usable,
    residue_of,
    residue_of_purchase,
)
from customer_stack.fx.domain.rates import Mid, Terms, decide_fee, decide_rates
from customer_stack.fx.domain.stock import BankDeal, Stock, StockAccount, StockFlow
from customer_stack.fx.errors import (
    AmountOutOfBounds,
    QuoteClosed,
    QuoteExpired,
    RateUnavailable,
    StockTooLow,
    TillTooLow,
)
from customer_stack.ledger.domain import TransferKind
from shared.errors import InvariantViolated
from shared.ids import CountingIds, SystemIds
from shared.ledger.domain import LKR, USD

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
MID = Mid(300 * 10**8, "sandbox", NOW)
TERMS = Terms(
    version=1,
    sell_spread_basis=100,
    buy_spread_basis=100,
    fee_basis=50,
    fee_fixed=0,
    minimum_amount=100_00,
    maximum_amount=5_000_000_00,
    quote_lifetime=timedelta(minutes=5),
    mid_lifetime=timedelta(seconds=60),
    stock_share_basis=10_000,
)
IDS = CountingIds()
REQUEST = QuoteRequest(IDS.new(), IDS.new(), IDS.new(), QuotePurpose.DEPOSIT, 30_000_00)
OPENING = Stock(4_000_000_000, 1_194_000_00)


def quoted(amount=30_000_00, mid=MID, stock=OPENING, terms=TERMS, held=0):
    return decide_quote(
        replace(REQUEST, amount=amount),
        mid,
        terms,
        StockStanding(stock.quantity, held),
        now=NOW,
        quote_id=IDS.new(),
        hold_id=IDS.new(),
    )


def converted(quote, stock):
    return decide_conversion(quote, stock, ConversionIds(*(IDS.new() for _ in range(6))), NOW)


def withdrawn(usd=50_000_000, till=567_200_00, mid=MID, terms=TERMS, held=0):
    return decide_quote(
        replace(REQUEST, purpose=QuotePurpose.WITHDRAWAL, amount=usd),
        mid,
        terms,
        StockStanding(till, held),
        now=NOW,
        quote_id=IDS.new(),
        hold_id=IDS.new(),
    )


def test_a_withdrawal_of_50_usd_is_quoted_14850_lkr_at_297_and_reserves_the_till():
    quote = withdrawn()
    assert (quote.agreed_e8, quote.amount, quote.fee, quote.usd) == (297_00000000, 14_850_00, 0, 50_000_000)
    assert quote.direction is Direction.BUY
    assert quote.reservation == Reservation(LKR, "till", 14_850_00)
    assert quote.payment == Reservation(USD, "wallet", 50_000_000)
    assert quoted().reservation == Reservation(USD, "stock", 98_514851)
    assert quoted().payment == Reservation(LKR, "wallet", 30_000_00)


def test_the_withdrawal_of_the_money_flows_posts_w1():
    quote = withdrawn()
    conversion, movement = converted(quote, Stock(3_802_970299, 1_135_186_64))
    customer, department = quote.customer_id, quote.department_id
    assert legs_of(movement) == {
        (customer, USD, "wallet"): -50_000_000,
        (customer, USD, "desk"): 50_000_000,
        (customer, LKR, "desk"): -14_850_00,
        (customer, LKR, "wallet"): 14_850_00,
        (department, USD, "desk"): -50_000_000,
        (department, USD, "stock"): 50_000_000,
        (department, LKR, "till"): -14_850_00,
        (department, LKR, "desk"): 14_850_00,
    }
    stock_leg = next(p for t in movement.transfers for p in t.postings if p.target == "stock")
    assert (stock_leg.action, stock_leg.cost, stock_leg.profit) == ("stock_in", 14_850_00, None)
    assert [(c.hold_id, c.amount) for c in movement.captures] == [(quote.hold_id, 14_850_00)]
    assert [(c.hold_id, c.reason) for c in movement.closes] == [(quote.hold_id, "exhausted")]
    # 150.00 below mid: explained here, profit only when the USD is sold.
    assert conversion.margin == Margin(150_000000, 0, 0)
    assert conversion.cost_rate_e8 == 298_50000151


def test_a_withdrawal_reserves_no_more_than_its_share_of_the_till():
    half = replace(TERMS, till_share_basis=5_000)
    assert withdrawn(till=29_700_00, terms=half).amount == 14_850_00
    for till, held in ((29_699_98, 0), (29_700_00, 1)):
        with pytest.raises(TillTooLow):
            withdrawn(till=till, terms=half, held=held)


def test_a_withdrawal_out_of_bounds_is_refused_by_its_lkr():
    with pytest.raises(AmountOutOfBounds):
        withdrawn(336700)
    assert withdrawn(336701).amount == 100_00


def test_a_bank_deal_is_the_settlement_rate_until_the_next_one():
    deal = IDS.new()
    account = StockAccount().after(flow(1, TransferKind.STOCK_PURCHASE, 5_000_000_000, 1_492_500_00, deal))
    assert account.deal == BankDeal(298_50000000, deal)
    account = account.after(flow(2, TransferKind.FX_CONVERSION, -1_000_000_000, -298_500_00, profit=500_00))
    assert (account.deal, account.profit_to_date) == (BankDeal(298_50000000, deal), 500_00)
    sale = IDS.new()
    account = account.after(flow(3, TransferKind.STOCK_SALE, -100_000_000, -29_850_00, sale, profit=-50_00))
    assert account.deal == BankDeal(298_00000000, sale)
    assert (account.stock, account.profit_to_date) == (Stock(3_900_000_000, 1_164_150_00), 450_00)


def test_a_stock_misses_no_entry():
    with pytest.raises(InvariantViolated):
        StockAccount().after(flow(2, TransferKind.STOCK_PURCHASE, 1, 1))


def flow(version, kind, quantity, cost, movement=None, profit=None):
    return StockFlow(version, kind, movement or IDS.new(), quantity, cost, profit, NOW)


def legs_of(movement):
    legs: dict[tuple[object, int, str], int] = {}
    for transfer in movement.transfers:
        for posting in transfer.postings:
            source = (transfer.book_id, posting.asset, posting.source)
            target = (transfer.book_id, posting.asset, posting.target)
            legs[source] = legs.get(source, 0) - posting.amount
            legs[target] = legs.get(target, 0) + posting.amount
    return legs


def test_a_deposit_of_30000_is_quoted_98_514851_usd_at_303():
    quote = quoted()
    assert (quote.mid_e8, quote.buy_e8, quote.sell_e8) == (300_00000000, 297_00000000, 303_00000000)
    assert (quote.agreed_e8, quote.fee, quote.usd) == (303_00000000, 150_00, 98_514851)
    assert quote.expires_at == NOW + timedelta(minutes=5)


def test_a_late_deposit_is_quoted_anew_at_305_02():
    quote = quoted(mid=Mid(302 * 10**8, "sandbox", NOW))
    assert (quote.agreed_e8, quote.usd) == (305_02000000, 97_862435)


def test_opening_buys_stock_and_prefunds_with_cost_and_no_profit():
    bought = Stock().inflow(5_000_000_000, 1_492_500_00)
    assert bought.rate_e8 == 298_50000000
    assert bought.cost_of(1_000_000_000) == 298_500_00
    assert bought.outflow(1_000_000_000) == OPENING


def test_the_margin_of_the_first_deposit_is_spread_holding_and_rounding():
    conversion, _ = converted(quoted(), OPENING)
    assert (conversion.cost, conversion.profit) == (29_406_68, 443_32)
    assert conversion.residue_e14 == 147 * 10**8  # LKR 0.000147
    margin = conversion.margin
    assert (margin.spread_e6, margin.holding_e6, margin.rounding_e6) == (295_544553, 147_772277, 3170)
    assert conversion.cost_rate_e8 == 298_50000000


def test_the_conversion_posts_two_halves_that_meet_in_the_desk():
    quote = quoted()
    conversion, movement = converted(quote, OPENING)
    customer, department = quote.customer_id, quote.department_id
    assert legs_of(movement) == {
        (customer, LKR, "wallet"): -30_000_00,
        (customer, LKR, "desk"): 30_000_00,
        (customer, USD, "desk"): -98_514851,
        (customer, USD, "wallet"): 98_514851,
        (department, LKR, "desk"): -30_000_00,
        (department, LKR, "fx_fee_revenue"): 150_00,
        (department, LKR, "till"): 29_850_00,
        (department, USD, "stock"): -98_514851,
        (department, USD, "desk"): 98_514851,
    }
    stock_leg = next(p for t in movement.transfers for p in t.postings if p.source == "stock")
    assert (stock_leg.cost, stock_leg.profit) == (-29_406_68, 443_32)
    assert [(c.hold_id, c.amount) for c in movement.captures] == [(quote.hold_id, 98_514851)]
    assert [(c.hold_id, c.reason) for c in movement.closes] == [(quote.hold_id, "exhausted")]
    assert conversion.stock_after == Stock(3_901_485149, 1_164_593_32)


def test_the_stock_table_of_the_money_flows_and_its_identity():
    stock, till, profit = OPENING, 507_500_00, 0
    for amount, usd, cost, gain in [
        (30_000_00, 98_514851, 29_406_68, 443_32),
        (15_000_00, 49_257425, 14_703_34, 221_66),
        (15_000_00, 49_257425, 14_703_34, 221_66),
    ]:
        conversion, _ = converted(quoted(amount, stock=stock), stock)
        assert (conversion.quote.usd, conversion.cost, conversion.profit) == (usd, cost, gain)
        stock, till, profit = (
            conversion.stock_after,
            till + conversion.quote.net,
            profit + conversion.profit,
        )
    assert (stock, till, profit) == (Stock(3_802_970299, 1_135_186_64), 567_200_00, 886_64)
    # A's withdrawal: the desk buys 50 USD at 297, which is what they cost.
    bought, _ = converted(withdrawn(50_000_000, till=till), stock)
    assert (bought.quote.amount, bought.cost, bought.profit) == (14_850_00, 14_850_00, 0)
    stock, till = bought.stock_after, till - bought.quote.net
    assert (stock, till) == (Stock(3_852_970299, 1_150_036_64), 552_350_00)
    assert stock.rate_e8 // 10_000 == 298_4805
    assert till + stock.cost + 298_500_00 == 2_000_000_00 + profit


def test_a_stale_mid_makes_no_rate():
    with pytest.raises(RateUnavailable):
        decide_rates(replace(MID, as_of=NOW - timedelta(seconds=61)), TERMS, NOW)


def test_a_mid_from_the_future_makes_no_rate():
    with pytest.raises(RateUnavailable):
        decide_rates(replace(MID, as_of=NOW + timedelta(seconds=6)), TERMS, NOW)


def test_quotes_never_reserve_more_than_their_share_of_the_stock():
    half = replace(TERMS, stock_share_basis=5_000)
    assert quoted(terms=half, held=2_000_000_000 - 98_514851).usd == 98_514851
    with pytest.raises(StockTooLow):
        quoted(terms=half, held=2_000_000_000 - 98_514850)


def test_an_amount_out_of_bounds_is_refused():
    with pytest.raises(AmountOutOfBounds):
        quoted(amount=99_99)
    with pytest.raises(AmountOutOfBounds):
        quoted(amount=5_000_000_01)


def test_a_quote_is_usable_until_the_moment_of_its_expiry_and_once():
    quote = quoted()
    require_usable(quote, None, quote.expires_at - timedelta(microseconds=1))
    with pytest.raises(QuoteExpired):
        require_usable(quote, None, quote.expires_at)
    with pytest.raises(QuoteClosed):
        require_usable(quote, QuoteOutcome.USED, NOW)


def test_a_pay_reference_knows_a_wrong_character():
    reference = pay_reference_of(SystemIds().new())
    assert is_pay_reference(reference)
    for place in range(2, len(reference)):
        other = "7" if reference[place] != "7" else "8"
        assert not is_pay_reference(reference[:place] + other + reference[place + 1 :])


def test_more_than_the_stock_never_leaves():
    with pytest.raises(InvariantViolated):
        Stock(5, 1).outflow(6)


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_the_residue_is_below_one_unit_at_the_agreed_rate(net, rate_e8):
    assert 0 <= residue_of(net, convert(net, rate_e8), rate_e8) < rate_e8


@given(st.integers(1, 10**11), st.integers(0, 2_000), st.integers(0, 2_000))
def test_we_buy_below_the_mid_and_sell_above_it(mid_e8, sell, buy):
    terms = replace(TERMS, sell_spread_basis=sell, buy_spread_basis=buy)
    mid_e8 += 10**8
    rates = decide_rates(Mid(mid_e8, "any", NOW), terms, NOW)
    assert rates.buy_e8 <= mid_e8 <= rates.sell_e8
    assert rates.buy_e8 % 10**4 == rates.sell_e8 % 10**4 == 0


@given(st.integers(0, 10**12), st.integers(0, 1_000))
def test_a_fee_is_never_less_than_its_share(amount, basis):
    terms = replace(TERMS, fee_basis=basis)
    assert 0 <= decide_fee(amount, terms) * 10_000 - amount * basis < 10_000


@given(
    st.lists(st.tuples(st.integers(1, 10**10), st.integers(1, 10**9)), min_size=1, max_size=6),
    st.lists(st.integers(0, 100), max_size=8),
)
def test_cost_is_never_lost_or_made_by_outflows(inflows, percents):
    stock, paid, left = Stock(), 0, 0
    for quantity, cost in inflows:
        stock, paid = stock.inflow(quantity, cost), paid + cost
    for percent in [*percents, 100]:
        quantity = stock.quantity * percent // 100
        if quantity:
            left += stock.cost_of(quantity)
            stock = stock.outflow(quantity)
    assert stock == Stock(0, 0)
    assert left == paid


@given(st.integers(1_000, 10**9), st.integers(10**6, 10**11), st.integers(10**4, 10**10))
def test_the_margin_lines_always_sum_to_the_profit(amount, quantity, cost):
    quote = quoted(amount=max(amount, 100_00) % 4_000_000_00 + 100_00, stock=Stock(10**15, 1))
    stock = Stock(quantity + quote.usd, cost)
    margin = explain_profit(quote, stock, stock.cost_of(quote.usd))
    profit = quote.net - stock.cost_of(quote.usd)
    assert margin.spread_e6 + margin.holding_e6 + margin.rounding_e6 == profit * 10_000
    exact = Fraction(quote.mid_e8 * quote.usd, 10**8) - stock.exact_cost_of(quote.usd) * 10_000
    assert abs(margin.holding_e6 - exact) <= 1


@given(st.integers(1, 10**12), st.integers(1, 10**12))
def test_the_residue_of_a_purchase_is_below_one_cent(usd, rate_e8):
    gross = convert_to_lkr(usd, rate_e8)
    residue = residue_of_purchase(gross, usd, rate_e8)
    assert 0 <= residue < 10**12
    assert gross * 10**12 + residue == usd * rate_e8


@given(st.integers(340_000, 10**10), st.integers(10**10, 10**11))
def test_the_lines_of_a_purchase_sum_to_what_was_paid_below_mid(usd, mid_e8):
    quote = withdrawn(usd, till=10**16, mid=replace(MID, rate_e8=mid_e8), terms=GENEROUS)
    margin = explain_purchase(quote)
    below_mid = Fraction(quote.mid_e8 * quote.usd, 10**8) - quote.net * 10_000
    assert margin.holding_e6 == 0
    assert abs(margin.spread_e6 + margin.rounding_e6 - below_mid) <= Fraction(1, 2)
    assert margin.spread_e6 >= 0
    assert -1 <= margin.rounding_e6 <= 10_000


@given(
    st.integers(100_00, 10**10),
    st.integers(10**10, 10**11),
    st.integers(0, 300),
    st.integers(0, 300),
    st.integers(0, 300),
)
def test_there_and_back_at_one_mid_never_profits_the_customer(amount, mid_e8, sell, buy, fee):
    terms = replace(GENEROUS, sell_spread_basis=sell, buy_spread_basis=buy, fee_basis=fee)
    mid = replace(MID, rate_e8=mid_e8)
    there = quoted(amount, mid=mid, stock=Stock(10**16, 1), terms=terms)
    back = withdrawn(there.usd, till=10**16, mid=mid, terms=terms)
    assert back.amount <= amount - there.fee
    # What the desk keeps of the two divisions is stored to the last 1e-14 LKR.
    assert there.residue_e14 >= 0
    assert back.residue_e14 >= 0
    if not (sell or buy or fee):
        kept = there.residue_e14 + back.residue_e14
        spread = there.usd * (there.agreed_e8 - back.agreed_e8)
        assert (amount - back.amount) * 10**12 == kept + spread


@given(st.integers(10**6, 10**10), st.integers(10**10, 10**11))
def test_back_and_there_at_one_mid_never_profits_the_customer(usd, mid_e8):
    mid = replace(MID, rate_e8=mid_e8)
    there = withdrawn(usd, till=10**16, mid=mid, terms=GENEROUS)
    back = quoted(there.amount, mid=mid, stock=Stock(10**16, 1), terms=GENEROUS)
    assert back.usd <= usd


GENEROUS = replace(
    TERMS, sell_spread_basis=0, buy_spread_basis=0, fee_basis=0, minimum_amount=1, maximum_amount=10**16
)


@given(st.lists(st.tuples(st.booleans(), st.integers(1, 10**9)), min_size=1, max_size=12))
def test_cost_in_is_cost_out_plus_what_remains_over_both_directions(steps):
    stock, paid, left, profit, till = Stock(10**10, 3 * 10**8), 3 * 10**8, 0, 0, 10**12
    for sells, size in steps:
        if sells:
            quote = quoted(size + 10, stock=Stock(10**16, 1), terms=GENEROUS)
            if quote.usd > stock.quantity:
                continue
        else:
            quote = withdrawn(size, till=10**16, terms=GENEROUS) if size >= 100 else None
        if quote is None:
            continue
        conversion, _ = converted(quote, stock)
        stock = conversion.stock_after
        if sells:
            left, profit, till = left + conversion.cost, profit + conversion.profit, till + quote.net
        else:
            paid, till = paid + conversion.cost, till - quote.net
    assert paid == left + stock.cost
    assert till + stock.cost == 10**12 + 3 * 10**8 + profit


@given(st.integers(1, 10**9), st.integers(1, 10**9), st.integers(1, 10**9))
def test_a_reversal_takes_back_exactly_what_its_flow_had_moved(quantity, cost, sold):
    stock = Stock(10**9 + quantity, 10**9 + cost)
    assert stock.inflow(sold, cost).moved(-sold, -cost) == stock
    out = min(sold, stock.quantity)
    assert stock.outflow(out).moved(out, stock.cost_of(out)) == stock
