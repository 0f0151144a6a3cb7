"""What AML's rules may know of customers, by their names in the catalogue."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.values import Tier, Value
from customer_stack.aml.domain.verdicts import NO_SNOOZES, RuleSet, snoozed_at
from customer_stack.aml.service.assessing import Candidate
from customer_stack.facts.domain import CustomerFacts
from customer_stack.gate.domain.asking import NO_FACTS, Ask

_SECOND: Final = timedelta(seconds=1)
_TIERS: Final = frozenset(Tier)


class Profiles:
    """The customers of a batch as AML sees them; each is made once."""

    def __init__(self, facts: Mapping[UUID, CustomerFacts]) -> None:
        """Read what is known from `facts`."""
        self._facts = facts
        self._made: dict[UUID, Mapping[str, Value]] = {}

    def candidate(self, ask: Ask, rules: Mapping[UUID, RuleSet]) -> Candidate:
        """Return an ask as AML judges it; where no rule asks anything, without what is known."""
        event = ask.event
        if not is_asked(event, rules):
            return Candidate(event)
        known = {**self._get(event), **ask.facts}
        if ask.country is not None:
            known["event.country"] = ask.country
        return Candidate(event, known, self._snoozed(event))

    def incoming(self, event: Event) -> Candidate:
        """Return what another customer receives."""
        return Candidate(event, self._get(event), self._snoozed(event))

    def _get(self, event: Event) -> Mapping[str, Value]:
        found = self._made.get(event.customer_id)
        if found is None:
            found = self._made[event.customer_id] = self._make(event)
        return found

    def _snoozed(self, event: Event) -> frozenset[str]:
        facts = self._facts.get(event.customer_id)
        return NO_SNOOZES if facts is None else snoozed_at(facts.snoozes, event.at)

    def _make(self, event: Event) -> Mapping[str, Value]:
        facts = self._facts.get(event.customer_id)
        if facts is None:
            return NO_FACTS
        return {
            "customer.tier": facts.tier if facts.tier in _TIERS else None,
            "customer.risk": facts.risk,
            "customer.country": facts.country,
            "customer.flags": facts.flags,
            "customer.account_age": max((event.at - facts.registered_at) // _SECOND, 0),
            "customer.expected_turnover": facts.expected_turnover,
        }


def is_asked(event: Event, rules: Mapping[UUID, RuleSet]) -> bool:
    """Tell whether a tenant has rules for this kind of event."""
    found = rules.get(event.tenant_id)
    return found is not None and found.asks(event.kind)
