import hashlib
import random
from datetime import UTC, datetime
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from execution_stack.aggregation.domain import Screened, commit_window
from execution_stack.allocation.domain import (
    Allocation,
    Manifest,
    ManifestIntent,
    allocate,
    cost_of,
    read_manifest,
)
from execution_stack.allocation.form import are_distinct, ids_in_bytes
from execution_stack.exchange.domain import Action, BookSide, Fill, Side, Ticker
from execution_stack.intents.domain import OpenIntent, OpenIntents, PooledGroup
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
    return Manifest.of(WINDOW, MARKET, side, action, limit, intents)


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
    window, nothing = manifest(3, 4), (0, 0)
    assert allocate(window, []) == Allocation(window.intent_ids, nothing, nothing, nothing, nothing)


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
    assert manifest(3, 258).canonical() == (
        b'{"action":"buy","algorithm":"hamilton-2","intents":2,"limit_price":5600,'
        b'"market":"00000000-0000-7000-8000-0000000000aa","side":"yes",'
        b'"tie_break":"earlier-arrival","window":"00000000-0000-7000-8000-0000000000bb"}\n'
    ) + bytes.fromhex(
        "00000000000070008000000000000000"
        "00000000000070008000000000000001"
        "00000000000000030000000000000102"
        "00000000000075300000000000275e20"
        "00000000000000000000000000000001"
    )


FIRST_FORM = (
    b'{"action":"buy","algorithm":"hamilton-1","intents":'
    b'[["00000000-0000-7000-8000-000000000000",3,30000,0],["00000000-0000-7000-8000-000000000001",4,40000,1]],'
    b'"limit_price":5600,"market":"00000000-0000-7000-8000-0000000000aa","side":"yes",'
    b'"tie_break":"earlier-arrival","window":"00000000-0000-7000-8000-0000000000bb"}'
)


def test_a_manifest_of_the_first_algorithm_is_read_and_replayed_as_it_was():
    fills = [fill(1, 5, 5400, 99)]
    first, current = read_manifest(FIRST_FORM), manifest(3, 4)
    assert first.canonical() == FIRST_FORM
    assert first.digest() == hashlib.sha256(FIRST_FORM).digest() != current.digest()
    assert first.intents == current.intents
    assert allocate(first, fills) == allocate(current, fills) == slowly(current, fills)


@pytest.mark.parametrize(
    "content",
    [
        manifest(3, 4).canonical() + b"\0",
        manifest(3, 4).canonical()[:-1],
        manifest(3, 4).canonical().replace(b'"intents":2', b'"intents":1'),
        manifest(3, 4).canonical().replace(b'"intents":2', b'"intents": 2'),
        manifest(3, 4).canonical().replace(b"hamilton-2", b"hamilton-1"),
        FIRST_FORM.replace(b"hamilton-1", b"hamilton-2"),
        FIRST_FORM.replace(b",3,", b", 3,"),
        FIRST_FORM.replace(b"hamilton-1", b"hamilton-3"),
    ],
    ids=["longer", "shorter", "other count", "a space", "columns called rows", "rows called columns",
         "rows with a space", "unknown algorithm"],
)  # fmt: skip
def test_what_does_not_write_itself_the_same_again_is_not_a_manifest(content):
    with pytest.raises(InvariantViolated):
        read_manifest(content)


def slowly(window: Manifest, fills: list[Fill]) -> Allocation:
    """Allocate as one would explain it: exact fractions, and a sort by remainder and arrival."""

    def shared(total: int, weights: list[int]) -> list[int]:
        if not sum(weights):
            return [0] * len(weights)
        exact = [Fraction(total * weight, sum(weights)) for weight in weights]
        got = [int(share) for share in exact]
        most_left = sorted(range(len(got)), key=lambda place: (got[place] - exact[place], place))
        for place in most_left[: total - sum(got)]:
            got[place] += 1
        return got

    quantities = shared(sum(f.quantity for f in fills), list(window.quantities))
    costs = shared(cost_of(fills, window.side), quantities)
    fees = shared(sum(f.fee for f in fills), quantities)
    sign = -1 if window.action is Action.BUY else 1
    charged = [
        min(fee, cap + sign * cost) for fee, cap, cost in zip(fees, window.max_totals, costs, strict=True)
    ]
    excesses = [fee - paid for fee, paid in zip(fees, charged, strict=True)]
    columns = (tuple(each) for each in (quantities, costs, charged, excesses))
    return Allocation(window.intent_ids, *columns)


@given(cases())
def test_it_is_what_the_slow_and_obvious_way_gives(case):
    window, fills = case
    assert allocate(window, fills) == slowly(window, fills)


@given(cases(), st.randoms(use_true_random=False))
def test_the_order_in_which_intents_are_handed_in_does_not_matter(case, shuffle: random.Random):
    window, fills = case
    waiting = [
        OpenIntent(each.intent_id, MARKET, WINDOW, each.quantity, each.max_total, each.arrival)
        for each in window.intents
    ]
    shuffle.shuffle(waiting)
    group = PooledGroup(MARKET, window.side, window.action, window.limit_price, OpenIntents.of(waiting))
    again = commit_window(WINDOW, Screened(group, group.intents, ()))
    assert again == window
    assert allocate(again, fills) == allocate(window, fills)


def test_intents_out_of_order_are_not_a_manifest():
    intents = tuple(ManifestIntent(identifier(n), 1, 1, n) for n in (2, 1))
    with pytest.raises(InvariantViolated):
        Manifest.of(WINDOW, MARKET, Side.YES, Action.BUY, 5000, intents)


HALVES = st.integers(0, 3)


@given(st.lists(st.tuples(HALVES, HALVES), min_size=1, max_size=8))
def test_ids_are_distinct_when_a_set_says_so_also_when_halves_are_shared(halves):
    ids = [UUID(int=(first << 64) + last) for first, last in halves]
    assert are_distinct(ids_in_bytes(ids)) == (len(set(ids)) == len(ids))


@given(st.integers(1, 3))
def test_many_ids_are_written_in_their_order(blocks):
    ids = [UUID(int=number) for number in range(blocks * 8_192 + 1)]
    assert ids_in_bytes(ids) == b"".join(each.bytes for each in ids)
