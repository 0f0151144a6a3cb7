"""A route for the hot path: documented like any other, served without walking a graph of dependencies.

FastAPI solves dependencies, parameters and answers anew for every request, which costs more than the
decision and the ledger together. A `HotRoute` does by hand what its endpoint needs.

Guaranteed: the endpoint's signature is what the documentation and the routes' test see; the customer is
authenticated exactly as by `RoutedCustomer`.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from customer_stack.edge.authentication import routed_customer


class HotRoute(APIRoute):
    """Calls `endpoint(request, customer)` and sends the Response that it returns."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of this route."""
        endpoint = self.endpoint

        async def handle(request: Request) -> Response:
            customer = await routed_customer(request)
            answer: Response = await endpoint(request, customer)
            return answer

        return handle
