"""Staff routes of evidence packs."""

from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.evidence.domain.packs import Delivery, Wish
from customer_stack.evidence.schemas import (
    DeliveryAnswer,
    DeliveryBody,
    DeliveryPage,
    PackAnswer,
    PackBody,
    PackPage,
)
from customer_stack.evidence.service.asking import Packs
from customer_stack.exports.serving import stream
from customer_stack.working_days.domain import COLOMBO
from shared.clock import Clock
from shared.ids import Ids

Reader = Annotated[StaffPrincipal, require("tenant.evidence.read", whole_tenant=True)]
Maker = Annotated[StaffPrincipal, require("tenant.evidence.make", whole_tenant=True)]
Deliverer = Annotated[StaffPrincipal, require("tenant.evidence.deliver", whole_tenant=True)]

_ZIP: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/zip": {}}, "description": "The pack."}
}


def build_router(packs: Packs, clock: Clock, ids: Ids) -> APIRouter:
    """Return the staff routes."""
    router = APIRouter(prefix="/staff/evidence/packs", tags=["evidence"])
    _add_making(router, packs, clock)
    _add_deliveries(router, packs, clock, ids)

    @router.get("")
    async def list_packs(
        staff: Reader,
        scope_id: Annotated[UUID | None, Query(description="Of one customer, market, case, ...")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> PackPage:
        """Return the packs that you may have, newest first."""
        before = read_uuid_cursor(cursor)
        found = await packs.list_packs(staff, scope_id, before, limit + 1)
        return PackPage.of(found, limit)

    @router.get("/{pack_id}")
    async def get(pack_id: UUID, staff: Reader) -> PackAnswer:
        """Return a pack: how far it is, and the SHA-256 of what was made."""
        return PackAnswer.of(await packs.get(staff, pack_id))

    @router.get("/{pack_id}/content", response_class=StreamingResponse, responses=_ZIP)
    async def fetch(pack_id: UUID, staff: Reader) -> StreamingResponse:
        """Return a pack as a ZIP file; that it left is registered, personal data in it disclosed."""
        found = await packs.hand_out(staff, pack_id)
        return stream(found.line, found.content, f"evidence-{pack_id}.zip", found.size_bytes)

    return router


def _add_making(router: APIRouter, packs: Packs, clock: Clock) -> None:
    @router.post("", status_code=202)
    async def ask(body: PackBody, staff: Maker) -> PackAnswer:
        """Ask for a pack; the worker makes it. It has the rows that your permissions open."""
        wish = Wish(body.scope, body.scope_id, *days(body.first, body.last, clock.now()), body.personal_data)
        return PackAnswer.of(await packs.ask(staff, wish))

    @router.post("/{pack_id}/cancellation")
    async def cancel(pack_id: UUID, staff: Maker) -> PackAnswer:
        """Give a pack up, made or not; its line stays."""
        return PackAnswer.of(await packs.cancel(staff, pack_id))


def _add_deliveries(router: APIRouter, packs: Packs, clock: Clock, ids: Ids) -> None:
    @router.post("/{pack_id}/deliveries", status_code=201)
    async def deliver(pack_id: UUID, body: DeliveryBody, staff: Deliverer) -> DeliveryAnswer:
        """Record to which authority or firm a pack was given, how and when."""
        delivery = Delivery(
            id=ids.new(),
            pack_id=pack_id,
            recipient=body.recipient,
            channel=body.channel,
            reference=body.reference,
            delivered_at=body.delivered_at,
            recorded_by=staff.staff_id,
            recorded_at=clock.now(),
        )
        return DeliveryAnswer.of(await packs.deliver(staff, delivery))

    @router.get("/{pack_id}/deliveries")
    async def list_deliveries(
        pack_id: UUID, staff: Reader, limit: Limit = 50, cursor: Cursor = None
    ) -> DeliveryPage:
        """Return to whom a pack was given, newest first."""
        before = read_uuid_cursor(cursor)
        found = await packs.list_deliveries(staff, pack_id, before, limit + 1)
        return DeliveryPage.of(found, limit)


def days(first: date, last: date, now: datetime) -> tuple[datetime, datetime]:
    """Return the time of days in Colombo, both included, as far as it has passed."""
    begin = datetime.combine(first, time(), COLOMBO)
    end = datetime.combine(last, time(), COLOMBO) + timedelta(days=1)
    return begin, min(end, now)
