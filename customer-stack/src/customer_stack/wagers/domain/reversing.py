"""Taking back what an earlier report told: is it ours to take, and what it posts. Pure.

A reversal names a report. It takes effect only if we applied that report, for the same account and market,
with the same numbers, and nobody took it back before. What it posts is the exact mirror of what that report
posted; what the wallet lacks for it is advanced first, as a debt, so that no wallet falls below its floor.

Positions follow from the moves that stand, in their order. So one that comes back has the cost it had, to
the micro-dollar.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final
from uuid import UUID

from customer_stack.boundary_client.domain import (
    Basis,
    FillShare,
    Payout,
    Report,
    Reversal,
    SettlementFee,
    Side,
)
from customer_stack.ledger.domain import Account, TransferKind, mirror
from customer_stack.markets.domain import MarketOutcome
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.flows import Place, build_debt_cover
from customer_stack.wagers.domain.recompute import Moved, replay
from customer_stack.wagers.domain.reports import Fault, Wager
from shared.ids import uuid_from_name
from shared.ledger.domain import USD, Movement, Transfer

PARTS: Final = ("fill", "sale", "fee", "payout", "loss", "settlement fee", "settlement fee owed")
"""Every part of a report's movement that can be taken back."""
_FEES: Final = frozenset({TransferKind.WAGER_FEE})


@dataclass(frozen=True, slots=True)
class Told:
    """A report of ours that a reversal names. `transfers` are empty until it has taken effect."""

    report: Report
    is_applied: bool = False
    is_reversed: bool = False
    transfers: tuple[Transfer, ...] = ()


@dataclass(slots=True)
class History:
    """What a page's reversals refer to; it moves along with the fold."""

    told: dict[int, Told] = field(default_factory=dict)
    moves: dict[tuple[UUID, UUID, str], list[tuple[int, Moved]]] = field(default_factory=dict)
    """Of positions that reversals touch: (customer, market, side) -> moves that stand, by sequence."""

    def note(self, report: Report, movement: Movement) -> None:
        """Remember what a report of this page posted, if a later one takes it back."""
        known = self.told.get(report.sequence)
        if known is not None:
            self.told[report.sequence] = replace(
                known, is_applied=True, transfers=parts_of(movement.transfers)
            )

    def move(self, key: tuple[UUID, UUID, str], sequence: int, moved: Moved) -> None:
        """Remember a move of a position that reversals touch."""
        if key in self.moves:
            self.moves[key].append((sequence, moved))

    def undo(self, sequence: int) -> None:
        """Remember that a report was taken back."""
        self.told[sequence] = replace(self.told[sequence], is_reversed=True)

    def without(self, key: tuple[UUID, UUID, str], sequence: int) -> PositionCost | None:
        """Return a position as the moves without one leave it; None when they cannot stand without it."""
        left = [(number, moved) for number, moved in self.moves.get(key, []) if number != sequence]
        position: PositionCost | None = PositionCost()
        for _, moved in left:
            position = replay(position, moved)
        if position is not None:
            self.moves[key] = left
        return position


def parts_of(transfers: Iterable[Transfer]) -> tuple[Transfer, ...]:
    """Return those of a report's transfers that its reversal mirrors: not what was cleared beside them."""
    return tuple(
        transfer
        for transfer in transfers
        if transfer.kind not in (TransferKind.DEBT_COVER, TransferKind.DEBT_CLEARANCE)
    )


def transfer_ids(customer_id: UUID, sequence: int) -> list[UUID]:
    """Return every id that a transfer of a report can have that can be taken back."""
    movement_id = uuid_from_name(customer_id, f"report:{sequence}")
    return [uuid_from_name(movement_id, part) for part in PARTS]


def check_reversal(
    report: Reversal, told: Told | None, wager: Wager | None, outcome: MarketOutcome | None
) -> Fault | None:
    """Compare a reversal with the report that it names; `wager` is that of a fill."""
    if told is None or not told.is_applied:
        return Fault.UNKNOWN_REPORT
    if told.is_reversed:
        return Fault.REVERSED_BEFORE
    before = told.report
    if not isinstance(before, FillShare | Payout | SettlementFee):
        return Fault.REVERSAL_MISMATCH
    if (report.account_id, report.market_id) != (before.account_id, before.market_id):
        return Fault.ACCOUNT_MISMATCH
    is_cancelled = outcome is not None and outcome.basis is Basis.CANCELLED_TRADES
    if isinstance(before, FillShare) and not is_cancelled:
        return Fault.MARKET_NOT_RESOLVED
    numbers = (report.side, report.quantity, report.amount, report.fee)
    return None if numbers in _numbers(before, wager) else Fault.REVERSAL_MISMATCH


def _numbers(
    before: FillShare | Payout | SettlementFee, wager: Wager | None
) -> list[tuple[Side | None, int, int, int]]:
    """Return the side, contracts, amount and fee by which a report may be taken back."""
    match before:
        case FillShare():
            side = wager.side if wager else None
            return [(side, before.quantity, before.cost, fee) for fee in (0, before.fee)]
        case Payout():
            return [(before.side, before.quantity, before.amount, 0)]
        case SettlementFee():
            return [(None, 0, 0, before.amount)]


def build_reversal(place: Place, report: Reversal, told: Told, available: int) -> tuple[Movement, int]:
    """Return the mirror with what has to be advanced for it, and by how much the wallet's funds change."""
    kept = _FEES if isinstance(told.report, FillShare) and not report.fee else frozenset()
    undone = [transfer for transfer in told.transfers if transfer.kind not in kept]
    mirrored = mirror(undone, movement_id=place.movement_id, now=place.at, ids=_Named(place))
    change = _change(mirrored.transfers, Account.WALLET)
    lacking = max(0, -change - max(available, 0))
    cover = build_debt_cover(place, lacking) if lacking else Movement()
    return cover + mirrored, change + lacking


def apply_reversal(report: Reversal, wager: Wager) -> Wager:
    """Return the wager after one of its fills was taken back. Its end stays what it was."""
    return replace(
        wager,
        reversed_quantity=wager.reversed_quantity + report.quantity,
        reversed_cost=wager.reversed_cost + report.amount,
        reversed_fee=wager.reversed_fee + report.fee,
    )


def debt_change(transfers: Sequence[Transfer]) -> int:
    """Return by how much transfers raise what the customer owes, in micro-dollars."""
    return -_change(transfers, Account.DEBT)


def _change(transfers: Sequence[Transfer], of: Account) -> int:
    return sum(
        amount
        for transfer in transfers
        for posting in transfer.postings
        if posting.asset == USD
        for account, amount in ((posting.source, -posting.amount), (posting.target, posting.amount))
        if account == of
    )


@dataclass(slots=True)
class _Named:
    """Ids that follow from the report, in the order in which they are asked for."""

    place: Place
    given: int = 0

    def new(self) -> UUID:
        self.given += 1
        return uuid_from_name(self.place.movement_id, f"reversal:{self.given}")
