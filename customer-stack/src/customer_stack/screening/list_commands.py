"""`customer-stack screening import | versions`: take a list from a folder, see what was taken.

    customer-stack screening import --list ofac --from DIR [--may-shrink]
    customer-stack screening versions [--list un] [--json]

Guaranteed: a list that cannot be trusted changes nothing; one sentence says why, and the exit code is 2.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar

import typer

from customer_stack.screening.errors import ListNotTaken
from customer_stack.settings import PROGRAM, DatabaseSettings, read_settings
from shared.clock import SystemClock
from shared.database import Database
from shared.database_address import check_address
from shared.ids import SystemIds
from shared.versions import require_version

_SHOWN: Final = 50
_STATEMENT_TIMEOUT_MS: Final = 60_000
ListName = Annotated[str, typer.Option("--list", help="ofac, un, open_sanctions or local.")]
AnswerT = TypeVar("AnswerT")


def add_list_commands(app: typer.Typer) -> None:
    """Add the commands to those of screening."""
    app.command("import")(import_list)
    app.command("versions")(versions)


def import_list(
    *,
    name: ListName,
    folder: Annotated[Path, typer.Option("--from", help="Folder with the files as published.")],
    may_shrink: Annotated[
        bool, typer.Option("--may-shrink", help="Take it even if it lost more than a fifth of its entries.")
    ] = False,
) -> None:
    """Take one list from a folder: its new version counts at once, and customers are rescreened."""
    from customer_stack.screening.lists.errors import ListRefused  # noqa: PLC0415 - as in `match`
    from customer_stack.screening.lists.publications import find_publication  # noqa: PLC0415
    from customer_stack.screening.providers.folder import FolderSource  # noqa: PLC0415
    from customer_stack.screening.service.importing import ListImports  # noqa: PLC0415

    try:
        source = find_publication(name).source
    except ListRefused as problem:
        raise ListNotTaken(f"{problem}.") from problem

    async def take(database: Database) -> dict[str, Any]:
        imports = ListImports(database, {}, SystemClock(), SystemIds())
        check = await imports.require(source, FolderSource(folder), may_shrink=may_shrink)
        return {"list": source, "outcome": check.outcome.value, "number": check.number}

    typer.echo(json.dumps(_run(take)))


def versions(
    *,
    name: Annotated[str | None, typer.Option("--list", help="One list; all without it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000)] = _SHOWN,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Show versions that were taken, newest first, and the last looks that gave none."""
    from customer_stack.screening.domain.versions import CheckOutcome  # noqa: PLC0415 - as in `match`
    from customer_stack.screening.lists.publications import SHORT_NAMES  # noqa: PLC0415
    from customer_stack.screening.service.reading import VersionReading  # noqa: PLC0415

    source = None if name is None else SHORT_NAMES.get(name, name)

    async def look(database: Database) -> dict[str, Any]:
        reading = VersionReading(database)
        found = await reading.list_versions(source, None, limit)
        failed = [
            each
            for outcome in (CheckOutcome.REFUSED, CheckOutcome.UNREACHABLE)
            for each in await reading.list_checks(source, outcome, None, limit)
        ]
        return {
            "versions": [
                {
                    "number": each.number,
                    "list": each.source,
                    "version": each.version.hex(),
                    "entries": each.entries,
                    "added": each.added,
                    "changed": each.changed,
                    "removed": each.removed,
                    "origin": each.origin,
                    "stored_at": each.stored_at.isoformat(),
                }
                for each in found
            ],
            "not_taken": [
                {
                    "list": each.source,
                    "outcome": each.outcome.value,
                    "reason": each.reason,
                    "at": each.at.isoformat(),
                }
                for each in sorted(failed, key=lambda each: each.id, reverse=True)
            ],
        }

    document = _run(look)
    if as_json:
        typer.echo(json.dumps(document))
        return
    for each in document["versions"]:
        counts = f"{each['entries']} entries, +{each['added']} ~{each['changed']} -{each['removed']}"
        typer.echo(
            f"{each['number']:5} {each['list']:16} {each['version'][:12]} {each['stored_at'][:16]} {counts}"
        )
    for each in document["not_taken"]:
        typer.echo(f"{each['outcome']:11} {each['list']:16} {each['at'][:16]} {each['reason']}")


def _run(work: Callable[[Database], Awaitable[AnswerT]]) -> AnswerT:
    settings = read_settings(DatabaseSettings)
    address = settings.database_url.get_secret_value()
    check_address("CUSTOMER_DATABASE_URL", address)

    async def run() -> AnswerT:
        database = await Database.connect(
            address, name="screening", pool_size=2, statement_timeout_ms=_STATEMENT_TIMEOUT_MS
        )
        try:
            await require_version(database, settings.migrations_folder, PROGRAM)
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())
