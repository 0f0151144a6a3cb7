"""Tenants, departments and capabilities as frozen values. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Capability(StrEnum):
    """What can be switched on for a tenant. The members of the database type tenancy_capability."""

    REGISTRATION = "registration"
    DEPOSITS = "deposits"
    WAGERS = "wagers"
    WITHDRAWALS = "withdrawals"
    SETTLEMENT_FINALISATION = "settlement_finalisation"
    TRANSFERS = "transfers"
    CARD_FUNDING = "card_funding"
    CARD_ISSUING = "card_issuing"
    OPEN_BANKING = "open_banking"


@dataclass(frozen=True, slots=True)
class Tenant:
    """An operator. `slug` is how customers and staff name it when they sign in."""

    id: UUID
    slug: str
    name: str


@dataclass(frozen=True, slots=True)
class Department:
    """A node of a tenant's tree."""

    id: UUID
    tenant_id: UUID
    parent_id: UUID | None
    root_id: UUID
    name: str
