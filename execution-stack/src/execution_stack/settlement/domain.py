"""Whether a proposed settlement is what our own reports say. Pure.

Money flows, section 8: paid is what is owed by obligations at a cut, truncated toward zero to whole cents.
"""

from collections.abc import Mapping, Sequence
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
class Release:
    """A proposal to let money leave, and what became of it."""

    id: UUID
    settlement_id: UUID
    tenant_id: UUID
    proposed_by: UUID
    outcome: ReleaseOutcome | None = None


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
    agreed: Sequence[Proposal], cut: int, cleared: Mapping[UUID, int] = MappingProxyType({})
) -> int | None:
    """Return what the chain of settlements that ends at `cut` has paid in all; None without such a chain.

    `cleared` says, in signed micro-dollars, what those settled whose payment came short or back.
    `agreed` is in the order of agreement. Of two that end at one cut the later counts: the earlier one
    was rejected on the other side, or there would be no second.
    """
    latest = {proposal.to_sequence: proposal for proposal in agreed}
    paid = 0
    while cut:
        proposal = latest.get(cut)
        if proposal is None or proposal.after_sequence >= cut:
            return None
        paid += cleared.get(proposal.settlement_id, proposal.signed_amount)
        cut = proposal.after_sequence
    return paid


def decide_release(release: Release | None, operator: UUID, outcome: ReleaseOutcome) -> Release:
    """Return the release that `operator` may decide so. Raises ReleaseNotPossible, SameOperator."""
    if release is None or release.outcome is not None:
        raise ReleaseNotPossible("No release of this settlement waits for a decision.")
    if outcome is ReleaseOutcome.APPROVED and release.proposed_by == operator:
        raise SameOperator("You proposed this release. Another operator has to approve it.")
    return release


def require_receipt(proposal: Proposal, amount: int, release: Release | None, *, is_void: bool) -> None:
    """Go on only when `amount` of an agreed settlement may move. Raises ReceiptDifferent, ReleaseMissing.

    Less may arrive than was agreed: banks between take fees. What we pay leaves whole, and released.
    """
    is_whole = amount == proposal.amount
    if (
        is_void
        or not 0 < amount <= proposal.amount
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
