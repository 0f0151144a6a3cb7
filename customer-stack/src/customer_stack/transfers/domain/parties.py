"""Who may take part in a transfer besides being active. Pure.

What compliance and responsible play keep somebody from. A sender is told by the gate; of a recipient nobody
is told anything, so for them it is the same as not being active.
"""

from datetime import datetime

from customer_stack.facts.domain import CustomerFacts, Restriction


def may_receive(facts: CustomerFacts, now: datetime) -> bool:
    """Tell whether money may come to somebody from another customer."""
    return facts.restriction is not Restriction.FULL and not _is_away(facts, now)


def may_send(facts: CustomerFacts, now: datetime) -> bool:
    """Tell whether somebody's money may go to another customer."""
    return facts.restriction is Restriction.NONE and not _is_away(facts, now)


def _is_away(facts: CustomerFacts, now: datetime) -> bool:
    """Tell whether somebody is excluded or cooling off."""
    return any(until is not None and now < until for until in (facts.excluded_until, facts.cooling_until))
