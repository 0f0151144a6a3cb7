"""What AML sees of wagers after they were placed: sales, winnings, and what is taken back. Pure.

A wager is one event with all that it can cost, counted when it is placed. What it did not use is taken out of
where it was counted when it ends; what the exchange takes back of it, when that is reported. Sales and
payouts are events of their own, under ids that follow from their reports, so that none counts twice.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.events import Reversal as Taken
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.boundary_client.domain import Action, FillShare, Payout, Reversal, Side
from customer_stack.wagers.domain.page import Applied, Owner
from customer_stack.wagers.domain.reports import Wager
from shared.ids import uuid_from_name

_NAMED: Final = "aml"


def came_in(applied: Iterable[Applied], at: datetime) -> list[tuple[Event, int]]:
    """Return sales and winnings of a page as events without an amount, with their micro-dollars."""
    found = []
    for each in applied:
        report, wager, owner = each.report, each.wager, each.owner
        if owner is None:
            continue
        if isinstance(report, FillShare) and wager is not None and wager.action is Action.SELL:
            event = _event(owner, report.sequence, EventKind.WAGER_SALE, wager.market_id, wager.side, at)
            found.append((event, report.cost))
        elif isinstance(report, Payout) and report.amount:
            event = _event(owner, report.sequence, EventKind.WINNINGS, report.market_id, report.side, at)
            found.append((event, report.amount))
    return found


def taken_back(applied: Iterable[Applied], at: datetime) -> list[Taken]:
    """Return what a page's reversals take out of what was counted: of a buy a part, of what came in, all."""
    found = []
    for each in applied:
        report, wager, owner = each.report, each.wager, each.owner
        if not isinstance(report, Reversal) or owner is None or report.side is None:
            continue
        own = event_id(owner.customer_id, report.sequence)
        if wager is not None and wager.action is Action.BUY:
            share = (report.amount + report.fee, wager.max_total)
            found.append(Taken(own, wager.id, at, share=share))
        elif report.amount or (wager is not None):
            found.append(Taken(own, event_id(owner.customer_id, report.reverses), at))
    return found


def unused(wagers: Iterable[Wager], at: datetime) -> list[Taken]:
    """Return what wagers that have ended did not use of what they were counted with."""
    return [
        Taken(
            uuid_from_name(wager.id, f"{_NAMED}:unused"),
            wager.id,
            at,
            share=None if wager.unused == wager.max_total else (wager.unused, wager.max_total),
        )
        for wager in wagers
        if wager.action is Action.BUY and wager.unused
    ]


def event_id(customer_id: UUID, sequence: int) -> UUID:
    """Return the id under which AML knows what a report moved for a customer."""
    return uuid_from_name(customer_id, f"{_NAMED}:{sequence}")


def _event(owner: Owner, sequence: int, kind: EventKind, market_id: UUID, side: Side, at: datetime) -> Event:
    return Event(
        event_id(owner.customer_id, sequence),
        owner.tenant_id,
        owner.customer_id,
        kind,
        Product.MARKET,
        0,
        at,
        market_id=market_id,
        side=side.value,
    )
