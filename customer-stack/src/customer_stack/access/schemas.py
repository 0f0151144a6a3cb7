"""Wire shapes of staff sessions."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from customer_stack.edge.schemas import Answer, Body, TenantSlug


class StaffSignIn(Body):
    """Who signs in."""

    tenant: TenantSlug
    username: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{2,39}$")]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class StaffSessionAnswer(Answer):
    """A started session. Send the token as `Authorization: Bearer`."""

    session_id: UUID
    staff_id: UUID
    token: str
    permissions: list[str]


class StaffAnswer(Answer):
    """Who is signed in."""

    staff_id: UUID
    tenant_id: UUID
    department_id: UUID | None
    permissions: list[str]
