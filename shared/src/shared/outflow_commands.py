"""`outflow` and `resume-outflow`, for the command line of every stack: money that is held after a restore."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import typer

from shared.clock import SystemClock
from shared.database import Database
from shared.ids import HOUSE_TENANT
from shared.outflow import Hold, find_hold, resume
from shared.versions import require_version

ResultT = TypeVar("ResultT")
FORMATS: Final = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
ComparedTo = Annotated[
    datetime,
    typer.Option(formats=FORMATS, help="Where the banks' statements end that were compared, in UTC."),
]
ReadPlace = Callable[[], tuple[str, Path]]
"""Returns the address of the stack's database (app role) and the folder of its migrations."""
Identify = Callable[[Database], Awaitable[UUID]]
"""Returns the id of whoever runs the command, or refuses."""
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_outflow_command(app: typer.Typer, read_place: ReadPlace, program: str) -> None:
    """Give `app`, the commands of `program`, `outflow`."""

    @app.command("outflow")
    def show_outflow(*, as_json: Json = False) -> None:
        """Say whether money leaves; exit code 1 while it is held after a restore."""

        async def look(database: Database) -> Hold | None:
            async with database.transaction() as tx:
                return await find_hold(tx)

        hold = asyncio.run(_run(*read_place(), program, look))
        since = None if hold is None else hold.told
        _show({"held": hold is not None, "since": since}, as_json=as_json)
        if hold is not None:
            raise typer.Exit(1)


def run_resume(
    read_place: ReadPlace, program: str, identify: Identify, compared_to: datetime, *, as_json: bool
) -> None:
    """Let money leave again, on the word of whoever `identify` finds: the work of `resume-outflow`."""
    now, to = SystemClock().now(), compared_to.replace(tzinfo=UTC)

    async def work(database: Database) -> Hold:
        operator = await identify(database)
        async with database.transaction(HOUSE_TENANT) as tx:
            return await resume(tx, operator, to, now)

    hold = asyncio.run(_run(*read_place(), program, work))
    document = {"held_since": hold.told, "compared_to": f"{to:%Y-%m-%dT%H:%M:%S}", "held": False}
    _show(document, as_json=as_json)


async def _run(
    address: str, migrations: Path, program: str, work: Callable[[Database], Awaitable[ResultT]]
) -> ResultT:
    database = await Database.connect(address, name="outflow-command", pool_size=1)
    try:
        await require_version(database, migrations, program)
        return await work(database)
    finally:
        await database.close()


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document))
        return
    for name, value in document.items():
        typer.echo(f"{name:12} {value}")
