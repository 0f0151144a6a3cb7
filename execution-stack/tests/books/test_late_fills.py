from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.books.domain import ContractAssets, Gross
from execution_stack.books.late_fills import book_kept, book_late_fill, late_fill_of
from execution_stack.exchange.domain import BookSide, Fill, Side, Ticker
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import USD

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
MARKET = uuid4()
ASSETS = ContractAssets(11, 12)

fills = st.builds(
    Fill,
    fill_id=st.uuids(version=4),
    order_id=st.uuids(version=4),
    ticker=st.just(Ticker("KX-1")),
    book_side=st.sampled_from(BookSide),
    yes_price=st.integers(0, 10_000),
    quantity=st.integers(1, 10**6),
    fee=st.integers(-10_000, 10**6),
    is_taker=st.booleans(),
    created_at=st.none(),
)


def fill(book_side: BookSide, yes_price: int, quantity: int, fee: int) -> Fill:
    return Fill(uuid4(), uuid4(), Ticker("KX-1"), book_side, yes_price, quantity, fee, True, None)


@pytest.mark.parametrize(
    ("book_side", "side", "cost"), [(BookSide.BID, Side.YES, 540_000), (BookSide.ASK, Side.NO, 460_000)]
)
def test_a_bid_gives_the_house_yes_and_an_ask_no_at_the_rest_of_the_dollar(book_side, side, cost):
    late = late_fill_of(fill(book_side, 5400, 100, 7_000), MARKET, NOW)
    assert (late.side, late.cost, late.total) == (side, cost, cost + 7_000)


@given(st.lists(fills, max_size=6, unique_by=lambda each: each.fill_id), st.integers(0, 10**6))
def test_whatever_comes_late_the_exchange_holds_what_our_books_say(new_model, late, held):
    model, gross = new_model(), Gross(held, 0)
    net, cash = held, 0
    for each in late:
        movement, gross = book_late_fill(late_fill_of(each, MARKET, NOW), ASSETS, gross, is_cleared=False)
        model.post(movement)
        sign = 1 if each.book_side is BookSide.BID else -1
        before = max(0, -net)
        net += sign * each.quantity
        cash -= sign * each.quantity * each.yes_price + each.fee + (max(0, -net) - before) * 10_000
    assert gross.net == net
    assert model.get(HOUSE_TENANT, "position", ASSETS.no) == gross.no
    omnibus = model.total("omnibus", ASSETS.no) - model.total("omnibus", ASSETS.yes)
    assert omnibus == net - held
    places = model.total("own_cash", USD) + model.total("pair_cash", USD)
    assert -places == cash
    assert model.total("suspense", USD) == -sum(late_fill_of(each, MARKET, NOW).total for each in late)
    assert model.total("pair_payable", USD) == gross.paired * 10_000


@given(fills)
def test_a_paid_market_takes_no_position_and_the_house_pays(new_model, each):
    model, late = new_model(), late_fill_of(each, MARKET, NOW)
    movement, gross = book_late_fill(late, ASSETS, Gross(), is_cleared=True)
    model.post(movement)
    assert gross == Gross()
    assert not any(model.total(account, asset) for account in ("position", "omnibus") for asset in (11, 12))
    assert model.total("own_cash", USD) == late.total


@given(fills.filter(lambda each: late_fill_of(each, MARKET, NOW).total != 0))
def test_what_the_house_keeps_leaves_suspense_at_what_it_cost(new_model, each):
    model, late = new_model(), late_fill_of(each, MARKET, NOW)
    model.post(book_late_fill(late, ASSETS, Gross(), is_cleared=False)[0])
    model.post(book_kept(late.fill_id, late.total, NOW))
    assert model.total("suspense", USD) == 0
    assert model.total("own", USD) == -late.total
