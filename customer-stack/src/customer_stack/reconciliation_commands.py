"""`customer-stack reconciliation`: match a day with the statements that are here, or compute matches again.

    customer-stack reconciliation match [--day 2026-11-27] [--json]
    customer-stack reconciliation replay [--limit N] [--json]

Guaranteed: exit code 1 when a match does not come out again, 2 when the command cannot begin; nothing is
adjusted, what is left becomes breaks.
"""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Annotated, Any

import typer

from customer_stack.settings import Settings, read_settings
from shared.database_address import check_address

app = typer.Typer(no_args_is_help=True, help="Reconciliation: match days, compute matches again.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NEWEST = 20


@app.callback()
def reconciliation() -> None:
    """Matching with statements."""


@app.command("match")
def match_day(
    *,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day of Colombo; yesterday without it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Match a day for every department whose statements are here and were not matched yet."""
    made = asyncio.run(_match(_settings(), day))
    if as_json:
        typer.echo(json.dumps(made))
        return
    for each in made:
        ours, theirs = (f"{each[f'{side}_matched']} of {each[side]}" for side in ("ours", "theirs"))
        counts = f"{ours} ours, {theirs} theirs, {each['differences']} differences"
        typer.echo(f"{each['day']} {each['source']:12} {counts}")


@app.command()
def replay(
    *,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="The newest of each tenant.")] = NEWEST,
    as_json: Json = False,
) -> None:
    """Compute the newest matches again from what was kept; exit code 1 when one differs."""
    found = asyncio.run(_replay(_settings(), limit))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        for each in found:
            typer.echo(f"{'agrees' if each['agrees'] else 'DIFFERS':8} {each['id']}")
    if not all(each["agrees"] for each in found):
        raise typer.Exit(1)


def _settings() -> Settings:
    settings = read_settings(Settings)
    check_address("CUSTOMER_DATABASE_URL", settings.database_url.get_secret_value())
    return settings


async def _match(settings: Settings, day: datetime | None) -> list[dict[str, Any]]:
    # Both need the whole stack, which the other commands need not load.
    from customer_stack.main import open_services  # noqa: PLC0415
    from customer_stack.reconciliation.match_schemas import show_match  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="reconciliation")
        made = await services.reconciliation.matching.match_day(None if day is None else day.date())
    return [show_match(each).model_dump(mode="json") for each in made]


async def _replay(settings: Settings, limit: int) -> list[dict[str, Any]]:
    from customer_stack.main import open_services  # noqa: PLC0415
    from customer_stack.reconciliation.match_schemas import show_replay  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="reconciliation")
        replayed = await services.reconciliation.matching.replay_newest(limit)
    return [show_replay(each).model_dump(mode="json") for each in replayed]
