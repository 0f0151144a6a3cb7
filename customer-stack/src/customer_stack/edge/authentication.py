"""Who asks: dependencies that every route uses.

Three doors. `CurrentCustomer` checks the session in the database. `RoutedCustomer` is for the hot path: it
may answer from memory, so it only says *where to route*; the posting lane checks the session and the
customer's standing again, in its own transaction. `require(permission)` is for staff.

Guaranteed:
- a customer's token never opens a staff route, nor the other way round;
- a session cookie is accepted for a changing request only from pages of the same site.
"""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Final, Protocol

from fastapi import Depends, Request

from customer_stack.edge.principals import CustomerPrincipal, DepartmentOutOfReach, StaffPrincipal
from customer_stack.edge.sealed_answers import ACT
from shared.errors import Kind, Refusal

CUSTOMER_COOKIE: Final = "bulkhead_session"
STAFF_COOKIE: Final = "bulkhead_staff"

_SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_TOKEN_LIMIT: Final = 256


class SignInRequired(Refusal):
    """No session, or one that has ended."""

    kind: ClassVar[Kind] = Kind.UNAUTHENTICATED
    code: ClassVar[str] = "session.required"


class PermissionMissing(Refusal):
    """The staff member's roles do not give the permission."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "access.permission_missing"


class CustomerSessions(Protocol):
    """How the edge knows customers' sessions."""

    async def authenticate(self, token: str) -> CustomerPrincipal | None:
        """Return the principal of a live session, from the database."""
        ...

    async def route(self, token: str) -> CustomerPrincipal | None:
        """Return the principal of a session that was live a moment ago, from memory if it can."""
        ...


class StaffSessions(Protocol):
    """How the edge knows staff members' sessions."""

    async def authenticate(self, token: str) -> StaffPrincipal | None:
        """Return the principal of a live session, from the database."""
        ...


@dataclass(frozen=True, slots=True)
class Doors:
    """Both kinds of sessions, as `create_app` keeps them in `app.state.doors`."""

    customers: CustomerSessions
    staff: StaffSessions


def read_token(request: Request, cookie: str) -> str:
    """Return the bearer token or the cookie of a request. Raises SignInRequired."""
    header = request.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        token = token.strip()
        if scheme.lower() == "bearer" and 0 < len(token) <= _TOKEN_LIMIT:
            return token
        raise SignInRequired("Send the header Authorization: Bearer, followed by your session's token.")
    token = request.cookies.get(cookie, "")
    if not 0 < len(token) <= _TOKEN_LIMIT:
        raise SignInRequired("Sign in, then send the session's token with every request.")
    if request.method not in _SAFE_METHODS and request.headers.get("sec-fetch-site", "same-origin") not in (
        "same-origin",
        "none",
    ):
        raise SignInRequired("Changes with a cookie are accepted only from pages of the same origin.")
    return token


def _require_principal(principal: CustomerPrincipal | None) -> CustomerPrincipal:
    if principal is None:
        raise SignInRequired("The session has ended or is not known. Sign in again.")
    return principal


async def current_customer(request: Request) -> CustomerPrincipal:
    """Return the customer who asks; the session is checked in the database. Raises SignInRequired."""
    doors: Doors = request.app.state.doors
    return _require_principal(await doors.customers.authenticate(read_token(request, CUSTOMER_COOKIE)))


async def routed_customer(request: Request) -> CustomerPrincipal:
    """Return where to route a customer's command; the lane must check the session. Raises SignInRequired."""
    doors: Doors = request.app.state.doors
    return _require_principal(await doors.customers.route(read_token(request, CUSTOMER_COOKIE)))


CurrentCustomer = Annotated[CustomerPrincipal, Depends(current_customer)]
RoutedCustomer = Annotated[CustomerPrincipal, Depends(routed_customer)]


class Require:
    """The dependency of one permission. The routes' test finds it by its class."""

    def __init__(self, permission: str, *, whole_tenant: bool = False) -> None:
        """Ask for `permission`; `whole_tenant` keeps out who works for one department."""
        self.permission = permission
        self.whole_tenant = whole_tenant

    async def __call__(self, request: Request) -> StaffPrincipal:
        """Return the staff member who asks.

        Raises SignInRequired, PermissionMissing, DepartmentOutOfReach.
        """
        doors: Doors = request.app.state.doors
        principal = await doors.staff.authenticate(read_token(request, STAFF_COOKIE))
        if principal is None:
            raise SignInRequired("The session has ended or is not known. Sign in again.")
        if self.permission not in principal.permissions:
            raise PermissionMissing(
                f"This needs the permission {self.permission}. Ask whoever assigns your roles."
            )
        if self.whole_tenant and principal.department_id is not None:
            raise DepartmentOutOfReach("This belongs to the whole tenant. Ask somebody who works there.")
        request.scope[ACT] = principal.tenant_id, self.permission
        return principal


def require(permission: str, *, whole_tenant: bool = False) -> object:
    """Let staff with `permission` in; with `whole_tenant` only those who work for no single department.

    Written on a route as `Annotated[StaffPrincipal, require("tenant.customers.read")]`.
    """
    return Depends(Require(permission, whole_tenant=whole_tenant))
