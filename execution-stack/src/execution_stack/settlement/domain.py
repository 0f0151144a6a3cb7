"""Whether a proposed settlement is what our own reports say. Pure.

Money flows, section 8: paid is what is owed by obligations at a cut, truncated toward zero to whole cents.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final
from uuid import UUID

from execution_stack.books.domain import Direction
from execution_stack.reports.domain import Totals
from execution_stack.settlement.errors import (
    ReceiptDifferent,
    ReleaseMissing,
    ReleaseNotPossible,
    SameOperator,
    SettlementReplaced,
)

CENT: Final = 10_000
"""One cent in micro-dollars."""


class Outcome(StrEnum):
    """Whether both sides have the same numbers."""

    AGREED = "agreed"
    DIFFERENT = "different"


class ReleaseOutcome(StrEnum):
    """What an operator decided about a release. The members of settlement_release_outcome."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Signed:
    """Which operator said something, with which key, and the signature; None where there were no keys yet."""

    operator: UUID
    key_id: UUID | None = None
    signature: bytes | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A proposal to let money leave, and what became of it."""

    id: UUID
    settlement_id: UUID
    tenant_id: UUID
    proposed: Signed
    outcome: ReleaseOutcome | None = None
    decided: Signed | None = None

    @property
    def proposed_by(self) -> UUID:
        """Return which operator proposed it."""
        return self.proposed.operator


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the customer stack wants to settle. `totals` are those of the period."""

    settlement_id: UUID
    tenant_id: UUID
    after_sequence: int
    to_sequence: int
    direction: Direction
    amount: int
    totals: Totals
    digest: bytes

    @property
    def signed_amount(self) -> int:
        """Return what the payment clears: plus when the customer side pays."""
        return self.amount if self.direction is Direction.PAY else -self.amount


def find_settled(
    agreed: Sequence[Proposal],
    cut: int,
    cleared: Mapping[UUID, int] = MappingProxyType({}),
    moving: Collection[UUID] = (),
) -> int | None:
    """Return what the chain of settlements that ends at `cut` has paid in all; None without such a chain.

    `cleared` says, in signed micro-dollars, what those settled whose payment came short or back. `moving`
    are those whose money moved or may leave: with one of them outside the chain there is no answer, since
    its period would be paid twice.
    `agreed` is in the order of agreement. Of two that end at one cut the later counts: the earlier one
    was rejected on the other side, or there would be no second.
    """
    latest = {proposal.to_sequence: proposal for proposal in agreed}
    paid, outside = 0, set(moving)
    while cut:
        proposal = latest.get(cut)
        if proposal is None or proposal.after_sequence >= cut:
            return None
        paid += cleared.get(proposal.settlement_id, proposal.signed_amount)
        outside.discard(proposal.settlement_id)
        cut = proposal.after_sequence
    return None if outside else paid


def require_unreplaced(proposal: Proposal, agreed: Sequence[Proposal], standing: Mapping[UUID, bool]) -> None:
    """Go on only when no other settlement pays for a part of this period. Raises SettlementReplaced.

    `agreed` is in the order of agreement; `standing` are those of it that are not void, and whether their
    money moved or may leave. One that was agreed later replaces this one, whatever became of its money.
    """
    is_later = False
    for other in agreed:
        if other.settlement_id == proposal.settlement_id:
            is_later = True
            continue
        moves = standing.get(other.settlement_id)
        is_apart = (
            other.after_sequence >= proposal.to_sequence or proposal.after_sequence >= other.to_sequence
        )
        if moves is not None and (moves or is_later) and not is_apart:
            raise SettlementReplaced(
                f"Settlement {other.settlement_id} pays for this period too. Void the one that is not paid."
            )


def decide_release(
    release: Release | None, operator: UUID, outcome: ReleaseOutcome, *, is_void: bool
) -> Release:
    """Return the release that `operator` may decide so. Raises ReleaseNotPossible, SameOperator."""
    if release is None or release.outcome is not None:
        raise ReleaseNotPossible("No release of this settlement waits for a decision.")
    if outcome is ReleaseOutcome.APPROVED and is_void:
        raise ReleaseNotPossible("The settlement is void. Reject its release.")
    if outcome is ReleaseOutcome.APPROVED and release.proposed_by == operator:
        raise SameOperator("You proposed this release. Another operator has to approve it.")
    return release


@dataclass(frozen=True, slots=True)
class Receipt:
    """A part of a settlement's money that moved; what it posted is found by its id."""

    id: UUID
    amount: int


def is_repeat(recorded: Sequence[Receipt], part: int, amount: int) -> bool:
    """Tell whether part number `part` is recorded with `amount`; parts follow each other.

    Raises ReceiptDifferent when another amount is recorded, or a part before it is not.
    """
    if part > len(recorded):
        if part > len(recorded) + 1:
            raise ReceiptDifferent(f"Part {len(recorded) + 1} comes first. Record it, then this one.")
        return False
    known = recorded[part - 1].amount
    if known != amount:
        raise ReceiptDifferent(
            f"{known} micro-dollars are recorded as part {part}, not {amount}. Nothing was added. "
            f"For another part, say --part {len(recorded) + 1}."
        )
    return True


def release_parts(proposal: Proposal, release_id: UUID) -> tuple[object, ...]:
    """Return what an operator signs of a release: which settlement, how much, what both sides agreed."""
    return (
        release_id,
        proposal.settlement_id,
        proposal.tenant_id,
        proposal.direction.value,
        proposal.amount,
        proposal.digest.hex(),
    )


def require_receipt(
    proposal: Proposal, amount: int, before: int, release: Release | None, *, is_void: bool
) -> None:
    """Go on only when `amount` of an agreed settlement may move after `before` of it did.

    Less may arrive than was agreed, and in parts: banks between take fees. What we pay leaves whole, and
    released. Raises ReceiptDifferent, ReleaseMissing.
    """
    is_whole = amount == proposal.amount
    if (
        is_void
        or not 0 < amount <= proposal.amount - before
        or (proposal.direction is Direction.RECEIVE and not is_whole)
    ):
        raise ReceiptDifferent("That is not what was agreed, or the settlement is void.")
    is_released = release is not None and release.outcome is ReleaseOutcome.APPROVED
    if proposal.direction is Direction.RECEIVE and not is_released:
        raise ReleaseMissing("Two operators release what we pay: settlement-release, then approve it.")


def judge(proposal: Proposal, period: Totals, before: Totals, settled: int | None, newest: int) -> Outcome:
    """Compare a proposal with our reports: of the period, before it, and what was settled before.

    `newest` is the last report that exists: nobody can settle beyond it.
    """
    if settled is None or not 0 <= proposal.after_sequence <= proposal.to_sequence <= newest:
        return Outcome.DIFFERENT
    owed = before.owed - settled + period.owed
    payment = abs(owed) // CENT * CENT
    paid = payment if owed >= 0 else -payment
    same = proposal.totals == period and proposal.signed_amount == paid and proposal.amount > 0
    return Outcome.AGREED if same else Outcome.DIFFERENT
