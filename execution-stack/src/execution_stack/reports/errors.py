"""Why a statement was not given."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class OtherTenant(Refusal):
    """The caller does not act for this tenant."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "reports.other_tenant"
