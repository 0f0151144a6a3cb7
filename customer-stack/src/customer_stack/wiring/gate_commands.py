"""`customer-stack gate replay`: make recorded decisions again, and compare.

    customer-stack gate replay --id ID
    customer-stack gate replay --since 2026-11-20T00:00:00Z [--until ...] [--limit N] [--json]

Guaranteed: nothing is changed; exit code 1 when a decision does not come out again, 2 when the command cannot
begin.
"""

import asyncio
import json
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Final
from uuid import UUID

import typer

from customer_stack.settings import PROGRAM, DatabaseSettings, read_settings
from shared.clock import SystemClock
from shared.database import Database
from shared.database_address import check_address
from shared.errors import Kind, Refusal
from shared.versions import require_version

app = typer.Typer(no_args_is_help=True, help="The gate: decisions about commands of customers.")
DEFAULT_LIMIT = 100_000
LIMIT = 5_000_000
NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)


class ReplayRefused(Refusal):
    """The command does not say what to replay, or there is no such decision."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "gate.replay_refused"


@app.callback()
def gate() -> None:
    """Decisions of the gate."""


@app.command()
def replay(
    *,
    decision_id: Annotated[UUID | None, typer.Option("--id", help="One decision.")] = None,
    since: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"])] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%dT%H:%M:%S%z"])] = None,
    limit: Annotated[int, typer.Option(min=1, max=LIMIT, help="Decisions at most.")] = DEFAULT_LIMIT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Make decisions again from their records; exit code 1 when one differs."""
    if (decision_id is None) == (since is None):
        raise ReplayRefused("Say which decision with --id, or from when on with --since.")
    settings = read_settings(DatabaseSettings)
    check_address("CUSTOMER_DATABASE_URL", settings.database_url.get_secret_value())
    found = asyncio.run(_replay(settings, decision_id, since, until, limit))
    if as_json:
        typer.echo(json.dumps(found))
    else:
        complete = "" if found["complete"] else "; the limit ended it"
        typer.echo(f"{found['replayed']} replayed, {len(found['differing'])} shown that differ{complete}")
        for each in found["differing"]:
            typer.echo(f"DIFFERS {each['id']}: {', '.join(each['differs'])}")
    if found["differing"]:
        raise typer.Exit(1)


async def _replay(
    settings: DatabaseSettings,
    decision_id: UUID | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> dict[str, Any]:
    # What lanes decided themselves is replayed by their modules, which the other commands need not load.
    from customer_stack.wiring.gate import open_replaying  # noqa: PLC0415

    database = await Database.connect(
        settings.database_url.get_secret_value(), name="gate replay", statement_timeout_ms=60_000
    )
    try:
        await require_version(database, settings.migrations_folder, PROGRAM)
        replaying = open_replaying(database)
        if decision_id is not None:
            run = await replaying.replay_one(decision_id)
        else:
            run = await replaying.replay_period(since or NEVER, until or SystemClock().now(), limit)
    finally:
        await database.close()
    if run is None:
        raise ReplayRefused("There is no such decision. Check the id.")
    return {
        "replayed": run.replayed,
        "complete": run.is_complete,
        "differing": [{"id": str(each.id), "differs": list(each.differs)} for each in run.differing],
    }
