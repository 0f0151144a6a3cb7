"""Staff's route to the register of exports."""

import re
from typing import Annotated, Final
from uuid import UUID

from fastapi import APIRouter, Query

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_uuid_cursor
from customer_stack.exports.domain import Wanted
from customer_stack.exports.errors import DigestMistyped
from customer_stack.exports.schemas import ExportLinePage
from customer_stack.exports.service import Exports

Reader = Annotated[StaffPrincipal, require("tenant.exports.read", whole_tenant=True)]
_DIGEST: Final = re.compile(r"[0-9a-fA-F]{64}", re.ASCII)


def build_router(exports: Exports) -> APIRouter:
    """Return the staff route."""
    router = APIRouter(prefix="/staff/exports", tags=["exports"])

    @router.get("")
    async def list_exports(
        staff: Reader,
        kind: Annotated[str | None, Query(max_length=60, description="One kind.")] = None,
        scope_id: Annotated[UUID | None, Query(description="Of one customer, settlement, ...")] = None,
        sha256: Annotated[str | None, Query(max_length=100, description="The SHA-256 of a file.")] = None,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> ExportLinePage:
        """Return what left as a file, newest first: whether a file that turned up is ours."""
        wanted = Wanted(kind, scope_id, _read_digest(sha256))
        found = await exports.list_lines(staff, wanted, read_uuid_cursor(cursor), limit + 1)
        return ExportLinePage.of(found, limit)

    return router


def _read_digest(text: str | None) -> bytes | None:
    if text is None:
        return None
    compact = "".join(text.split())
    if _DIGEST.fullmatch(compact) is None:
        raise DigestMistyped("A SHA-256 has 64 digits and letters from a to f. Compare it once more.")
    return bytes.fromhex(compact)
