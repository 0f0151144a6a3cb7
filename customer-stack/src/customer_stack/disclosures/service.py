"""Record a look in the transaction that shows, and list looks."""

from functools import cache
from importlib import resources
from types import MappingProxyType
from uuid import UUID

from customer_stack.disclosures import store
from customer_stack.disclosures.domain import KeptLook, Kind, Look, read_catalogue
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.reviewed_files import read_yaml
from shared.database import Database, Transaction
from shared.errors import invariant


@cache
def load_kinds() -> MappingProxyType[str, Kind]:
    """Return the catalogue of looks. Raises CatalogueUnusable."""
    file = resources.files("customer_stack.disclosures").joinpath("catalogue.yaml")
    return MappingProxyType(dict(read_catalogue(read_yaml(file.read_text(encoding="utf-8")))))


async def record(tx: Transaction, look: Look) -> None:
    """Write a look down, in the transaction that reads what is shown."""
    invariant(look.kind in load_kinds(), "a look is of a kind in the catalogue")
    await store.insert(tx, look)


class Disclosures:
    """Looks of staff, for those who may see them."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_of_customer(
        self, staff: StaffPrincipal, customer_id: UUID, before: int | None, limit: int
    ) -> list[KeptLook]:
        """Return the looks at a customer's data that this member of staff may know of, newest first."""
        kinds = _kinds_for(staff)
        async with self._database.transaction(staff.tenant_id) as tx:
            return await store.list_of_customer(tx, staff.tenant_id, customer_id, kinds, before, limit)

    async def list_told(
        self, tenant_id: UUID, customer_id: UUID, before: int | None, limit: int
    ) -> list[KeptLook]:
        """Return the looks that a customer is told of, newest first."""
        kinds = [kind.name for kind in load_kinds().values() if kind.is_told]
        async with self._database.transaction(tenant_id) as tx:
            return await store.list_of_customer(tx, tenant_id, customer_id, kinds, before, limit)

    async def list_of_staff(
        self, staff: StaffPrincipal, staff_id: UUID, before: int | None, limit: int
    ) -> list[KeptLook]:
        """Return what a colleague looked at, as far as this member of staff may know of it, newest first."""
        kinds = _kinds_for(staff)
        async with self._database.transaction(staff.tenant_id) as tx:
            return await store.list_of_staff(tx, staff.tenant_id, staff_id, kinds, before, limit)


def _kinds_for(staff: StaffPrincipal) -> list[str]:
    return [
        kind.name
        for kind in load_kinds().values()
        if kind.permission is None or kind.permission in staff.permissions
    ]
