"""Staff's routes to the audit: the newest checkpoint, and proofs."""

from typing import Annotated

from fastapi import APIRouter, Path

from customer_stack.audit.schemas import CheckpointShown, ProofShown
from customer_stack.audit.service import AuditProofs
from customer_stack.edge.authentication import require
from customer_stack.edge.principals import StaffPrincipal

Reader = Annotated[StaffPrincipal, require("tenant.audit.prove", whole_tenant=True)]
Number = Annotated[int, Path(ge=0, lt=2**63)]


def build_router(proofs: AuditProofs) -> APIRouter:
    """Return the staff routes."""
    router = APIRouter(prefix="/staff/audit", tags=["audit"])

    @router.get("/checkpoint")
    async def get_checkpoint(staff: Reader) -> CheckpointShown:
        """Return the newest checkpoint of this stack's audit, signed."""
        return CheckpointShown.of(*await proofs.load_checkpoint(staff.tenant_id))

    @router.get("/records/{transaction}/{record_id}/proof")
    async def prove_record(staff: Reader, transaction: Number, record_id: Number) -> ProofShown:
        """Prove that a record of the tenant stands in the audit, to whoever has the log's public keys."""
        return ProofShown(**await proofs.prove(staff, transaction, record_id))

    return router
