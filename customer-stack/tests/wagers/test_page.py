"""A page of reports, folded over our books: the money flows' numbers, and reports that contradict."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from customer_stack.boundary_client.domain import (
    Action,
    FillShare,
    Final,
    NotPooled,
    Payout,
    Reason,
    Resolution,
    SettlementFee,
    Side,
)
from customer_stack.markets.domain import MarketOutcome
from customer_stack.protection.domain.counting import Measure
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.page import Owner, World, fold
from customer_stack.wagers.domain.reports import Fault, Wager
from customer_stack.wagers.domain.states import State

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT, A, B, ACCOUNT_A, ACCOUNT_B, MARKET, WAGER_A, WAGER_B, SALE_A = (UUID(int=n) for n in range(1, 10))
YES, NO = 1000, 1001
USD = 2


def buy(
    wager_id=WAGER_A, customer=A, account=ACCOUNT_A, side=Side.YES, quantity=1000, limit=5600, cap=5_892_480
):
    return Wager(
        wager_id,
        TENANT,
        customer,
        account,
        MARKET,
        side,
        Action.BUY,
        quantity,
        limit,
        cap,
        State.SUBMITTED,
        NOW,
    )


def world(*wagers, positions=None, yes_values=None, wallets=None, **more):
    return World(
        wagers={wager.id: wager for wager in wagers},
        owners={ACCOUNT_A: Owner(TENANT, A), ACCOUNT_B: Owner(TENANT, B)},
        assets={(MARKET, Side.YES): YES, (MARKET, Side.NO): NO},
        positions=positions or {},
        wallets=wallets or {},
        outcomes={key: MarketOutcome(value) for key, value in (yes_values or {}).items()},
        stopped=set(),
        **more,
    )


def fill(sequence, wager_id=WAGER_A, account=ACCOUNT_A, quantity=723, cost=3_966_641, fee=127_025):
    return FillShare(sequence, NOW, wager_id, account, MARKET, UUID(int=99), quantity, cost, fee, bytes(32))


def counted(changes):
    return [(each.measure, each.counted_at, each.amount) for each in changes.counted]


def balances(movement, start=None):
    sums = dict(start or {})
    for transfer in movement.transfers:
        for posting in transfer.postings:
            for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount)):
                key = (transfer.book_id, account, posting.asset)
                sums[key] = sums.get(key, 0) + amount
    return {key: amount for key, amount in sums.items() if amount}


def test_a_partly_filled_buy_posts_f1_f2_f3():
    changes = fold((fill(1), Final(2, NOW, WAGER_A, 723)), world(buy()))
    assert not changes.breaks
    assert balances(changes.movement) == {
        (A, "wallet", USD): -3_966_641 - 127_025,
        (A, "execution", USD): 3_966_641,
        (A, "execution", YES): -723,
        (A, "position", YES): 723,
        (A, "exchange_fees", USD): 127_025,
    }
    assert [capture.amount for capture in changes.movement.captures] == [3_966_641, 127_025]
    assert [close.reason for close in changes.movement.closes] == ["released"]
    wager = changes.wagers[WAGER_A]
    assert (wager.state, wager.unused) == (State.PARTLY_FILLED, 1_798_814)
    assert counted(changes) == [(Measure.STAKE, NOW, -1_798_814)]
    assert changes.positions == {(A, MARKET, Side.YES): PositionCost(723, 3_966_641)}


def test_a_no_buy_posts_its_own_side():
    wager = buy(WAGER_B, B, ACCOUNT_B, Side.NO, 500, 4800, 2_557_360)
    changes = fold(
        (fill(1, WAGER_B, ACCOUNT_B, 500, 2_350_000, 90_000), Final(2, NOW, WAGER_B, 500)), world(wager)
    )
    assert balances(changes.movement) == {
        (B, "wallet", USD): -2_440_000,
        (B, "execution", USD): 2_350_000,
        (B, "execution", NO): -500,
        (B, "position", NO): 500,
        (B, "exchange_fees", USD): 90_000,
    }
    assert changes.wagers[WAGER_B].state is State.FILLED


def sale(max_total=0):
    return replace(buy(SALE_A, quantity=600, limit=6000, cap=max_total), action=Action.SELL)


def test_a_sale_posts_s1_s2_and_takes_its_part_of_the_cost():
    before = {(A, MARKET, Side.YES): PositionCost(723, 3_966_641)}
    changes = fold(
        (fill(1, SALE_A, quantity=600, cost=3_720_000, fee=100_000), Final(2, NOW, SALE_A, 600)),
        world(sale(), positions=before),
    )
    assert balances(changes.movement) == {
        (A, "position", YES): -600,
        (A, "execution", YES): 600,
        (A, "execution", USD): -3_720_000,
        (A, "wallet", USD): 3_620_000,
        (A, "exchange_fees", USD): 100_000,
    }
    assert [close.reason for close in changes.movement.closes] == ["exhausted"]
    assert changes.positions == {(A, MARKET, Side.YES): PositionCost(123, 674_823)}
    assert counted(changes) == [(Measure.RETURN, NOW, 3_620_000)]


def test_a_sale_whose_fee_exceeds_its_proceeds_takes_the_rest_from_the_cash_hold():
    wager = replace(sale(29_907), quantity=100, limit_price=1)
    changes = fold(
        (fill(1, SALE_A, quantity=100, cost=100, fee=9_900), Final(2, NOW, SALE_A, 100)),
        world(wager, positions={(A, MARKET, Side.YES): PositionCost(100, 5_000)}),
    )
    assert not changes.breaks
    assert [capture.amount for capture in changes.movement.captures] == [100, 9_800]
    assert len(changes.movement.closes) == 2
    assert changes.wagers[SALE_A].unused == 29_907 - 9_800


def test_a_resolution_pays_the_winner_and_takes_the_losers_contracts():
    held = {(A, MARKET, Side.YES): PositionCost(123, 674_823), (B, MARKET, Side.NO): PositionCost(500, 1)}
    changes = fold(
        (
            Resolution(1, NOW, MARKET, 10_000),
            Payout(2, NOW, ACCOUNT_A, MARKET, Side.YES, 123, 1_230_000),
            Payout(3, NOW, ACCOUNT_B, MARKET, Side.NO, 500, 0),
        ),
        world(positions=held),
    )
    assert not changes.breaks
    assert balances(changes.movement) == {
        (A, "position", YES): -123,
        (A, "execution", YES): 123,
        (A, "execution", USD): -1_230_000,
        (A, "wallet", USD): 1_230_000,
        (B, "position", NO): -500,
        (B, "execution", NO): 500,
    }
    assert set(changes.positions.values()) == {PositionCost()}
    assert counted(changes) == [(Measure.RETURN, NOW, 1_230_000)]


def test_a_scalar_resolution_pays_both_sides_and_the_fee_is_passed_on():
    held = {(A, MARKET, Side.YES): PositionCost(123, 1), (B, MARKET, Side.NO): PositionCost(500, 1)}
    changes = fold(
        (
            Resolution(1, NOW, MARKET, 3_700),
            Payout(2, NOW, ACCOUNT_A, MARKET, Side.YES, 123, 455_100),
            Payout(3, NOW, ACCOUNT_B, MARKET, Side.NO, 500, 3_150_000),
            SettlementFee(4, NOW, ACCOUNT_A, MARKET, 428),
            SettlementFee(5, NOW, ACCOUNT_B, MARKET, 2_965),
        ),
        world(positions=held),
    )
    sums = balances(changes.movement)
    assert sums[(A, "wallet", USD)] == 455_100 - 428
    assert sums[(B, "wallet", USD)] == 3_150_000 - 2_965
    assert (A, "debt", USD) not in sums
    came_back = [each.amount for each in changes.counted if each.customer_id == A]
    assert came_back == [455_100, -428]


def test_a_settlement_fee_that_the_wallet_lacks_becomes_a_debt():
    changes = fold(
        (SettlementFee(1, NOW, ACCOUNT_A, MARKET, 428),),
        world(yes_values={MARKET: 3_700}, wallets={A: 28}, paid={(A, MARKET): 428}),
    )
    assert balances(changes.movement) == {
        (A, "wallet", USD): -28,
        (A, "debt", USD): -400,
        (A, "exchange_fees", USD): 428,
    }


def test_an_intent_that_was_not_pooled_is_cancelled_on_wish_and_refused_otherwise():
    for reason, state in ((Reason.CANCELLED, State.CANCELLED), (Reason.FLOAT_TOO_LOW, State.REFUSED)):
        changes = fold((NotPooled(1, NOW, WAGER_A, reason),), world(buy()))
        assert changes.wagers[WAGER_A].state is state
        assert [close.hold_id for close in changes.movement.closes] == [WAGER_A]
        assert counted(changes) == [(Measure.STAKE, NOW, -5_892_480)]


def test_a_refusal_that_was_known_changes_nothing_again():
    known = replace(buy(), state=State.REFUSED)
    changes = fold((NotPooled(1, NOW, WAGER_A, Reason.FLOAT_TOO_LOW),), world(known))
    assert not changes.breaks
    assert len(changes.applied) == 1
    assert not changes.movement.closes


def faults(report, *wagers, **given):
    changes = fold((report,), world(*wagers, **given))
    assert not changes.movements
    assert not changes.applied
    assert not changes.wagers
    return [found.fault for found in changes.breaks]


def test_reports_that_contradict_our_books_post_nothing():
    wager = buy()
    assert faults(fill(1), sale()) == [Fault.UNKNOWN_INTENT]
    assert faults(fill(1, account=ACCOUNT_B), wager) == [Fault.ACCOUNT_MISMATCH]
    assert faults(replace(fill(1), market_id=UUID(int=77)), wager) == [Fault.MARKET_MISMATCH]
    assert faults(fill(1, quantity=1001), wager) == [Fault.QUANTITY_OVER_INTENT]
    assert faults(fill(1, cost=5600 * 723 + 1), wager) == [Fault.COST_BEYOND_LIMIT]
    assert faults(fill(1, fee=5_892_480 - 3_966_641 + 1), wager) == [Fault.TOTAL_OVER_CAP]
    assert faults(fill(1), replace(wager, state=State.UNFILLED)) == [Fault.WAGER_NOT_OPEN]
    assert faults(Final(1, NOW, WAGER_A, 1), wager) == [Fault.FILLED_MISMATCH]
    assert faults(Final(1, NOW, WAGER_A, 0), replace(wager, state=State.FILLED)) == [Fault.WAGER_NOT_OPEN]
    assert faults(NotPooled(1, NOW, WAGER_A, Reason.CANCELLED), replace(wager, filled_quantity=1)) == [
        Fault.FILLED_MISMATCH
    ]
    assert faults(fill(1, SALE_A, quantity=600, cost=3_599_999, fee=0), sale()) == [Fault.COST_BEYOND_LIMIT]
    assert faults(fill(1, SALE_A, quantity=600, cost=3_720_000, fee=0), sale()) == [Fault.POSITION_TOO_SMALL]
    assert faults(fill(1, SALE_A, quantity=600, cost=3_720_000, fee=3_720_001), sale()) == [
        Fault.TOTAL_OVER_CAP
    ]
    payout = Payout(1, NOW, ACCOUNT_A, MARKET, Side.YES, 123, 1_230_000)
    held = {(A, MARKET, Side.YES): PositionCost(123, 1)}
    assert faults(payout, positions=held) == [Fault.MARKET_NOT_RESOLVED]
    assert faults(payout, yes_values={MARKET: 10_000}) == [Fault.POSITION_TOO_SMALL]
    assert faults(replace(payout, quantity=122), positions=held, yes_values={MARKET: 10_000}) == [
        Fault.PAYOUT_MISMATCH
    ]
    assert faults(replace(payout, amount=1), positions=held, yes_values={MARKET: 10_000}) == [
        Fault.PAYOUT_MISMATCH
    ]
    assert faults(Resolution(1, NOW, MARKET, 0), yes_values={MARKET: 10_000}) == [Fault.RESOLUTION_CHANGED]
    assert faults(Resolution(1, NOW, MARKET, 10_001)) == [Fault.MARKET_NOT_RESOLVED]
    assert faults(Final(1, NOW, WAGER_A, 0), replace(wager, account_id=None)) == [Fault.UNKNOWN_ACCOUNT]
    assert faults(replace(payout, account_id=UUID(int=50)), yes_values={MARKET: 10_000}) == [
        Fault.UNKNOWN_ACCOUNT
    ]
    assert faults(payout, yes_values={MARKET: 10_000}, held={(A, MARKET, Side.YES): 1}) == [
        Fault.POSITION_TOO_SMALL
    ]
    fee = SettlementFee(1, NOW, ACCOUNT_A, MARKET, 1)
    assert faults(fee) == [Fault.MARKET_NOT_RESOLVED]
    assert faults(fee, yes_values={MARKET: 10_000}) == [Fault.PAYOUT_MISMATCH]


def test_a_break_stops_its_account_in_order_and_no_other():
    other = buy(WAGER_B, B, ACCOUNT_B)
    changes = fold(
        (fill(1, quantity=1001), fill(2), fill(3, WAGER_B, ACCOUNT_B), Final(4, NOW, WAGER_A, 723)),
        world(buy(), other),
    )
    assert [found.report.sequence for found in changes.breaks] == [1]
    assert [parked.report.sequence for parked in changes.parked] == [2, 4]
    assert [applied.report.sequence for applied in changes.applied] == [3]


@given(st.lists(st.tuples(st.integers(1, 400), st.integers(1, 6000), st.integers(0, 60_000)), max_size=8))
def test_whatever_fills_arrive_a_wager_never_takes_more_than_its_hold(parts):
    page = tuple(
        fill(sequence, quantity=quantity, cost=quantity * price, fee=fee)
        for sequence, (quantity, price, fee) in enumerate(parts, 1)
    )
    changes = fold(page, world(buy()))
    captured = sum(capture.amount for capture in changes.movement.captures)
    wager = changes.wagers.get(WAGER_A, buy())
    assert captured == wager.filled_cost + wager.filled_fee <= wager.max_total
    assert wager.filled_quantity <= wager.quantity
    assert wager.filled_cost <= wager.limit_price * wager.filled_quantity
    assert balances(changes.movement).get((A, "position", YES), 0) == wager.filled_quantity
