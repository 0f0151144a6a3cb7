"""A route for the hot path: documented like any other, served without the web framework's layers.

FastAPI walks its middlewares, its routes and a graph of dependencies anew for every request, which costs more
than the decision and the ledger together. A `HotRoute` does by hand what its endpoint needs, and `HotRoutes`
calls it straight behind the same edge as every other route: `EdgeMiddleware` and the problems.

Guaranteed:
- the endpoint's signature is what the documentation and the routes' test see; the customer is
  authenticated exactly as by `RoutedCustomer`;
- the same route inside FastAPI answers the same, in every case: a test asks both.
"""

from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.routing import APIRoute
from starlette.types import Receive, Scope, Send

from customer_stack.edge.authentication import routed_customer
from customer_stack.edge.problems import problem_of
from shared.errors import invariant

Handler = Callable[[Request], Coroutine[Any, Any, Response]]


class HotRoute(APIRoute):
    """Calls `endpoint(request, customer)` and sends the Response that it returns."""

    def get_route_handler(self) -> Handler:
        """Return the handler of this route."""
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            customer = await routed_customer(request)
            answer: Response = await endpoint(request, customer)
            return answer

        return handle


class HotRoutes:
    """The hot routes of routers, by method and path, as one ASGI application."""

    def __init__(self, routers: Iterable[APIRouter]) -> None:
        """Find the hot routes of `routers`. Their paths have no parameters."""
        self._handlers: dict[tuple[str, str], Handler] = {}
        for router in routers:
            for route in router.routes:
                if isinstance(route, HotRoute):
                    invariant("{" not in route.path, "a hot route is found by its path as it stands")
                    for method in route.methods or ():
                        self._handlers[method, route.path] = route.get_route_handler()

    def serves(self, scope: Scope) -> bool:
        """Tell whether a request is for a hot route."""
        return scope["type"] == "http" and (scope["method"], scope["path"]) in self._handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a hot route; what is no expected failure is raised."""
        request = Request(scope, receive)
        try:
            answer = await self._handlers[scope["method"], scope["path"]](request)
        except Exception as error:
            expected = problem_of(error)
            if expected is None:
                raise
            answer = expected
        await answer(scope, receive, send)
