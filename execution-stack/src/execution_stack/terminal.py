"""What every command of the execution stack shares: how it opens the stack, and how it answers."""

import json
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Annotated, Any, Final, TypeVar

import typer

from execution_stack.main import Services, open_database, open_services
from execution_stack.settings import DatabaseSettings, Settings, read_settings
from shared.database import Database

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
ResultT = TypeVar("ResultT")
COMMAND_TIMEOUT_MS: Final = 60_000


async def on_database(work: Callable[[Database], Awaitable[ResultT]]) -> ResultT:
    """Do `work` on the database, and close it."""
    async with AsyncExitStack() as stack:
        return await work(
            await open_database(read_settings(DatabaseSettings), stack, name="execution-command")
        )


async def on_services(work: Callable[[Services], Awaitable[ResultT]]) -> ResultT:
    """Do `work` on all services, the exchange among them, and close them."""
    settings = read_settings(Settings)
    async with AsyncExitStack() as stack:
        database = await open_database(
            settings, stack, name="execution-command", statement_timeout_ms=COMMAND_TIMEOUT_MS
        )
        return await work(await open_services(settings, stack, database))


def show(document: dict[str, Any], *, as_json: bool) -> None:
    """Print one result, as JSON or for people."""
    if as_json:
        typer.echo(json.dumps(document))
        return
    for name, value in document.items():
        typer.echo(f"{name:12} {value}")
