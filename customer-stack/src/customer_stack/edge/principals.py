"""Who asks, as values that services take: a customer's session, a staff member's.

Apart from the dependencies that find them, so that who only works with them loads no web framework.
"""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from shared.errors import Kind, Refusal


class DepartmentOutOfReach(Refusal):
    """The staff member works in another department."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "access.department_out_of_reach"


@dataclass(frozen=True, slots=True)
class CustomerPrincipal:
    """A customer's session. The customer's book has the customer's id; `device_id` None: not known."""

    session_id: UUID
    customer_id: UUID
    tenant_id: UUID
    department_id: UUID
    device_id: UUID | None = None

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"customer:{self.customer_id}"


@dataclass(frozen=True, slots=True)
class StaffPrincipal:
    """A staff member's session and what its roles allow. `department_id` None: the whole tenant."""

    session_id: UUID
    staff_id: UUID
    tenant_id: UUID
    department_id: UUID | None
    permissions: frozenset[str]

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"

    def require_department(self, department_id: UUID) -> None:
        """Refuse another department than the staff member's own. Raises DepartmentOutOfReach."""
        if self.department_id not in (None, department_id):
            raise DepartmentOutOfReach("This belongs to another department. Ask somebody who works there.")
