"""Why reports or a statement were not given."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class OtherTenant(Refusal):
    """The caller does not act for this tenant."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "reports.other_tenant"


class CursorAhead(Refusal):
    """The caller has read more than was ever written here: our database came back without its end."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "reports.cursor_ahead"


class NotNamed(Refusal):
    """A recipient of reports was not named, so that its numbers cannot go on."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "reports.recipient_not_named"
