"""Routes of FX: rates, quotes and conversions for customers; terms, rates, proposals, stock for staff."""

from fastapi import APIRouter

from customer_stack.fx.api.customers import add_customer_routes
from customer_stack.fx.api.staff import add_staff_routes
from customer_stack.fx.service import FxReading, FxService, RateDesk, RateProposals


def build_router(
    service: FxService, desk: RateDesk, proposals: RateProposals, reading: FxReading
) -> APIRouter:
    """Return the routes of FX."""
    router = APIRouter(tags=["fx"])
    add_customer_routes(router, service, desk, reading)
    add_staff_routes(router, service, desk, proposals, reading)
    return router
