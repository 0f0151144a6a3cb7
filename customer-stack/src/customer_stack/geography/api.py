"""Staff routes of geography."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.edge.schemas import Cursor, Limit, read_number_cursor
from customer_stack.geography.domain.policies import State
from customer_stack.geography.schemas import PolicyAnswer, PolicyBody, PolicyPage
from customer_stack.geography.service import PolicyDesk

Reader = Annotated[StaffPrincipal, require("tenant.geography.read")]
Proposer = Annotated[StaffPrincipal, require("tenant.geography.propose")]
Approver = Annotated[StaffPrincipal, require("tenant.geography.approve")]


def build_router(desk: PolicyDesk) -> APIRouter:
    """Return the routes over the desk."""
    router = APIRouter(prefix="/staff/geography", tags=["geography"])

    @router.get("/policies")
    async def list_policies(staff: Reader, limit: Limit = 50, cursor: Cursor = None) -> PolicyPage:
        """List policies, newest first; the newest that is approved counts."""
        before = read_number_cursor(cursor)
        found = await desk.list_policies(staff.tenant_id, before=before, limit=limit + 1)
        page = found[:limit]
        return PolicyPage(
            items=[PolicyAnswer.of(record) for record in page],
            next_cursor=str(page[-1].policy.version) if len(found) > limit else None,
        )

    @router.post("/policies", status_code=201)
    async def propose(body: PolicyBody, staff: Proposer) -> PolicyAnswer:
        """Propose from which countries customers may ask; nothing changes before the approval."""
        return PolicyAnswer.of(await desk.propose(staff.tenant_id, body.to_wish(), staff.actor))

    @router.post("/policies/{policy_id}/approval")
    async def approve(policy_id: UUID, staff: Approver) -> PolicyAnswer:
        """Let a policy count from now on that somebody else proposed."""
        return PolicyAnswer.of(await desk.decide(staff.tenant_id, policy_id, State.APPROVED, staff.actor))

    @router.post("/policies/{policy_id}/rejection")
    async def reject(policy_id: UUID, staff: Approver) -> PolicyAnswer:
        """Reject a policy that somebody else proposed."""
        return PolicyAnswer.of(await desk.decide(staff.tenant_id, policy_id, State.REJECTED, staff.actor))

    return router
