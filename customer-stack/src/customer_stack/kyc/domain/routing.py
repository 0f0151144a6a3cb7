"""Reviewed configuration: which steps a session goes through, by document, country, channel and risk. Pure.

A route is the first in order whose conditions hold. Its steps run in order and stop at the first that does
not pass. The configuration's digest is its version; a session keeps the digest that it was submitted under.

`configuring` reads it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.checks import AutomaticCheck
from customer_stack.kyc.domain.claims import Claim
from customer_stack.kyc.domain.files import Side


class Channel(StrEnum):
    """Where somebody is identified. The members of the database type kyc_channel."""

    ONLINE = "online"
    DESK = "desk"


class Risk(StrEnum):
    """How much there is to lose. The members of the database type kyc_risk."""

    STANDARD = "standard"
    HIGH = "high"


class StepKind(StrEnum):
    """Who decides a step."""

    CHECK = "check"
    VENDOR = "vendor"
    REVIEW = "review"
    FOUR_EYES = "four_eyes"


@dataclass(frozen=True, slots=True)
class Step:
    """One step. `check` for automatic ones; `permission` for those of people."""

    name: str
    kind: StepKind
    check: AutomaticCheck | None = None
    permission: str | None = None


@dataclass(frozen=True, slots=True)
class Tier:
    """What customers whom a route approved may do, and after how many months they are looked at again.

    `deposits` and `withdrawals`: LKR cents by rolling window ("24h", "7d", "30d"); none where not named.
    """

    name: str
    largest_deposit_cents: int
    review_months: int
    needs_valid_document: bool
    deposits: Mapping[str, int] = field(default_factory=dict)
    withdrawals: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class BusinessRules:
    """From which share on an owner must be declared, and who decides on a business."""

    owner_share_basis: int
    permission: str


@dataclass(frozen=True, slots=True)
class RouteKey:
    """What a route is chosen by."""

    document: DocumentType
    country: str
    channel: Channel
    risk: Risk


@dataclass(frozen=True, slots=True)
class Route:
    """Steps of some sessions. A condition that is None holds. What escalates waits for `escalate_to`."""

    name: str
    document: DocumentType
    countries: frozenset[str] | None
    channel: Channel | None
    risk: Risk | None
    attempts: int
    files: frozenset[Side]
    escalate_to: str
    tier: Tier
    steps: tuple[Step, ...]

    def takes(self, key: RouteKey) -> bool:
        """Tell whether the conditions hold."""
        return (
            key.document is self.document
            and (self.countries is None or key.country in self.countries)
            and self.channel in (None, key.channel)
            and self.risk in (None, key.risk)
        )

    def covers(self, other: "Route") -> bool:
        """Tell whether whatever the other route takes, this one takes too."""
        wider = self.countries is None or (other.countries is not None and other.countries <= self.countries)
        return (
            self.document is other.document
            and wider
            and self.channel in (None, other.channel)
            and self.risk in (None, other.risk)
        )


@dataclass(frozen=True, slots=True)
class Configuration:
    """All routes of one version. `text` is what the digest is of, and what is kept."""

    digest: bytes
    text: bytes
    high_risk_countries: frozenset[str]
    tiers: Mapping[str, Tier]
    default_tier: str
    businesses: BusinessRules
    routes: tuple[Route, ...]

    def assess(self, claim: Claim) -> Risk:
        """Return the risk of who claims this: high by the document's country or by residency."""
        touched = {claim.document_country, claim.residency}
        return Risk.HIGH if touched & self.high_risk_countries else Risk.STANDARD

    def choose(self, key: RouteKey) -> Route:
        """Return the route of a session. There is one for everybody."""
        return next(route for route in self.routes if route.takes(key))

    def named(self, name: str) -> Route:
        """Return the route of this name."""
        return next(route for route in self.routes if route.name == name)
