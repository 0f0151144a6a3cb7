"""Routes of statements."""

import re
from datetime import date
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Query, Response

from customer_stack.edge.authentication import CurrentCustomer, require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.exports.serving import send
from customer_stack.ledger.domain import Account
from customer_stack.statements.domain import Format
from customer_stack.statements.errors import DigestMistyped
from customer_stack.statements.schemas import IssuedPage, show_issued
from customer_stack.statements.service import Drawn, StatementsService, Wanted
from shared.money import Currency

LedgerReader = Annotated[StaffPrincipal, require("tenant.ledger.read")]

First = Annotated[
    date, Query(alias="from", description="The first day, in Colombo.", examples=["2026-11-01"])
]
Last = Annotated[
    date,
    Query(alias="to", description="The last day, included; today at the latest.", examples=["2026-11-20"]),
]
OneCurrency = Annotated[Currency | None, Query(description="One currency; leave it out for both.")]
Book = Annotated[UUID, Query(description="A customer's or a department's id.")]
OneAccount = Annotated[Account | None, Query(description="One account; leave it out for all.")]
Digest = Annotated[str | None, Query(max_length=100, description="The SHA-256 on a statement.")]

_FILES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/pdf": {}, "text/csv": {}}, "description": "The statement as a file"}
}
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def build_router(service: StatementsService) -> APIRouter:
    """Return the customers' route over the service."""
    router = APIRouter(prefix="/v1", tags=["statements"])

    @router.get("/statements", response_class=Response, responses=_FILES)
    async def get_statement(
        customer: CurrentCustomer,
        first: First,
        last: Last,
        currency: OneCurrency = None,
        file_format: Annotated[Format, Query(alias="format")] = Format.PDF,
    ) -> Response:
        """Return your statement of a period of up to 366 days and 5,000 entries; longer ones by month."""
        wanted = Wanted(
            tenant_id=customer.tenant_id,
            book_id=customer.customer_id,
            account=None,
            currency=currency,
            first=first,
            last=last,
            format=file_format,
        )
        return _send(await service.draw_own(wanted))

    return router


def build_staff_router(service: StatementsService) -> APIRouter:
    """Return the staff routes over the service."""
    router = APIRouter(prefix="/staff/statements", tags=["statements"])

    @router.get("", response_class=Response, responses=_FILES)
    async def get_any_statement(
        staff: LedgerReader,
        book_id: Book,
        first: First,
        last: Last,
        account: OneAccount = None,
        currency: OneCurrency = None,
        file_format: Annotated[Format, Query(alias="format")] = Format.PDF,
    ) -> Response:
        """Return the statement of a customer, of a department, or of one account. It is audited."""
        wanted = Wanted(staff.tenant_id, book_id, account, currency, first, last, file_format)
        return _send(await service.draw_for_staff(wanted, staff.actor, staff.require_department))

    @router.get("/issued")
    async def list_issued(
        staff: LedgerReader, digest: Digest = None, limit: Limit = 50, cursor: Cursor = None
    ) -> IssuedPage:
        """List statements that were issued, newest first; with a digest, those with this content."""
        found = await service.list_issued(
            staff.tenant_id, _read_digest(digest), read_uuid_cursor(cursor), limit + 1
        )
        more = len(found) > limit
        return IssuedPage(
            items=[show_issued(each) for each in found[:limit]],
            next_cursor=str(found[limit - 1].id) if more else None,
        )

    return router


def _read_digest(text: str | None) -> bytes | None:
    if text is None:
        return None
    compact = "".join(text.split())
    if _DIGEST.fullmatch(compact) is None:
        raise DigestMistyped("A digest has 64 digits and letters from a to f. Compare it once more.")
    return bytes.fromhex(compact)


def _send(drawn: Drawn) -> Response:
    return send(drawn.export, drawn.content, drawn.name, {"Statement-Digest": drawn.digest.hex()})
