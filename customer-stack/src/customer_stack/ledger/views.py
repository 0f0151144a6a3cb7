"""What is seen of the ledger, as frozen values: standings, legs, movements, deals at a moment. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.ledger.domain import DealState, Item, ItemState, TransferSource


class Moment(StrEnum):
    """What a moment in the past means: when it was so for the business, or when it was recorded."""

    BUSINESS = "business"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Asset:
    """A currency, or one side of a market."""

    id: int
    currency: str | None
    market_id: UUID | None
    side: str | None


@dataclass(frozen=True, slots=True)
class AccountStanding:
    """What stands on an account; `version` is its number of entries, None where they are not numbered."""

    account: str
    asset_id: int
    posted: int
    held: int
    version: int | None


@dataclass(frozen=True, slots=True)
class LegView:
    """One change of an account without a floor: such accounts have no running balance."""

    transfer_id: UUID
    movement_id: UUID
    kind: str
    action: str
    effective_at: datetime
    recorded_at: datetime
    cost: int | None
    profit: int | None
    amount: int


@dataclass(frozen=True, slots=True)
class PostingView:
    """Both legs of one asset in a transfer."""

    asset_id: int
    source: str
    target: str
    amount: int
    action: str
    cost: int | None
    profit: int | None


@dataclass(frozen=True, slots=True)
class LifecycleMark:
    """A state that a transfer reached. The database knows no actor for what it recorded itself."""

    state: DealState
    at: datetime
    actor: str | None


@dataclass(frozen=True, slots=True)
class TransferView:
    """A transfer with everything that belongs to it."""

    book_id: UUID
    id: UUID
    kind: str
    effective_at: datetime
    recorded_at: datetime
    reverses: UUID | None
    corrects: UUID | None
    reversed_by: UUID | None
    source: TransferSource | None
    postings: tuple[PostingView, ...]
    lifecycle: tuple[LifecycleMark, ...]


@dataclass(frozen=True, slots=True)
class DealMark:
    """A state of a deal: when it was reached, when that was recorded, by whom, with which movement."""

    book_id: UUID
    step: int
    state: DealState
    at: datetime
    recorded_at: datetime
    actor: str
    movement_id: UUID | None


@dataclass(frozen=True, slots=True)
class DealView:
    """A deal: its states, and all versions of its parameters."""

    deal_id: UUID
    marks: tuple[DealMark, ...]
    items: tuple[Item, ...]

    def at(self, moment: datetime) -> "DealView":
        """Return the deal as it was known at a moment: later states and versions are left out."""
        return DealView(
            self.deal_id,
            tuple(mark for mark in self.marks if mark.recorded_at <= moment),
            tuple(item for item in self.items if item.state_at(moment) is not None),
        )

    def standing(self, moment: datetime | None = None) -> Item | None:
        """Return the version that stood at a moment, or that stands now."""
        for item in self.items:
            state = item.state if moment is None else item.state_at(moment)
            if state is ItemState.ACTIVE:
                return item
        return None

    @property
    def books(self) -> set[UUID]:
        """Return the books in which the deal lies."""
        return {mark.book_id for mark in self.marks} | {item.book_id for item in self.items}


def latest_state(marks: Sequence[DealMark]) -> DealState | None:
    """Return the state in which a deal stands; None before it has one."""
    return marks[-1].state if marks else None
