import random
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.allocation.domain import (
    Allocation,
    Manifest,
    ManifestIntent,
    allocate,
    cost_of,
    read_manifest,
)
from execution_stack.exchange.domain import Action, BookSide, Fill, Side, Ticker
from shared.errors import InvariantViolated

MARKET = UUID("00000000-0000-7000-8000-0000000000aa")
WINDOW = UUID("00000000-0000-7000-8000-0000000000bb")
ORDER = UUID("00000000-0000-4000-8000-0000000000cc")


def identifier(number: int) -> UUID:
    return UUID(int=(7 << 76) | (0b10 << 62) | number)


def manifest(
    *quantities: int, side=Side.YES, action=Action.BUY, limit=5600, max_totals: list[int] | None = None
) -> Manifest:
    caps = max_totals or [quantity * 10_000 for quantity in quantities]
    intents = tuple(
        ManifestIntent(identifier(n), quantity, cap, n)
        for n, (quantity, cap) in enumerate(zip(quantities, caps, strict=True))
    )
    return Manifest(WINDOW, MARKET, side, action, limit, intents)


def fill(number: int, quantity: int, yes_price: int, fee: int = 0) -> Fill:
    return Fill(
        identifier(1_000_000 + number), ORDER, Ticker("KX"), BookSide.BID, yes_price, quantity, fee, True,
        datetime(2026, 11, 20, tzinfo=UTC),
    )  # fmt: skip


def test_the_partial_fill_of_the_money_flows_reference_is_shared_to_the_micro_dollar():
    window = manifest(1000, 400, max_totals=[5_892_480, 2_368_992])
    fills = [fill(1, 400, 5400, 70_000), fill(2, 350, 5500, 65_000), fill(3, 262, 5600, 42_800)]

    shared = allocate(window, fills)

    assert cost_of(fills, Side.YES) == 5_552_200
    assert [(s.quantity, s.cost, s.fee, s.excess) for s in shared.shares] == [
        (723, 3_966_641, 127_025, 0),
        (289, 1_585_559, 50_775, 0),
    ]


def test_a_no_purchase_pays_the_price_of_its_own_side():
    window = manifest(500, side=Side.NO, limit=4800, max_totals=[2_557_360])
    shared = allocate(window, [fill(1, 500, 5300, 90_000)])
    assert (shared.quantity, shared.cost, shared.fee) == (500, 2_350_000, 90_000)


def test_a_sale_receives_its_proceeds_and_pays_its_fee():
    window = manifest(600, action=Action.SELL, limit=6000, max_totals=[0])
    shared = allocate(window, [fill(1, 600, 6200, 100_000)])
    assert (shared.cost, shared.fee, shared.excess) == (3_720_000, 100_000, 0)


def test_fees_above_the_cap_are_the_houses():
    window = manifest(1000, max_totals=[5_600_000])
    shared = allocate(window, [fill(1, 1000, 5500, 250_000)])
    assert (shared.fee, shared.excess) == (100_000, 150_000)


def test_a_sale_near_zero_pays_fees_up_to_proceeds_and_shortfall():
    window = manifest(100, action=Action.SELL, limit=1, max_totals=[50])
    shared = allocate(window, [fill(1, 100, 1, 400)])
    assert (shared.cost, shared.fee, shared.excess) == (100, 150, 250)


def test_an_unfilled_order_gives_everybody_nothing():
    assert allocate(manifest(3, 4), []) == Allocation(
        tuple(type(s)(s.intent_id, 0, 0, 0, 0) for s in allocate(manifest(3, 4), []).shares)
    )


@pytest.mark.parametrize(
    "fills",
    [
        [fill(1, 8, 5000)],
        [fill(1, 1, 5000), fill(1, 1, 5000)],
        [fill(1, 1, 5601)],
        [fill(1, 1, 5000, -1)],
    ],
    ids=["more than ordered", "the same fill twice", "beyond the limit", "negative fee"],
)
def test_what_an_exchange_never_does_is_not_allocated(fills):
    with pytest.raises(InvariantViolated):
        allocate(manifest(3, 4), fills)


def test_a_sale_is_never_filled_below_its_limit():
    with pytest.raises(InvariantViolated):
        allocate(manifest(10, action=Action.SELL, limit=6000), [fill(1, 1, 5999)])


