"""What staff see of lists: versions, what each changed, and what came of every look."""

from uuid import UUID

from customer_stack.screening.domain.versions import Change, Check, CheckOutcome, Version
from customer_stack.screening.errors import VersionNotFound
from customer_stack.screening.lists.stored import read_entry
from customer_stack.screening.store import versions as store
from shared.database import Database


class VersionReading:
    """Reads what was taken and refused. Lists are public: every member of staff may see the same."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database

    async def list_versions(self, source: str | None, before: int | None, limit: int) -> list[Version]:
        """Return versions, newest first."""
        async with self._database.transaction() as tx:
            return await store.load_versions(tx, source, before, limit)

    async def list_current(self) -> list[Version]:
        """Return of each list the version that counts."""
        async with self._database.transaction() as tx:
            return await store.load_current(tx)

    async def list_changes(self, number: int, after: str | None, limit: int) -> list[Change]:
        """Return what a version changed, by entry id. Raises VersionNotFound."""
        async with self._database.transaction() as tx:
            version = await store.load_version(tx, number)
            if version is None:
                raise VersionNotFound("There is no version with this number. Look at the list of versions.")
            place = None if after is None else (version.source, after)
            found = await store.load_changes(tx, number - 1, number, place, limit)
        return [
            Change(
                each.source,
                each.entry_id,
                None if each.content is None else read_entry(each.content),
                each.change == "added",
            )
            for each in found
        ]

    async def list_checks(
        self, source: str | None, outcome: CheckOutcome | None, before: UUID | None, limit: int
    ) -> list[Check]:
        """Return looks at lists, newest first."""
        async with self._database.transaction() as tx:
            return await store.load_checks(tx, source, outcome, before, limit)
