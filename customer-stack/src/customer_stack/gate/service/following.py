"""What becomes of what a decision found, in the transaction that found it.

A finding opens a case. Money that posts whatever is found cannot be held: where a verdict would have held it,
the customer is restricted until the case is closed, so that nothing leaves.
"""

from collections.abc import Sequence
from typing import Final

from customer_stack.aml.domain.verdicts import Answer
from customer_stack.cases.domain.opening import Held, Link, NewCase
from customer_stack.cases.service.opening import open_cases
from customer_stack.gate.domain.deciding import OBSERVED
from customer_stack.gate.domain.findings import Found
from customer_stack.restrictions.domain import Cause, CauseKind, Kind
from customer_stack.restrictions.service import place
from shared.database import Transaction

_LINKED_LANES: Final = frozenset({"wager", "transfer", "payout"})


async def follow_up(tx: Transaction, found: Sequence[Found]) -> None:
    """Open a case for each finding, or add to the one that is open; restrict whose money posted anyway."""
    opened = await open_cases(tx, [_case(each) for each in found])
    stopped = {
        (each.customer_id, case.case_id): each
        for each, case in zip(found, opened, strict=True)
        if each.lane == OBSERVED and each.answer is not Answer.ALLOW
    }
    for (customer_id, case_id), each in sorted(stopped.items()):
        cause = Cause(CauseKind.CASE, case_id)
        await place(
            tx, customer_id, Kind.DEBIT_ONLY, cause=cause, reason="aml.hold", actor="system", at=each.at
        )


def _case(found: Found) -> NewCase:
    links = [Link("decision", found.decision_id), Link("event", found.subject_id)]
    if found.lane in _LINKED_LANES:
        links.append(Link(found.lane, found.subject_id))
    return NewCase(
        tenant_id=found.tenant_id,
        customer_id=found.customer_id,
        family=found.family,
        priority=found.score,
        at=found.at,
        links=links,
        held=[Held(found.lane, found.subject_id, found.amount)] if found.is_held else (),
        reasons=found.reasons,
    )
