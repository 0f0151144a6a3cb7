"""The numbers of the money flows, sections 2, 4, 5, 7 and 8, posted one after the other."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.books.domain import (
    BookedAllocation,
    ContractAssets,
    Direction,
    Gross,
    Share,
    book_allocation,
    book_float_deposit,
    book_settlement_receipt,
    float_hold,
    position_hold,
    release_holds,
)
from execution_stack.exchange.domain import Action, Side
from shared.errors import InvariantViolated
from shared.ids import HOUSE_TENANT, CountingIds
from shared.ledger.domain import USD, Movement

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
IDS = CountingIds()
TENANT, MARKET, A, B, C = (IDS.new() for _ in range(5))
ASSETS = ContractAssets(yes=1000, no=1001)


class Story:
    """The one tenant of the money flows, with its exchange account."""

    def __init__(self, model):
        self.model = model
        self.gross = Gross()
        self.balance = 0
        self.ids = CountingIds(1000)

    def deposit(self, amount):
        self.model.post(book_float_deposit(self.ids.new(), TENANT, amount, NOW))
        self.balance += amount

    def trade(self, side, action, shares, *, float_amount, exchange_cash, excess=0):
        """Hold the float, book the shares, and move the exchange account's cash."""
        order = self.ids.new()
        if float_amount:
            self.model.post(Movement(holds=(float_hold(order, TENANT, float_amount),)))
            holds = {TENANT: self.model.open_hold(float_hold(order, TENANT, float_amount).id)}
        else:
            holds = {}
        booked = tuple(
            Share(intent, account, TENANT, quantity, cost, fee)
            for intent, account, quantity, cost, fee in shares
        )
        allocation = BookedAllocation(order, MARKET, side, action, NOW, booked, excess)
        movement, self.gross = book_allocation(allocation, ASSETS, self.gross, holds)
        self.model.post(movement)
        self.balance += exchange_cash
        return order

    def check(self):
        """X1 to X4: the books against the exchange account."""
        model = self.model
        yes, no = model.total("position", ASSETS.yes), model.total("position", ASSETS.no)
        omnibus_yes, omnibus_no = model.total("omnibus", ASSETS.yes), model.total("omnibus", ASSETS.no)
        assert yes - no == omnibus_no - omnibus_yes == self.gross.net
        assert 0 in (omnibus_yes, omnibus_no)
        pairs = min(yes, no)
        assert -model.total("pairs", ASSETS.yes) == -model.total("pairs", ASSETS.no) == pairs
        assert model.total("pair_payable", USD) == -model.total("pair_cash", USD) == pairs * 10_000
        places = ("float", "pair_cash", "own_cash")
        assert self.balance == -sum(model.total(place, USD) for place in places)
        owed = -model.total("cash", USD) - model.total("fees", USD) - model.total("settled", USD)
        house = sum(model.total(account, USD) for account in ("own", "excess", "suspense"))
        assert self.balance == model.total("prefund", USD) - owed + pairs * 10_000 + house
        return owed


@pytest.fixture
def story(model):
    return Story(model)


def buy_ten_and_four(story):
    story.deposit(1_000_000_000)
    shares = [
        (story.ids.new(), A, 723, 3_966_641, 127_025),
        (story.ids.new(), C, 289, 1_585_559, 50_775),
    ]
    story.trade(Side.YES, Action.BUY, shares, float_amount=8_261_472, exchange_cash=-5_730_000)


def buy_five_no(story):
    story.trade(
        Side.NO,
        Action.BUY,
        [(story.ids.new(), B, 500, 2_350_000, 90_000)],
        float_amount=2_557_360,
        exchange_cash=-2_350_000 - 90_000 + 5_000_000,
    )


def sell_six(story):
    intent = story.ids.new()
    story.model.post(Movement(holds=(position_hold(intent, A, TENANT, ASSETS.yes, 600),)))
    story.trade(
        Side.YES, Action.SELL, [(intent, A, 600, 3_720_000, 100_000)], float_amount=0, exchange_cash=2_740_000
    )
    story.model.post(release_holds([story.model.open_hold(intent)]))


def test_a_window_of_two_buys_moves_what_the_exchange_took(story):
    buy_ten_and_four(story)
    story.check()
    assert story.balance == 994_270_000
    assert story.model.get(TENANT, "float", USD) == -994_270_000
    assert story.model.held[TENANT, "float", USD] == 0
    assert story.model.get(A, "position", ASSETS.yes) == 723
    assert story.model.get(A, "cash", USD) == -3_966_641
    assert story.model.get(C, "fees", USD) == -50_775
    assert story.gross.net == 1012


