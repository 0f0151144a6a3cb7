"""Refusals of tenancy."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class TenantNotFound(Refusal):
    """No tenant has this slug."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "tenancy.tenant_not_found"


class CapabilityOff(Refusal):
    """The tenant does not have this capability."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "tenancy.capability_off"
