"""Builds the HTTP application from its routers and the two kinds of sessions."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from importlib import resources
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.types import Receive, Scope, Send

from customer_stack.edge.authentication import CustomerSessions, Doors, StaffSessions
from customer_stack.edge.documentation import add_documentation
from customer_stack.edge.hot_route import HotRoutes
from customer_stack.edge.middleware import EdgeMiddleware
from customer_stack.edge.origin import Origins
from customer_stack.edge.problems import OrjsonResponse, add_problem_handlers
from customer_stack.edge.sealed_answers import SealedAnswers, WaitSealed
from shared.ids import Ids


class Application(FastAPI):
    """FastAPI, and before it the hot routes behind an edge of their own."""

    def __init__(self, hot: HotRoutes, ids: Ids, **settings: Any) -> None:
        """Serve what `hot` knows without FastAPI's layers; `settings` are FastAPI's."""
        super().__init__(**settings)
        self._hot = hot
        self._edge = EdgeMiddleware(hot, ids)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or the process's start and end."""
        if self._hot.serves(scope):
            scope["app"] = self
            await self._edge(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def create_app(
    routers: Sequence[APIRouter],
    *,
    customer_sessions: CustomerSessions,
    staff_sessions: StaffSessions,
    ids: Ids,
    show_documentation: bool,
    origins: Origins | None = None,
    sealing: tuple[WaitSealed, AbstractSet[str]] | None = None,
) -> Application:
    """Return the application. `show_documentation` opens /docs and /openapi.json (sandbox only).

    `origins` finds the country of a request; without it none is known. `sealing` says for which acts of
    staff, by permission, an answer waits until the audit has sealed them.
    """
    app = Application(
        HotRoutes(routers),
        ids,
        title="Bulkhead customer stack",
        description=resources.files("customer_stack.edge").joinpath("guide.md").read_text(),
        default_response_class=OrjsonResponse,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if show_documentation else None,
        redirect_slashes=False,
    )
    app.state.doors = Doors(customers=customer_sessions, staff=staff_sessions)
    app.state.origins = origins
    add_problem_handlers(app)
    if sealing is not None and sealing[1]:
        app.add_middleware(SealedAnswers, wait=sealing[0], acts=sealing[1])
    app.add_middleware(EdgeMiddleware, ids=ids)
    for router in routers:
        app.include_router(router)
    if show_documentation:
        add_documentation(app)
    return app