def test_a_no_buy_pairs_with_yes_and_the_pair_cash_is_not_float(story):
    buy_ten_and_four(story)
    buy_five_no(story)
    story.check()
    assert story.balance == 996_830_000
    assert story.model.get(TENANT, "float", USD) == -991_830_000
    assert story.model.total("pair_cash", USD) == -5_000_000
    assert story.gross.net == 512


def test_a_sale_unpairs_and_the_period_owes_four_fifty_five(story):
    buy_ten_and_four(story)
    buy_five_no(story)
    sell_six(story)
    assert story.check() == 4_550_000
    assert story.balance == 999_570_000
    assert story.gross == Gross(412, 500)
    assert story.model.held[A, "position", ASSETS.yes] == 0
    assert story.model.total("pairs", ASSETS.yes) == -412


def test_a_settlement_receipt_brings_the_float_back_to_the_prefund(story):
    buy_ten_and_four(story)
    buy_five_no(story)
    sell_six(story)
    story.model.post(book_settlement_receipt(story.ids.new(), TENANT, Direction.PAY, 4_550_000, NOW))
    story.balance += 4_550_000
    assert story.check() == 0
    assert story.balance == 1_004_120_000
    assert story.model.get(TENANT, "float", USD) == -1_000_000_000


def test_a_fee_above_the_cap_is_the_houses_and_not_the_floats(story):
    story.deposit(100_000_000)
    story.trade(
        Side.YES,
        Action.BUY,
        [(story.ids.new(), A, 100, 550_000, 10_000)],
        float_amount=560_000,
        exchange_cash=-550_000 - 30_000,
        excess=20_000,
    )
    story.check()
    assert story.model.get(HOUSE_TENANT, "excess", USD) == -20_000
    assert story.model.get(TENANT, "float", USD) == -99_440_000


def test_an_unfilled_order_only_frees_the_float(story):
    story.deposit(10_000_000)
    story.trade(
        Side.YES, Action.BUY, [(story.ids.new(), A, 0, 0, 0)], float_amount=10_000_000, exchange_cash=0
    )
    assert story.model.held[TENANT, "float", USD] == 0
    assert story.gross == Gross()


def test_a_sale_whose_fee_exceeds_its_proceeds_takes_from_the_held_float(story):
    story.deposit(1_000_000)
    story.trade(
        Side.YES, Action.BUY, [(story.ids.new(), A, 1, 100, 0)], float_amount=20_100, exchange_cash=-100
    )
    intent = story.ids.new()
    story.model.post(Movement(holds=(position_hold(intent, A, TENANT, ASSETS.yes, 1),)))
    story.trade(
        Side.YES, Action.SELL, [(intent, A, 1, 100, 10_000)], float_amount=20_000, exchange_cash=-9_900
    )
    story.check()
    assert story.model.held[TENANT, "float", USD] == 0


def test_an_allocation_is_posted_once(story):
    buy_ten_and_four(story)
    shares = (Share(story.ids.new(), A, TENANT, 1, 5_000, 0),)
    allocation = BookedAllocation(story.ids.new(), MARKET, Side.YES, Action.BUY, NOW, shares)
    movement, _ = book_allocation(allocation, ASSETS, story.gross, {})
    story.model.post(movement)
    with pytest.raises(AssertionError, match="posted once"):
        story.model.post(movement)


def test_contracts_without_quantity_cannot_cost_anything():
    with pytest.raises(InvariantViolated):
        Share(IDS.new(), A, TENANT, 0, 1, 0)


@given(
    moves=st.lists(
        st.tuples(st.sampled_from([A, B, C]), st.sampled_from(Side), st.booleans(), st.integers(1, 900)),
        max_size=30,
    )
)
def test_pairing_follows_any_history_of_buys_and_sales(new_model, moves):
    story = Story(new_model())
    story.deposit(10**9)
    for account, side, buys, quantity in moves:
        intent, before = story.ids.new(), story.gross.paired
        held = story.model.get(account, "position", ASSETS.of(side))
        if not buys and held < quantity:
            continue
        cost = quantity * 5_000
        after = story.gross.moved(side, quantity if buys else -quantity).paired
        cash = (-cost if buys else cost) + (after - before) * 10_000
        if not buys:
            hold = position_hold(intent, account, TENANT, ASSETS.of(side), quantity)
            story.model.post(Movement(holds=(hold,)))
        action = Action.BUY if buys else Action.SELL
        story.trade(side, action, [(intent, account, quantity, cost, 0)], float_amount=0, exchange_cash=cash)
        story.check()