@st.composite
def cases(draw) -> tuple[Manifest, list[Fill]]:
    quantities = draw(st.lists(st.integers(1, 5_000), min_size=1, max_size=12))
    side, action = draw(st.sampled_from(Side)), draw(st.sampled_from(Action))
    limit = draw(st.integers(1, 9_999))
    window = manifest(*quantities, side=side, action=action, limit=limit)
    left = draw(st.integers(0, sum(quantities)))
    fills = []
    while left:
        part = draw(st.integers(1, left)) if len(fills) < 5 else left
        worst, best = (0, limit) if action is Action.BUY else (limit, 10_000)
        own_price = draw(st.integers(worst, best))
        yes_price = own_price if side is Side.YES else 10_000 - own_price
        fills.append(fill(len(fills), part, yes_price, draw(st.integers(0, 500_000))))
        left -= part
    return window, fills


@given(cases())
def test_everything_is_shared_exactly_once(case):
    window, fills = case
    shared = allocate(window, fills)
    assert shared.quantity == sum(f.quantity for f in fills)
    assert shared.cost == cost_of(fills, window.side)
    assert shared.fee + shared.excess == sum(f.fee for f in fills)


@given(cases())
def test_nobody_gets_more_than_asked_nor_one_unit_off_the_exact_share(case):
    window, fills = case
    filled = sum(f.quantity for f in fills)
    for intent, share in zip(window.intents, allocate(window, fills).shares, strict=True):
        exact = Fraction(filled * intent.quantity, window.quantity)
        assert 0 <= share.quantity <= intent.quantity
        assert abs(share.quantity - exact) < 1


@given(cases())
def test_nobody_pays_beyond_the_limit_or_the_cap(case):
    window, fills = case
    for intent, share in zip(window.intents, allocate(window, fills).shares, strict=True):
        if window.action is Action.BUY:
            assert share.cost <= window.limit_price * share.quantity
            assert share.cost + share.fee <= intent.max_total
        else:
            assert share.cost >= window.limit_price * share.quantity
            assert share.fee - share.cost <= intent.max_total


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_of_the_fills_does_not_matter(case, shuffle: random.Random):
    window, fills = case
    mixed = list(fills)
    shuffle.shuffle(mixed)
    assert allocate(window, mixed) == allocate(window, fills)


@given(cases())
def test_anyone_can_replay_it_from_the_stored_manifest(case):
    window, fills = case
    stored = window.canonical()
    again = read_manifest(stored)
    assert again == window
    assert again.digest() == window.digest()
    assert allocate(again, fills) == allocate(window, fills)


@given(st.integers(2, 9), st.integers(1, 500), st.data())
def test_equal_requests_differ_by_one_unit_at_most_and_the_earlier_gets_it(people, quantity, data):
    window = manifest(*[quantity] * people)
    filled = data.draw(st.integers(0, quantity * people))
    got = [s.quantity for s in allocate(window, [fill(1, filled, 5000)] if filled else []).shares]
    assert max(got) - min(got) <= 1
    assert got == sorted(got, reverse=True)


def test_the_digest_changes_with_everything_that_decides_the_shares():
    first = manifest(3, 4)
    others = [
        manifest(4, 3),
        manifest(3, 4, limit=5500),
        manifest(3, 4, side=Side.NO),
        manifest(3, 4, action=Action.SELL),
        manifest(3, 4, max_totals=[1, 2]),
    ]
    assert len({m.digest() for m in [first, *others]}) == 6


def test_the_canonical_form_is_pinned():
    assert manifest(3).canonical() == (
        b'{"action":"buy","algorithm":"hamilton-1","intents":'
        b'[["00000000-0000-7000-8000-000000000000",3,30000,0]],"limit_price":5600,'
        b'"market":"00000000-0000-7000-8000-0000000000aa","side":"yes",'
        b'"tie_break":"earlier-arrival","window":"00000000-0000-7000-8000-0000000000bb"}'
    )


def test_intents_out_of_order_are_not_a_manifest():
    intents = tuple(ManifestIntent(identifier(n), 1, 1, n) for n in (2, 1))
    with pytest.raises(InvariantViolated):
        Manifest(WINDOW, MARKET, Side.YES, Action.BUY, 5000, intents)
