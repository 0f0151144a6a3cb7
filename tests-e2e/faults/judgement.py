"""What must be true after trading, whatever the exchange did meanwhile.

Truth is what stands in the exchange's own memory. It is put beside the orders, fills, holds and reports of
the execution stack, row by row, and then the stack's own checks are asked too.
"""

from collections import Counter
from typing import Final
from uuid import UUID

from execution_stack.exchange.domain import Action
from execution_stack.reports.domain import FillShare, NotPooled
from execution_stack.reports.domain import Final as FinalReport
from faults.desk import Desk, sum_by
from faults.exchange_hand import Hand

SHARED_OUT: Final = {"filled", "partial", "unfilled"}


async def find_faults(desk: Desk, hand: Hand, *, may_be_late: bool) -> list[str]:
    """Return in words everything that is not as it must be. Only some faults let a fill come late."""
    return [
        *await _compare_orders(desk, hand),
        *await _compare_intents(desk),
        *await _look_for_holds(desk),
        *await _compare_books(desk, hand, may_be_late=may_be_late),
    ]


async def _compare_orders(desk: Desk, hand: Hand) -> list[str]:
    """No order twice, none that nobody wanted, and of each exactly its fills."""
    wrong = []
    ours = {row["id"]: row for row in await desk.fetch("SELECT * FROM aggregation_order")}
    theirs = Counter(UUID(order.request.client_order_id) for order in hand.state.orders.values())
    wrong += [f"order {one}: {count} times at the exchange" for one, count in theirs.items() if count != 1]
    wrong += [f"order {one} of the exchange is nobody's" for one in theirs.keys() - ours.keys()]
    for one, row in ours.items():
        if (row["state"] in SHARED_OUT) != (one in theirs):
            wrong.append(f"order {one} is {row['state']}, and at the exchange: {one in theirs}")
    fills = await desk.fetch("SELECT * FROM aggregation_fill")
    known = {str(row["fill_id"]): row["quantity"] for row in fills}
    told = {fill.fill_id: fill.count for fill in hand.state.fills}
    if known != told:
        wrong.append(
            f"fills: {len(known)} known, {len(told)} at the exchange, {known.items() ^ told.items()}"
        )
    shared = sum_by([row for row in fills if not row["is_late"]], "order_id", "quantity")
    for order in hand.state.orders.values():
        wanted = ours.get(UUID(order.request.client_order_id))
        if wanted is None:
            continue
        if order.request.count != wanted["quantity"]:
            wrong.append(f"order {wanted['id']}: {wanted['quantity']} wanted, {order.request.count} sent")
        if shared.get(wanted["id"], 0) != wanted["filled"]:
            wrong.append(f"order {wanted['id']}: {wanted['filled']} shared of {shared.get(wanted['id'], 0)}")
    return wrong


async def _compare_intents(desk: Desk) -> list[str]:
    """Every intent ended once; shares are what ends say, and of each window what its order got."""
    wrong: list[str] = []
    reports = await desk.reports()
    finals = {each.intent_id: each.filled for each in reports if isinstance(each, FinalReport)}
    ends = Counter(each.intent_id for each in reports if isinstance(each, FinalReport | NotPooled))
    wrong += [f"intent {one} ended {ends[one]} times" for one in desk.asked.keys() | ends if ends[one] != 1]
    shares: Counter[UUID] = Counter()
    windows: Counter[UUID] = Counter()
    for each in reports:
        if isinstance(each, FillShare):
            shares[each.intent_id] += each.quantity
            windows[each.window_id] += each.quantity
    for one, intent in desk.asked.items():
        if shares[one] != finals.get(one, 0) or shares[one] > intent.quantity:
            wrong.append(f"intent {one}: {shares[one]} shared, {finals.get(one, 0)} told")
    for row in await desk.fetch("SELECT window_id, coalesce(filled, 0) AS filled FROM aggregation_order"):
        if windows[row["window_id"]] != row["filled"]:
            wrong.append(f"window {row['window_id']}: {windows[row['window_id']]} of {row['filled']}")
    return wrong


async def _look_for_holds(desk: Desk) -> list[str]:
    rows = await desk.fetch("SELECT hold_id, remaining FROM ledger_hold_open")
    return [f"hold {row['hold_id']} of {row['remaining']} never ended" for row in rows]


async def _compare_books(desk: Desk, hand: Hand, *, may_be_late: bool) -> list[str]:
    """The stack's own checks, the sum of all shares, and breaks: one for each late fill, and no other."""
    late = await desk.fetch("SELECT fill_id FROM aggregation_fill WHERE is_late")
    wrong = [f"{each.name}: {each.detail}" for each in await desk.checks() if not each.held]
    if late and not may_be_late:
        wrong.append(f"{len(late)} fills were there in time, and not looked for")
    breaks = await desk.fetch("SELECT kind, subject FROM break_found")
    wrong += [f"break {row['kind']}" for row in breaks if row["kind"] != "late_fill"]
    if {row["subject"] for row in breaks if row["kind"] == "late_fill"} != {row["fill_id"] for row in late}:
        wrong.append(f"{len(late)} fills came late, {len(breaks)} breaks")
    shares = [each for each in await desk.reports() if isinstance(each, FillShare)]
    given = sum(each.quantity if each.action is Action.BUY else -each.quantity for each in shares)
    late_ids = {str(row["fill_id"]) for row in late}
    gross = sum(fill.count for fill in hand.state.fills if fill.fill_id not in late_ids)
    if sum(each.quantity for each in shares) != gross:
        wrong.append(f"{gross} contracts traded in time, {sum(each.quantity for each in shares)} given")
    if given < 0:
        wrong.append(f"more was sold than bought: {given}")
    return wrong
