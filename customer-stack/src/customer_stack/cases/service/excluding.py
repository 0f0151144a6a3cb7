"""Use cases of exclusions: keep somebody from the cases of a customer, and end that."""

from uuid import UUID

from customer_stack.access.service import load_permissions
from customer_stack.cases.domain.exclusions import Exclusion, end
from customer_stack.cases.errors import ColleagueUnsuitable, ExclusionNotFound, ExclusionStands
from customer_stack.cases.service.ground import Ground, Person
from customer_stack.cases.store import cases, exclusions
from customer_stack.customers.service import lock_customer
from shared.audit import AuditRecord, append


class Excluding:
    """Who is kept from the cases of whom."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def exclude(self, person: Person, customer_id: UUID, staff_id: UUID) -> Exclusion:
        """Keep somebody from all cases of a customer, none of which they may be working on.

        Raises CustomerNotFound, ColleagueUnsuitable, ExclusionStands.
        """
        ground = self._ground
        async with ground.database.transaction(person.tenant_id) as tx:
            await lock_customer(tx, customer_id)
            if not await load_permissions(tx, staff_id):
                raise ColleagueUnsuitable("Nobody with this id works here. Check the id.")
            now = ground.clock.now()
            if await cases.count_assigned(tx, person.tenant_id, customer_id, staff_id):
                raise ExclusionStands("They work on a case of this customer. Assign it to another first.")
            made = Exclusion(ground.ids.new(), person.tenant_id, customer_id, staff_id, person.staff_id, now)
            if not await exclusions.insert(tx, made):
                raise ExclusionStands("They are kept from this customer already. Nothing is to do.")
            await append(tx, [_record(made, "excluded", person.actor)])
            return made

    async def end(self, person: Person, exclusion_id: UUID) -> Exclusion:
        """Let somebody see the cases of a customer again.

        Raises ExclusionNotFound, ExclusionEnded, OwnExclusion.
        """
        async with self._ground.database.transaction(person.tenant_id) as tx:
            found = await exclusions.lock(tx, exclusion_id)
            if found is None:
                raise ExclusionNotFound("There is no such exclusion. Check the id.")
            ended = end(found, person.staff_id, self._ground.clock.now())
            await exclusions.end(tx, ended)
            await append(tx, [_record(ended, "exclusion_ended", person.actor)])
            return ended

    async def list_exclusions(self, person: Person, before: UUID | None, limit: int) -> list[Exclusion]:
        """Return exclusions, newest first."""
        async with self._ground.database.transaction(person.tenant_id) as tx:
            return await exclusions.list_exclusions(tx, person.tenant_id, before, limit)


def _record(exclusion: Exclusion, what: str, actor: str) -> AuditRecord:
    body = {
        "exclusion_id": exclusion.id,
        "customer_id": exclusion.customer_id,
        "staff_id": exclusion.staff_id,
    }
    at = exclusion.ended_at or exclusion.excluded_at
    return AuditRecord(exclusion.tenant_id, f"cases.{what}", body, at, actor)
