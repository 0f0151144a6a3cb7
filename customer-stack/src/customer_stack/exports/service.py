"""Register what leaves in the transaction that reads it, and list the register."""

from functools import cache
from importlib import resources
from types import MappingProxyType
from uuid import UUID

from customer_stack.edge.principals import StaffPrincipal
from customer_stack.exports import store
from customer_stack.exports.domain import Export, Kind, Wanted, read_catalogue
from customer_stack.reviewed_files import read_yaml
from shared import audit
from shared.audit import AuditRecord
from shared.database import Database, Transaction
from shared.errors import invariant


@cache
def load_kinds() -> MappingProxyType[str, Kind]:
    """Return the catalogue of exports. Raises CatalogueUnusable."""
    file = resources.files("customer_stack.exports").joinpath("catalogue.yaml")
    return MappingProxyType(dict(read_catalogue(read_yaml(file.read_text(encoding="utf-8")))))


async def register(tx: Transaction, export: Export) -> None:
    """Write down that a file leaves, in the transaction that reads what is in it."""
    invariant(export.kind in load_kinds(), "an export is of a kind in the catalogue")
    await store.insert(tx, export)
    body = {
        "export_id": export.id,
        "kind": export.kind,
        "scope": str(export.scope),
        "rows": export.row_count,
        "sha256": export.sha256.hex(),
        "format": export.format.value,
    }
    await audit.append(tx, [AuditRecord(export.tenant_id, "exports.left", body, export.at, export.operator)])


class Exports:
    """The register, for those who may see it."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_lines(
        self, staff: StaffPrincipal, wanted: Wanted, before: UUID | None, limit: int
    ) -> list[Export]:
        """Return what left, as far as this member of staff may know of it, newest first."""
        kinds = [
            kind.name
            for kind in load_kinds().values()
            if kind.permission is None or kind.permission in staff.permissions
        ]
        async with self._database.transaction(staff.tenant_id) as tx:
            return await store.load(tx, wanted, kinds, before, limit)
