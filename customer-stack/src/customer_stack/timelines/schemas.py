"""Wire shapes of timelines."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, Self
from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.gate.schemas import DecisionLine, show_line
from customer_stack.ledger.staff_schemas import TransferAnswer, show_transfer
from customer_stack.timelines.domain import DayCount, Moment, total
from customer_stack.timelines.service import LifeCycle
from customer_stack.wagers.domain.views import CourseLine, WagerCourse
from shared.money import CONTRACT_SCALE, PRICE_SCALE, USD_SCALE, format_minor


class MomentAnswer(Answer):
    """One record of the audit. `record` names it, for a proof of its inclusion."""

    record: str
    at: datetime
    kind: str
    actor: str
    data: dict[str, Any]

    @classmethod
    def of(cls, moment: Moment) -> Self:
        """Return the wire shape of a moment."""
        return cls(
            record=str(moment.record),
            at=moment.at,
            kind=moment.kind,
            actor=moment.actor,
            data=moment.data,
        )


class MomentPage(Answer):
    """One page of a timeline, newest first."""

    items: list[MomentAnswer]
    next_cursor: str | None

    @classmethod
    def of(cls, found: Sequence[Moment], limit: int) -> Self:
        """Return a page out of up to one moment more than it holds."""
        items = [MomentAnswer.of(each) for each in found[:limit]]
        return cls(items=items, next_cursor=items[-1].record if len(found) > limit else None)


class CourseLineAnswer(Answer):
    """What execution reported: the window that pooled it, its manifest, contracts and dollars."""

    sequence: int
    kind: str
    recorded_at: datetime
    received_at: datetime
    applied_at: datetime | None
    window_id: UUID | None
    manifest: str | None
    quantity: str
    cost: str
    fee: str
    amount: str

    @classmethod
    def of(cls, line: CourseLine) -> Self:
        """Return the wire shape of a report."""
        return cls(
            sequence=line.sequence,
            kind=line.kind,
            recorded_at=line.recorded_at,
            received_at=line.received_at,
            applied_at=line.applied_at,
            window_id=line.window_id,
            manifest=None if line.manifest is None else line.manifest.hex(),
            quantity=format_minor(line.quantity, CONTRACT_SCALE),
            cost=format_minor(line.cost, USD_SCALE),
            fee=format_minor(line.fee, USD_SCALE),
            amount=format_minor(line.amount, USD_SCALE),
        )


class CourseAnswer(Answer):
    """A wager as it stands, and what execution reported of it by window.

    `execution-stack replay` shows a window's manifest, order, fills and allocation.
    """

    customer_id: UUID
    account_id: UUID | None
    market_id: UUID
    side: str
    action: str
    state: str
    quantity: str
    limit_price: str
    max_total: str
    placed_at: datetime
    reports: list[CourseLineAnswer]

    @classmethod
    def of(cls, course: WagerCourse) -> Self:
        """Return the wire shape of a wager's course."""
        wager = course.view.wager
        return cls(
            customer_id=wager.customer_id,
            account_id=wager.account_id,
            market_id=wager.market_id,
            side=wager.side.value,
            action=wager.action.value,
            state=wager.state.value,
            quantity=format_minor(wager.quantity, CONTRACT_SCALE),
            limit_price=format_minor(wager.limit_price, PRICE_SCALE),
            max_total=format_minor(wager.max_total, USD_SCALE),
            placed_at=wager.placed_at,
            reports=[CourseLineAnswer.of(each) for each in course.reports],
        )


class LifeCycleAnswer(Answer):
    """One wager, or another movement of money, from the request to the settlement of its period.

    The gate's decisions, the wager's course with execution's reports, the transfers with their entries, the
    settlement that covers the last report, and the moments of the audit.
    """

    decisions: list[DecisionLine]
    wager: CourseAnswer | None
    transfers: list[TransferAnswer]
    settlement_id: UUID | None
    moments: list[MomentAnswer]

    @classmethod
    def of(cls, found: LifeCycle) -> Self:
        """Return the wire shape of a life cycle."""
        return cls(
            decisions=[show_line(each) for each in found.decisions],
            wager=None if found.course is None else CourseAnswer.of(found.course),
            transfers=[show_transfer(each, found.assets) for each in found.transfers],
            settlement_id=found.settlement_id,
            moments=[MomentAnswer.of(each) for each in found.moments],
        )


class DayCountAnswer(Answer):
    """How often a kind of act was recorded on a day in Colombo."""

    day: date
    kind: str
    records: int


class ComplianceReportAnswer(Answer):
    """What compliance did within a span of days: sums by kind, and days. Each number counts audit records."""

    first_day: date
    last_day: date
    totals: dict[str, int]
    days: list[DayCountAnswer]

    @classmethod
    def of(cls, first: date, last: date, counts: Sequence[DayCount]) -> Self:
        """Return the wire shape of a report."""
        days = [DayCountAnswer(day=each.day, kind=each.kind, records=each.records) for each in counts]
        return cls(first_day=first, last_day=last, totals=total(counts), days=days)
