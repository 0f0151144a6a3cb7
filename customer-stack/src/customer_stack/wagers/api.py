"""Routes of wagers. Placing is the hot path: one parse, one lane, one stored answer sent as it is."""

from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from customer_stack.boundary_client.domain import Side
from customer_stack.edge.authentication import CurrentCustomer, RoutedCustomer, require
from customer_stack.edge.hot_route import HotRoute
from customer_stack.edge.origin import country_of
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, CursorInvalid, Limit, read_uuid_cursor
from customer_stack.edge.tracing import trace_request
from customer_stack.wagers.schemas import (
    CancellationAnswer,
    PlacedAnswer,
    PlaceWagerBody,
    PositionPage,
    ReportBreakPage,
    ResumptionAnswer,
    WagerAnswer,
    WagerPage,
    position_answer,
    report_break_answer,
    wager_answer,
)
from customer_stack.wagers.service.outcomes import wager_id_of
from customer_stack.wagers.service.placing import PlaceWager
from customer_stack.wagers.service.reading import WagerReading
from customer_stack.wagers.service.reporting import ReportApplication
from customer_stack.wagers.service.sending import WagerSending
from shared.idempotency import Claim, digest_of, key_of
from shared.lanes import Lanes
from shared.operations import tracing

Reader = Annotated[StaffPrincipal, require("tenant.reconciliation.read")]
Resumer = Annotated[StaffPrincipal, require("tenant.wagers.resume")]

PLACE: Final = "POST /v1/wagers"

# What FastAPI would derive from parameters, which the hot path reads itself.
_BODY: Final[dict[str, Any]] = {
    "parameters": [
        {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"type": "string"}}
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": PlaceWagerBody.model_json_schema()}},
    },
}


def build_router(lanes: Lanes[PlaceWager, bytes], sending: WagerSending, reading: WagerReading) -> APIRouter:
    """Return the routes over the services."""
    router = APIRouter(prefix="/v1", tags=["wagers"])

    async def place_wager(request: Request, customer: RoutedCustomer) -> Response:
        """Place a wager. The same Idempotency-Key with the same body gives the same answer."""
        key, raw = key_of(request.headers.get("idempotency-key")), await request.body()
        body = _parse(raw)
        answer = await lanes.submit(
            customer.customer_id,
            PlaceWager(
                tenant_id=customer.tenant_id,
                customer_id=customer.customer_id,
                session_id=customer.session_id,
                claim=Claim(customer.customer_id, key, digest_of(PLACE, raw)),
                market_id=body.market_id,
                side=body.side,
                action=body.action,
                quantity=body.quantity,
                limit_price=body.limit_price,
                country=country_of(request),
            ),
        )
        if tracing.is_on():
            trace_request(request.scope, wager_id_of(answer), "/v1/wagers")
        return Response(answer, 201, media_type="application/json")

    router.add_api_route(
        "/wagers",
        place_wager,
        methods=["POST"],
        status_code=201,
        response_class=Response,
        responses={201: {"model": PlacedAnswer}},
        openapi_extra=_BODY,
        route_class_override=HotRoute,
    )

    @router.get("/wagers")
    async def list_wagers(customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None) -> WagerPage:
        """List the customer's wagers, newest first."""
        views = await reading.list_wagers(
            customer.tenant_id, customer.customer_id, read_uuid_cursor(cursor), limit + 1
        )
        more = len(views) > limit
        return WagerPage(
            items=[wager_answer(view) for view in views[:limit]],
            next_cursor=str(views[limit - 1].wager.id) if more else None,
        )

    @router.get("/wagers/{wager_id}")
    async def get_wager(customer: CurrentCustomer, wager_id: UUID) -> WagerAnswer:
        """Show one wager."""
        return wager_answer(await reading.get_wager(customer.tenant_id, customer.customer_id, wager_id))

    @router.post("/wagers/{wager_id}/cancellation")
    async def cancel_wager(
        customer: CurrentCustomer, wager_id: UUID, response: Response
    ) -> CancellationAnswer:
        """Cancel a wager that was not pooled yet. Safe to repeat. 202: execution is being asked."""
        is_cancelled = await sending.cancel(customer.tenant_id, customer.customer_id, wager_id)
        response.status_code = 200 if is_cancelled else 202
        return CancellationAnswer(wager_id=wager_id, is_cancelled=is_cancelled)

    @router.get("/positions")
    async def list_positions(
        customer: CurrentCustomer, limit: Limit = 50, cursor: Cursor = None
    ) -> PositionPage:
        """List the customer's open positions."""
        views = await reading.list_positions(
            customer.tenant_id, customer.customer_id, _read_position_cursor(cursor), limit + 1
        )
        last = views[limit - 1] if len(views) > limit else None
        return PositionPage(
            items=[position_answer(view) for view in views[:limit]],
            next_cursor=f"{last.market_id}.{last.side}" if last else None,
        )

    return router


def build_staff_router(reports: ReportApplication, reading: WagerReading) -> APIRouter:
    """Return the staff routes over the services."""
    router = APIRouter(prefix="/staff/wagers", tags=["wagers"])

    @router.get("/breaks")
    async def list_breaks(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> ReportBreakPage:
        """List reports that contradict our books, oldest first."""
        found = await reading.list_breaks(staff.tenant_id, read_uuid_cursor(cursor), limit + 1)
        more = len(found) > limit
        return ReportBreakPage(
            items=[report_break_answer(each) for each in found[:limit]],
            next_cursor=str(found[limit - 1].id) if more else None,
        )

    @router.post("/accounts/{account_id}/resumption")
    async def resume_account(account_id: UUID, staff: Resumer) -> ResumptionAnswer:
        """Apply an account's parked reports, after its break was cleared."""
        applied = await reports.resume(staff.tenant_id, account_id, staff.actor)
        return ResumptionAnswer(account_id=account_id, applied=applied)

    return router


def _parse(raw: bytes) -> PlaceWagerBody:
    try:
        return PlaceWagerBody.model_validate_json(raw)
    except ValidationError as error:
        errors = [{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)]
        raise RequestValidationError(errors) from None


def _read_position_cursor(cursor: str | None) -> tuple[UUID, Side] | None:
    if cursor is None:
        return None
    market_id, _, side = cursor.partition(".")
    try:
        return UUID(market_id), Side(side)
    except ValueError:
        raise CursorInvalid("Send next_cursor of the page before, unchanged, or no cursor.") from None
