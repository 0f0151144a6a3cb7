"""Refusals of the rebuild."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class TenantUnknown(Refusal):
    """There is no tenant of this id: a check of nothing would find nothing."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "rebuild.tenant_unknown"
