"""Wire shapes of policies of geography."""

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from customer_stack.customers.schemas import Country
from customer_stack.edge.schemas import Answer, Body
from customer_stack.geography.domain.policies import Mode, PolicyRecord, State
from customer_stack.geography.service import Wish


class PolicyBody(Body):
    """Countries that are allowed, and no other; or blocked, and no other."""

    mode: Mode
    countries: Annotated[list[Country], Field(max_length=260)]
    allows_unknown: bool = False

    def to_wish(self) -> Wish:
        """Return what is wanted."""
        return Wish(self.mode, frozenset(self.countries), self.allows_unknown)


class PolicyAnswer(Answer):
    """A policy and how it was decided."""

    policy_id: UUID
    version: int
    mode: Mode
    countries: list[str]
    allows_unknown: bool
    state: State
    proposed_by: str
    proposed_at: datetime
    decided_by: str | None
    decided_at: datetime | None

    @classmethod
    def of(cls, record: PolicyRecord) -> Self:
        """Return the wire shape."""
        return cls(
            policy_id=record.id,
            version=record.policy.version,
            mode=record.policy.mode,
            countries=sorted(record.policy.countries),
            allows_unknown=record.policy.allows_unknown,
            state=record.state,
            proposed_by=record.proposed_by,
            proposed_at=record.proposed_at,
            decided_by=record.decided_by,
            decided_at=record.decided_at,
        )


class PolicyPage(Answer):
    """Policies, newest first. The newest that is approved counts."""

    items: list[PolicyAnswer]
    next_cursor: str | None
