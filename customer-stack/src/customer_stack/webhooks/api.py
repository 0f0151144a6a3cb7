"""Routes of webhooks: the door of providers, and what staff sees of it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit
from customer_stack.webhooks.domain import State
from customer_stack.webhooks.schemas import MessageAnswer, MessagesAnswer, TakenAnswer, show_message
from customer_stack.webhooks.service import WebhooksService

Reader = Annotated[StaffPrincipal, require("tenant.webhooks.read")]
Replayer = Annotated[StaffPrincipal, require("tenant.webhooks.replay")]


def build_router(service: WebhooksService) -> APIRouter:
    """Return the routes of webhooks."""
    router = APIRouter(tags=["webhooks"])

    @router.post("/webhooks/{provider}")
    async def take(provider: str, request: Request) -> TakenAnswer:
        """Take a signed message of a provider; it is stored when this answers, and handled afterwards."""
        headers = {name.lower(): value for name, value in request.headers.items()}
        return TakenAnswer(new=await service.take(provider, await request.body(), headers))

    @router.get("/staff/webhooks")
    async def list_messages(
        staff: Reader, state: State | None = None, limit: Limit = 50, cursor: Cursor = None
    ) -> MessagesAnswer:
        """Return messages of providers, newest first; `state=held` are those that wait for a person."""
        page = await service.list_messages(staff.tenant_id, state, limit, cursor)
        return MessagesAnswer(
            items=[show_message(message) for message in page.messages], next_cursor=page.next_cursor
        )

    @router.post("/staff/webhooks/{message_id}/replay")
    async def replay(message_id: UUID, staff: Replayer) -> MessageAnswer:
        """Have a message handled again; what it did before it does not do twice."""
        return show_message(await service.replay(staff.tenant_id, message_id, staff.actor))

    return router
