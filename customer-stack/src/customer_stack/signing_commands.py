"""What whoever operates the installation does for signing, at its machine."""

from contextlib import AsyncExitStack
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.main import open_services
from customer_stack.settings import Settings


async def give_first_word(settings: Settings, slug: str, staff_id: UUID, operator: UUID) -> dict[str, str]:
    """Return an enrolment word for a staff member of an operator; `operator` gave it, at the machine.

    Raises TenantNotFound, OwnEnrolmentWord, ColleagueNotFound, FactorStands.
    """
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="enrolment-word")
        tenant = await services.tenancy.find_tenant(slug)
        given = await services.settlement.signing.words.give_at_machine(
            Officer(tenant.id, operator), staff_id
        )
    return {
        "staff_id": str(staff_id),
        "word": given.text,
        "expires_at": given.word.expires_at.isoformat(),
    }
