from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from execution_stack.aggregation.domain import RecordedFill, RecordedOrder
from execution_stack.breaks.domain import Kind
from execution_stack.exchange.domain import BookSide, Fill, Order, OrderStatus, Ticker
from execution_stack.reconciliation.trading import Span, compare, list_nameless

NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
SPAN = Span(NOW - timedelta(hours=1), NOW)
AT = NOW - timedelta(minutes=10)
OURS = RecordedOrder(uuid4(), uuid4(), uuid4(), AT, 300, was_sent_once=True)
THEIRS = Order(
    OURS.exchange_order_id, OURS.order_id, Ticker("KX-1"), BookSide.BID, OrderStatus.CANCELED, 300, 0, AT
)  # fmt: skip
FILL = Fill(uuid4(), THEIRS.order_id, THEIRS.ticker, THEIRS.book_side, 5400, 300, 700, True, AT)
RECORDED = RecordedFill(FILL.fill_id, OURS.order_id, 300, 5400, 700, AT)


def found(ours=(OURS,), recorded=(RECORDED,), theirs=(THEIRS,), fills=(FILL,)):
    findings = compare(SPAN, (ours, recorded), (theirs, fills))
    return [(each.kind, each.subject, each.expected, each.found) for each in findings.breaks]


def late(**lists):
    given = {"ours": (OURS,), "recorded": (RECORDED,), "theirs": (THEIRS,), "fills": (FILL,)} | lists
    return compare(SPAN, (given["ours"], given["recorded"]), (given["theirs"], given["fills"])).late


def test_what_is_the_same_is_no_difference():
    assert found() == []
    assert late() == {}


@pytest.mark.parametrize(
    ("lists", "expected"),
    [
        ({"theirs": ()}, (Kind.ORDER_MISSING, OURS.order_id, 300, 0)),
        ({"ours": (), "fills": (), "recorded": ()}, (Kind.ORDER_UNKNOWN, THEIRS.order_id, 0, 300)),
        ({"theirs": (replace(THEIRS, filled=301),)}, (Kind.ORDER_DIFFERS, OURS.order_id, 300, 301)),
        (
            {"theirs": (replace(THEIRS, status=OrderStatus.RESTING),)},
            (Kind.ORDER_DIFFERS, OURS.order_id, 300, 300),
        ),
        ({"fills": ()}, (Kind.FILL_MISSING, FILL.fill_id, 300, 0)),
        (
            {"fills": (FILL, replace(FILL, fill_id=OURS.order_id, order_id=OURS.market_id))},
            (Kind.FILL_UNKNOWN, OURS.order_id, 0, 300),
        ),
        (
            {"fills": (replace(FILL, fee=701),)},
            (Kind.FILL_DIFFERS, FILL.fill_id, 300 * 5400 + 700, 300 * 5400 + 701),
        ),
    ],
    ids=lambda value: value[0].value if isinstance(value, tuple) else "",
)
def test_every_difference_has_its_kind(lists, expected):
    assert found(**lists) == [expected]


def test_a_fill_of_an_ended_order_that_we_do_not_have_is_late_and_explains_the_orders_count():
    more = replace(FILL, fill_id=uuid4(), quantity=50)
    theirs = (replace(THEIRS, filled=350),)
    assert late(theirs=theirs, fills=(FILL, more)) == {OURS.order_id: (more,)}
    assert found(theirs=theirs, fills=(FILL, more)) == []


def test_an_order_in_flight_is_left_alone():
    ours = (replace(OURS, filled=None, was_sent_once=True),)
    assert found(ours=ours, recorded=()) == []
    assert late(ours=ours, recorded=()) == {}
    assert found(ours=ours, recorded=(), theirs=(), fills=()) == []


@pytest.mark.parametrize("change", [{"was_sent_once": False}, {"sent_at": NOW}], ids=str)
def test_only_an_order_that_was_surely_made_in_the_time_can_be_missing(change):
    assert found(ours=(replace(OURS, **change),), recorded=(), theirs=(), fills=()) == []


def test_an_order_that_only_our_id_names_is_ours():
    ours = (replace(OURS, exchange_order_id=None, filled=0, was_sent_once=False),)
    assert late(ours=ours, recorded=()) == {OURS.order_id: (FILL,)}


def test_what_lies_beyond_the_span_is_judged_in_its_own():
    for at in (SPAN.since - timedelta(seconds=1), SPAN.until):
        theirs, fill = replace(THEIRS, created_at=at), replace(FILL, created_at=at)
        assert found(ours=(), recorded=(), theirs=(theirs,), fills=(fill,)) == []
    theirs, fill = replace(THEIRS, created_at=None), replace(FILL, created_at=None)
    assert len(found(ours=(), recorded=(), theirs=(theirs,), fills=(fill,))) == 2


def test_an_order_that_neither_list_nor_record_names_is_nameless():
    unsaid = replace(OURS, exchange_order_id=None)
    assert list_nameless((unsaid,), ((), (FILL, FILL))) == [FILL.order_id]
    assert list_nameless((OURS,), ((), (FILL,))) == []
    assert list_nameless((unsaid,), ((THEIRS,), (FILL,))) == []
    assert list_nameless((), ((THEIRS,), (FILL,))) == []
