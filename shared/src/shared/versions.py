"""Whether a database is one that this code can work on: how far its chain of migrations has run.

The two differ after a restore of an old backup, where an older image starts on a newer database, and for a
while in every rolling upgrade. A database that is behind lacks what the code asks for. One that is ahead only
has more, because migrations add, and yesterday's code may go on; until a migration takes something away, and
lists in `schema_floor` what code has to know from then on.

Guaranteed:
- no process, and no command that opens the stack, works on a database that lacks a migration of its code;
- none works on a database of which it does not know a revision that is listed as one that code must know.

`migrate`, `doctor`, `audit ...`, `evidence growth` and `ledger rebuild` look at a database of any age.

Tables owned: `schema_floor`.
"""

import re
from functools import cache
from pathlib import Path
from typing import ClassVar, Final

import asyncpg
import structlog

from shared.database import Database
from shared.errors import Kind, Refusal

_REVISION: Final = re.compile(r'^(down_)?revision(?:: [^=]+)? = (?:"([^"]+)"|None)$', re.MULTILINE)

_log = structlog.get_logger(__name__)


class ChainUnusable(Refusal):
    """The folder does not hold one chain of migrations."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "migrations.unusable"


class DatabaseBehind(Refusal):
    """The database lacks migrations of this code."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "database.behind"


class DatabaseAhead(Refusal):
    """The database was changed in a way that this code cannot live with."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "database.ahead"


@cache
def read_chain(folder: Path) -> tuple[str, ...]:
    """Return the revisions of the migrations in `folder`, the first one first; read once in a process.

    Raises ChainUnusable.
    """
    after: dict[str | None, str] = {}
    files = sorted((folder / "versions").glob("*.py"))
    for file in files:
        found = {bool(down): name or None for down, name in _REVISION.findall(file.read_text())}
        if (revision := found.get(False)) is not None:
            after[found.get(True)] = revision
    chain: list[str] = []
    while (following := after.get(chain[-1] if chain else None)) is not None:
        chain.append(following)
    if not chain or len(chain) != len(files):
        raise ChainUnusable(
            f"{folder} holds no chain of migrations. Name the folder that came with this code, in "
            "..._MIGRATIONS_FOLDER."
        )
    return tuple(chain)


async def require_version(database: Database, folder: Path, program: str) -> None:
    """Go on only where the database is as far as the code, or further in a way that it can live with.

    `program` is the stack's command. Raises DatabaseBehind, DatabaseAhead, ChainUnusable.
    """
    chain = read_chain(folder)
    stands, floor = await _load(database)
    if stands in chain:
        if lacks := len(chain) - 1 - chain.index(stands):
            raise DatabaseBehind(
                f"The database stands at {stands} and lacks {lacks} migrations of this code. Run `{program} "
                "migrate`, and then start again; docs/systems/backup.md says what to do after a restore."
            )
        return
    if stands is None:
        raise DatabaseBehind(
            "The database is empty, or older than what this code can tell. Give the right address, or run "
            f"`{program} migrate`; docs/systems/backup.md says what to do after a restore."
        )
    if unknown := [each for each in floor if each not in chain]:
        raise DatabaseAhead(
            f"The database stands at {stands}, and who works on it must know {unknown[0]}: this code is too "
            "old. Start the release that made it, or a newer one; docs/systems/upgrade.md says why."
        )
    _log.warning("database.ahead", stands=stands, knows=chain[-1])


async def _load(database: Database) -> tuple[str | None, list[str]]:
    """Return how far the chain has run, None where that cannot be read, and what code has to know."""
    try:
        async with database.transaction() as tx:
            stands: str | None = await tx.fetch_value("SELECT version_num FROM alembic_version")
            rows = await tx.fetch("SELECT revision FROM schema_floor ORDER BY revision")
    except (asyncpg.UndefinedTableError, asyncpg.InsufficientPrivilegeError):
        return None, []
    return stands, [row["revision"] for row in rows]
