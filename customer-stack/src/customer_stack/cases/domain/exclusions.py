"""Who is kept from the cases of a customer: themselves, a relative, a friend. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from customer_stack.cases.errors import ExclusionEnded, OwnExclusion


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A member of staff who sees no case of a customer and takes no part in one."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    staff_id: UUID
    excluded_by: UUID
    excluded_at: datetime
    ended_by: UUID | None = None
    ended_at: datetime | None = None


def end(exclusion: Exclusion, staff_id: UUID, now: datetime) -> Exclusion:
    """End an exclusion, which nobody does for themselves. Raises ExclusionEnded, OwnExclusion."""
    if exclusion.ended_at is not None:
        raise ExclusionEnded("This has ended already. Nothing is to do.")
    if staff_id == exclusion.staff_id:
        raise OwnExclusion("You are kept from this customer yourself. Somebody else has to end it.")
    return replace(exclusion, ended_by=staff_id, ended_at=now)
