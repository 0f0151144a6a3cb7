"""Commands for a database that came back: our own (`after-restore`), or that of execution (the others)."""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

import typer

from customer_stack.settings import Settings, read_settings
from shared.database_address import check_address
from shared.restores import RestoredTo

Operator = Annotated[UUID, typer.Option(help="Who does it: the id of a staff member.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Listed = Annotated[
    bool,
    typer.Option("--listed", help="It was restored, though it is known: a copy keeps its timeline."),
]


def add_restore_commands(app: typer.Typer) -> None:
    """Give `app` the commands."""
    app.command("after-restore")(after_restore)
    app.command("reported")(reported)
    app.command("ask-again")(ask_again)


def after_restore(
    to: Annotated[RestoredTo, typer.Option(help="end: nothing was lost. moment: something was.")],
    operator: Operator,
    *,
    listed: Listed = False,
    as_json: Json = False,
) -> None:
    """Finish a restore of this stack's database. Run it before its processes; docs/systems/backup.md."""
    from customer_stack import restoring  # noqa: PLC0415 - the whole stack

    done = restoring.finish_restore(_settings(), to, operator, though_listed=listed)
    _show(asyncio.run(done), as_json=as_json)


def reported(*, as_json: Json = False) -> None:
    """Print how far this stack has read execution's reports, as its `after-restore --reported` wants it."""
    from customer_stack import restoring  # noqa: PLC0415

    _show(asyncio.run(restoring.read_reported(_settings())), as_json=as_json)


def ask_again(operator: Operator, *, as_json: Json = False) -> None:
    """Ask execution again for each wager that stands there: after a restore of its database.

    What it lost it refuses while trading is halted, and the customer's money is free again.
    """
    from customer_stack import restoring  # noqa: PLC0415

    _show(asyncio.run(restoring.ask_again(_settings(), operator)), as_json=as_json)


def _settings() -> Settings:
    settings = read_settings(Settings)
    check_address("CUSTOMER_DATABASE_URL", settings.database_url.get_secret_value())
    return settings


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document))
        return
    for name, value in document.items():
        typer.echo(f"{name:22} {value}")
