"""Builds the HTTP application from its routers and the two kinds of sessions."""

from collections.abc import Iterable
from importlib import resources

from fastapi import APIRouter, FastAPI

from customer_stack.edge.authentication import CustomerSessions, Doors, StaffSessions
from customer_stack.edge.documentation import add_documentation
from customer_stack.edge.middleware import EdgeMiddleware
from customer_stack.edge.problems import OrjsonResponse, add_problem_handlers
from shared.ids import Ids


def create_app(
    routers: Iterable[APIRouter],
    *,
    customer_sessions: CustomerSessions,
    staff_sessions: StaffSessions,
    ids: Ids,
    show_documentation: bool,
) -> FastAPI:
    """Return the application. `show_documentation` opens /docs and /openapi.json (sandbox only)."""
    app = FastAPI(
        title="Bulkhead customer stack",
        description=resources.files("customer_stack.edge").joinpath("guide.md").read_text(),
        default_response_class=OrjsonResponse,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json" if show_documentation else None,
        redirect_slashes=False,
    )
    app.state.doors = Doors(customers=customer_sessions, staff=staff_sessions)
    add_problem_handlers(app)
    app.add_middleware(EdgeMiddleware, ids=ids)
    for router in routers:
        app.include_router(router)
    if show_documentation:
        add_documentation(app)
    return app
