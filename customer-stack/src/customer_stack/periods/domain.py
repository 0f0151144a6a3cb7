"""What a close keeps and recognises. Pure."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.periods.errors import PeriodNotOver, PeriodOutOfOrder
from shared.ledger.domain import LKR, Movement, Posting, Transfer

GRACE: Final = timedelta(minutes=5)
"""How long after its end a period can be closed at the earliest: longer than any transaction may last."""

TICK: Final = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Span:
    """The period that is next to close: `starts_at` counts to it, `ends_at` does not."""

    number: int
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class AccountLine:
    """One account over all books of a kind: what moved in the period, and what stood at its end."""

    asset: int
    book_kind: str
    account: str
    moved: int
    closing: int


@dataclass(frozen=True, slots=True)
class DeskProfit:
    """A department's profit up to the period's end and its till, LKR cents."""

    department_id: UUID
    profit: int
    recognised: int
    till_available: int

    @property
    def recognisable(self) -> int:
        """Return what the close turns into revenue: a loss is carried, and so is what the till lacks."""
        return max(0, min(self.profit - self.recognised, self.till_available))


@dataclass(frozen=True, slots=True)
class Report:
    """What a close of `span` keeps: accounts before recognition, and profits by department."""

    span: Span
    lines: tuple[AccountLine, ...]
    desks: tuple[DeskProfit, ...]

    @property
    def digest(self) -> bytes:
        """Return what an approval approves: SHA-256 of the report in one fixed form."""
        document = {
            "number": self.span.number,
            "starts_at": self.span.starts_at.isoformat(),
            "ends_at": self.span.ends_at.isoformat(),
            "lines": [
                [line.asset, line.book_kind, line.account, line.moved, line.closing] for line in self.lines
            ],
            "desks": [
                [str(desk.department_id), desk.profit, desk.recognised, desk.recognisable]
                for desk in self.desks
            ],
        }
        return hashlib.sha256(json.dumps(document, separators=(",", ":")).encode()).digest()


@dataclass(frozen=True, slots=True)
class Proposal:
    """A report that somebody asks to close."""

    id: UUID
    tenant_id: UUID
    span: Span
    proposed_by: UUID
    proposed_at: datetime
    digest: bytes


@dataclass(frozen=True, slots=True)
class Closed:
    """A closed period."""

    span: Span
    proposed_by: UUID
    closed_by: UUID
    closed_at: datetime


def next_span(last: Span | None, first_entry_at: datetime | None, ends_at: datetime, now: datetime) -> Span:
    """Return the period that ends at `ends_at` and begins where the last one ended.

    The first one begins with the first entry. Raises PeriodOutOfOrder, PeriodNotOver.
    """
    if ends_at > now - GRACE:
        raise PeriodNotOver(
            "A period is closed five minutes after its end at the earliest. Choose an earlier end."
        )
    starts_at = last.ends_at if last is not None else first_entry_at
    if starts_at is None or ends_at <= starts_at:
        raise PeriodOutOfOrder(
            "Nothing lies between the end of the last closed period and this end. Choose a later one."
        )
    return Span(1 if last is None else last.number + 1, starts_at, ends_at)


def build_recognition(
    tenant_id: UUID, span: Span, desks: Sequence[DeskProfit], movement_id: UUID, transfer_ids: Sequence[UUID]
) -> Movement:
    """Turn profit into revenue, at the last moment of the period: `till` -p; `fx revenue` +p."""
    earning = [desk for desk in desks if desk.recognisable > 0]
    return Movement(
        transfers=tuple(
            Transfer(
                id=transfer_id,
                movement_id=movement_id,
                tenant_id=tenant_id,
                book_id=desk.department_id,
                kind=TransferKind.REVENUE_RECOGNITION,
                effective_at=span.ends_at - TICK,
                postings=(
                    Posting(LKR, Account.TILL, Account.FX_REVENUE, desk.recognisable, Action.RECOGNITION),
                ),
            )
            for desk, transfer_id in zip(earning, transfer_ids, strict=True)
        )
    )
