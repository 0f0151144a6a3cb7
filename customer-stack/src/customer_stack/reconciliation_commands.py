"""`customer-stack reconciliation`: match and close days, compute matches again, make the report of a day.

    customer-stack reconciliation match [--day 2026-11-27] [--json]
    customer-stack reconciliation replay [--limit N] [--json]
    customer-stack reconciliation close-days [--json]
    customer-stack reconciliation report --tenant SLUG --day 2026-11-27 --out FILE.pdf [--department ID]

Guaranteed: exit code 1 when a match does not come out again, 2 when the command cannot begin; nothing is
adjusted, what is left becomes breaks; a report that is made stands in the register of exports.
"""

import asyncio
import json
from contextlib import AsyncExitStack
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from customer_stack.settings import Settings, read_settings
from shared.database_address import check_address

app = typer.Typer(no_args_is_help=True, help="Reconciliation: match and close days, reports.")
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
NEWEST = 20


@app.callback()
def reconciliation() -> None:
    """Matching with statements, days and their reports."""


@app.command("match")
def match_day(
    *,
    day: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="A day of Colombo; yesterday without it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Match a day for every department whose statements are here and were not matched yet.

    Without a day also those that a late statement made due, as the worker does.
    """
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


@app.command("close-days")
def close_days(*, as_json: Json = False) -> None:
    """Close every day of Colombo that has ended and is not closed, as the worker does."""
    closed = asyncio.run(_close_days(_settings()))
    typer.echo(json.dumps({"closed": closed}) if as_json else f"{closed} days closed")


@app.command()
def report(
    *,
    tenant: Annotated[str, typer.Option(help="The operator's short name.")],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A closed day of Colombo.")],
    out: Annotated[Path, typer.Option(help="Where to write it; .csv or .pdf.")],
    department: Annotated[UUID | None, typer.Option(help="One department; all without it.")] = None,
    as_json: Json = False,
) -> None:
    """Write the report of a closed day to a file."""
    made = asyncio.run(_report(_settings(), tenant, (day.date(), department), out))
    typer.echo(json.dumps(made) if as_json else f"{made['sha256']}  {out}")


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
        await services.reconciliation.lists.keep()
        made = await services.reconciliation.matching.match_day(None if day is None else day.date())
        if day is None:
            made += await services.reconciliation.due_days.judge_due()
    return [show_match(each).model_dump(mode="json") for each in made]


async def _close_days(settings: Settings) -> int:
    from customer_stack.main import open_services  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="reconciliation")
        return await services.reconciliation.days.close_due()


async def _report(
    settings: Settings, slug: str, scope: tuple[date, UUID | None], out: Path
) -> dict[str, Any]:
    from customer_stack.exports.domain import Format  # noqa: PLC0415
    from customer_stack.main import open_services  # noqa: PLC0415
    from customer_stack.reconciliation.service.reporting import Wanted  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="reconciliation")
        tenant = await services.tenancy.find_tenant(slug)
        wanted = Wanted(tenant.id, *scope, Format.CSV if out.suffix == ".csv" else Format.PDF)
        made = await services.reconciliation.reports.make(wanted, "system")
    await asyncio.to_thread(out.write_bytes, made.content)
    return {"export": str(made.export.id), "sha256": made.export.sha256.hex(), "rows": made.export.row_count}


async def _replay(settings: Settings, limit: int) -> list[dict[str, Any]]:
    from customer_stack.main import open_services  # noqa: PLC0415
    from customer_stack.reconciliation.match_schemas import show_replay  # noqa: PLC0415

    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name="reconciliation")
        replayed = await services.reconciliation.matching.replay_newest(limit)
    return [show_replay(each).model_dump(mode="json") for each in replayed]
