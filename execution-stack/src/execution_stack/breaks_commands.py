"""Commands on differences: `execution-stack breaks | break-take | break-close | break-keep`."""

import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from execution_stack.accounts import service as accounts
from execution_stack.aggregation.late_fills import keep
from execution_stack.books import service as books
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Closing, FoundBreak, Kind
from execution_stack.breaks.errors import TransferMismatch
from execution_stack.terminal import Json, on_database, show
from shared.clock import SystemClock
from shared.database import Database
from shared.ids import HOUSE_TENANT

BreakId = Annotated[UUID, typer.Argument(help="Id of the break, as `breaks` lists it.")]
Operator = Annotated[UUID, typer.Option(help="Who does it: the id of a staff member.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


def list_breaks(
    limit: Limit = 100,
    kind: Annotated[list[Kind] | None, typer.Option(help="Only these kinds; may be given again.")] = None,
    *,
    only_open: Annotated[bool, typer.Option("--open", help="Only those that nobody has closed.")] = False,
    as_json: Json = False,
) -> None:
    """List the newest differences: what was expected and found, since when, in whose hands, how it ended."""

    async def read(database: Database) -> list[FoundBreak]:
        async with database.transaction(HOUSE_TENANT) as tx:
            return await breaks.list_found(tx, limit, kinds=kind or tuple(Kind), only_open=only_open)

    now = SystemClock().now()
    rows = [_row(each, now) for each in asyncio.run(on_database(read))]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        state = row["closing"] or (f"taken by {row['owner']}" if row["owner"] else "OPEN")
        typer.echo(
            f"{row['id']}  {row['kind']:20} {row['subject']}  expected {row['expected']} found {row['found']}"
            f"  {row['age_seconds']} s  {state}"
        )


def take_break(break_id: BreakId, operator: Operator, *, as_json: Json = False) -> None:
    """Take care of a break: its owner is who took it last."""

    async def do(database: Database) -> None:
        async with database.transaction(HOUSE_TENANT) as tx:
            await breaks.take(tx, break_id, operator, SystemClock().now())

    asyncio.run(on_database(do))
    show({"break": str(break_id), "owner": str(operator)}, as_json=as_json)


def close_break(
    break_id: BreakId,
    operator: Operator,
    how: Annotated[Closing, typer.Option(help="How it ended.")],
    transfer: Annotated[UUID | None, typer.Option(help="The transfer that corrected it.")] = None,
    book: Annotated[UUID, typer.Option(help="The book of that transfer.")] = HOUSE_TENANT,
    *,
    as_json: Json = False,
) -> None:
    """Close a break that you own. Nothing is posted by this."""

    async def do(database: Database) -> None:
        tenants = await accounts.list_tenants(database)
        async with database.transaction(HOUSE_TENANT, *tenants) as tx:
            if transfer is not None and not await books.is_posted(tx, book, transfer):
                raise TransferMismatch("The books have no such transfer. Post it first, or name its book.")
            await breaks.close(tx, break_id, operator, how, transfer, SystemClock().now())

    asyncio.run(on_database(do))
    show({"break": str(break_id), "closing": how.value}, as_json=as_json)


def keep_late_fill(break_id: BreakId, operator: Operator, *, as_json: Json = False) -> None:
    """Let the house keep a late fill at its own cost, out of suspense, and close its break."""

    async def do(database: Database) -> UUID | None:
        async with database.transaction(HOUSE_TENANT) as tx:
            return await keep(tx, break_id, operator, SystemClock().now())

    transfer = asyncio.run(on_database(do))
    show({"break": str(break_id), "transfer": str(transfer or "none")}, as_json=as_json)


def _row(each: FoundBreak, now: datetime) -> dict[str, Any]:
    what = each.what
    return {
        "id": str(each.break_id),
        "kind": what.kind.value,
        "subject": str(what.subject),
        "expected": what.expected,
        "found": what.found,
        "found_at": each.found_at.isoformat(),
        "age_seconds": int(each.age(now).total_seconds()),
        "owner": str(each.owner) if each.owner else None,
        "closing": each.closing.value if each.closing else None,
        "transfer": str(each.transfer_id) if each.transfer_id else None,
        "evidence": [{one.kind.value: str(one.reference_id)} for one in what.evidence],
    }


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "breaks": list_breaks,
    "break-take": take_break,
    "break-close": close_break,
    "break-keep": keep_late_fill,
}
