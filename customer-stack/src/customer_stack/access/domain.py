"""Roles, permissions and staff as frozen values. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from shared.errors import invariant

PERMISSION: Final = re.compile(r"(tenant|department)\.[a-z_]+\.[a-z_]+")


@dataclass(frozen=True, slots=True)
class Officer:
    """A member of staff who acts. `department_id`: the only department they reach; None: every one."""

    tenant_id: UUID
    staff_id: UUID
    department_id: UUID | None = None

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True, slots=True)
class Role:
    """A job and what it permits."""

    name: str
    purpose: str
    permissions: frozenset[str]


@dataclass(frozen=True, slots=True)
class StaffMember:
    """Somebody who works for a tenant. `department_id` None: for the whole tenant."""

    id: UUID
    tenant_id: UUID
    department_id: UUID | None
    username: str
    password_hash: str
    is_disabled: bool


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A session that was just started; the token is shown once."""

    id: UUID
    staff_id: UUID
    token: str
    permissions: frozenset[str]


def read_role(name: str, document: Mapping[str, Any]) -> Role:
    """Return the role that a role file describes."""
    permissions = document["permissions"]
    invariant(set(document) == {"purpose", "permissions"}, f"role {name}: purpose and permissions, no more")
    for permission in permissions:
        invariant(PERMISSION.fullmatch(permission), f"role {name}: {permission} is no permission")
    invariant(len(set(permissions)) == len(permissions), f"role {name}: a permission stands twice")
    return Role(name, document["purpose"], frozenset(permissions))


def permissions_of(names: Iterable[str], roles: Mapping[str, Role]) -> frozenset[str]:
    """Return what these roles permit together; a role without a file permits nothing."""
    return frozenset().union(*(roles[name].permissions for name in names if name in roles))
