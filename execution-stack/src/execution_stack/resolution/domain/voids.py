"""Voids that an operator declares on the exchange's notice, and another operator approves. Pure.

The wire of the exchange knows a value and nothing else, so the two forms of void that are not a value
(money flows, 9.1, forms 2 and 3) come in through people. What they declare is compared with our books to
the micro-dollar before anybody may approve it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from execution_stack.exchange.domain import MarketStatus
from execution_stack.reports.domain import Basis
from execution_stack.resolution.domain.plans import Resolved
from execution_stack.resolution.errors import VoidDecided, VoidNeedsAnother, VoidNotPossible


class VoidOutcome(StrEnum):
    """How a declared void was decided."""

    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Void:
    """A declared void. `returned`: all that the exchange paid for the market since its last trade.

    It is negative when the exchange took more back than it gave, as it does where pairs were redeemed.
    """

    id: UUID
    market_id: UUID
    form: Basis
    fees_returned: bool
    returned: int
    proposed_by: UUID
    proposed_at: datetime
    outcome: VoidOutcome | None = None
    decided_by: UUID | None = None


def require_voidable(status: MarketStatus, current: Resolved | None) -> None:
    """Refuse what cannot be voided: a market that may trade again, or one that a void has ended.

    Raises VoidNotPossible.
    """
    if status not in (MarketStatus.CLOSED, MarketStatus.RESOLVED):
        raise VoidNotPossible("The market may trade again. Declare the void once the exchange has closed it.")
    if current is not None and current.basis is not Basis.VALUE:
        raise VoidNotPossible("The market was voided before. What is wrong with that needs an engineer.")


def decide(void: Void, operator: UUID, outcome: VoidOutcome) -> None:
    """Refuse a decision that the operator may not make. Raises VoidDecided, VoidNeedsAnother."""
    if void.outcome is not None:
        raise VoidDecided(f"The void is {void.outcome.value} already. Declare another one if it is wrong.")
    if outcome is VoidOutcome.APPROVED and operator == void.proposed_by:
        raise VoidNeedsAnother("You declared this void. Another operator has to approve it.")
