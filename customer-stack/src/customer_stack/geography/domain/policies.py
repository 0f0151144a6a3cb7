"""From which countries a tenant's customers may ask, and how a policy comes to count. Pure."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from customer_stack.geography.errors import PolicyDecided, PolicyInvalid, SamePerson


class Mode(StrEnum):
    """What the countries of a policy are. The members of the database type geography_mode."""

    ALLOW = "allow"
    BLOCK = "block"


class State(StrEnum):
    """Where a policy stands. What was decided has the members of the database type geography_verdict."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"


class Reason(StrEnum):
    """Why a command is denied. Codes of the gate."""

    COUNTRY_BLOCKED = "gate.country_blocked"
    COUNTRY_UNKNOWN = "gate.country_unknown"


@dataclass(frozen=True, slots=True)
class Policy:
    """Countries that are allowed, and no other; or blocked, and no other. `version` counts a tenant's."""

    version: int
    mode: Mode
    countries: frozenset[str]
    allows_unknown: bool


@dataclass(frozen=True, slots=True)
class PolicyRecord:
    """A policy with who proposed and who decided it."""

    id: UUID
    tenant_id: UUID
    policy: Policy
    proposed_by: str
    proposed_at: datetime
    state: State = State.PROPOSED
    decided_by: str | None = None
    decided_at: datetime | None = None


def judge(policy: Policy | None, country: str | None) -> Reason | None:
    """Return why a request from a country is denied; None: it is not. Without a policy nothing is asked."""
    if policy is None:
        return None
    if country is None:
        return None if policy.allows_unknown else Reason.COUNTRY_UNKNOWN
    is_named = country in policy.countries
    return None if is_named is (policy.mode is Mode.ALLOW) else Reason.COUNTRY_BLOCKED


def require_sensible(policy: Policy) -> None:
    """Refuse a policy that would let nobody in. Raises PolicyInvalid."""
    if policy.mode is Mode.ALLOW and not policy.countries:
        raise PolicyInvalid("Name at least one country that is allowed, or block none.")


def require_decidable(record: PolicyRecord, latest_approved: int, actor: str) -> None:
    """Refuse a second decision, one by who proposed, and an approval of what is older than what counts.

    Raises PolicyDecided, SamePerson.
    """
    if record.state is not State.PROPOSED or record.policy.version < latest_approved:
        raise PolicyDecided("This policy was decided, or a later one counts. Propose it anew.")
    if record.proposed_by == actor:
        raise SamePerson("You proposed this. Ask somebody else to decide it.")
