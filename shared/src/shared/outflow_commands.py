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
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT
from shared.outflow import find_hold, resume
from shared.versions import require_version

ResultT = TypeVar("ResultT")
FORMATS: Final = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%d"]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_outflow_commands(app: typer.Typer, read_place: Callable[[], tuple[str, Path]], program: str) -> None:
    """Give `app`, the commands of `program`, these.

    `read_place` returns the address of the stack's database (app role) and the folder of its migrations.
    """

    def run(work: Callable[[Transaction], Awaitable[ResultT]]) -> ResultT:
        return asyncio.run(_run(*read_place(), program, work))

    @app.command("outflow")
    def show_outflow(*, as_json: Json = False) -> None:
        """Say whether money leaves; exit code 1 while it is held after a restore."""
        hold = run(find_hold)
        since = None if hold is None else hold.told
        _show({"held": hold is not None, "since": since}, as_json=as_json)
        if hold is not None:
            raise typer.Exit(1)

    @app.command("resume-outflow")
    def resume_outflow(
        operator: Annotated[UUID, typer.Option(help="Who compared: the id of a staff member.")],
        compared_to: Annotated[
            datetime,
            typer.Option(formats=FORMATS, help="Where the banks' statements end that were compared, in UTC."),
        ],
        *,
        as_json: Json = False,
    ) -> None:
        """Let money leave again, once statements of all banks were compared; docs/systems/backup.md."""
        now, to = SystemClock().now(), compared_to.replace(tzinfo=UTC)
        hold = run(lambda tx: resume(tx, operator, to, now))
        document = {"held_since": hold.told, "compared_to": f"{to:%Y-%m-%dT%H:%M:%S}", "held": False}
        _show(document, as_json=as_json)


async def _run(
    address: str, migrations: Path, program: str, work: Callable[[Transaction], Awaitable[ResultT]]
) -> ResultT:
    database = await Database.connect(address, name="outflow-command", pool_size=1)
    try:
        await require_version(database, migrations, program)
        async with database.transaction(HOUSE_TENANT) as tx:
            return await work(tx)
    finally:
        await database.close()


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document))
        return
    for name, value in document.items():
        typer.echo(f"{name:12} {value}")
