"""Commands on what stops and bounds trading: `execution-stack halt | lift | refuse-waiting | ...`."""

import asyncio
import json
from collections.abc import Callable
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from execution_stack.control.domain import Cause, EndedHalt
from execution_stack.control.service import ControlService
from execution_stack.intents.service import IntentService
from execution_stack.terminal import Json, on_database, show
from shared.clock import SystemClock

Market = Annotated[UUID | None, typer.Option(help="One market; without it, all.")]
Operator = Annotated[UUID, typer.Option(help="Who does it: the id of a staff member.")]
Limit = Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")]


def halt(
    operator: Operator,
    market: Market = None,
    reason: Annotated[Cause, typer.Option(help="Why.")] = Cause.OPERATOR,
    *,
    as_json: Json = False,
) -> None:
    """Stop trading in one market, or in all: nothing is closed and nothing new is sent."""
    is_new = asyncio.run(
        on_database(lambda database: ControlService(database, SystemClock()).halt(market, reason, operator))
    )
    show({"market": str(market or "all"), "reason": reason.value, "recorded": is_new}, as_json=as_json)


def lift(
    operator: Operator,
    market: Market = None,
    reason: Annotated[Cause | None, typer.Option(help="Only halts for this; without it, any.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Let trading go on in one market, or end the halts of all markets."""
    lifted = asyncio.run(
        on_database(lambda database: ControlService(database, SystemClock()).lift(market, operator, reason))
    )
    show({"market": str(market or "all"), "lifted": lifted}, as_json=as_json)


def list_halts(
    limit: Limit = 100,
    *,
    standing: Annotated[bool, typer.Option("--standing", help="Only those that stand.")] = False,
    as_json: Json = False,
) -> None:
    """List the newest halts, with who made and who lifted them."""
    found = asyncio.run(
        on_database(
            lambda database: ControlService(database, SystemClock()).list(limit, only_standing=standing)
        )
    )
    rows = [_row(each) for each in found]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        end = f"lifted {row['lifted_at']} by {row['lifted_by']}" if row["lifted_at"] else "STANDS"
        typer.echo(f"{row['since']}  {row['market']:36}  {row['cause']:15}  by {row['operator']:36}  {end}")


def _row(each: EndedHalt) -> dict[str, Any]:
    halt_made = each.halt
    return {
        "halt": str(halt_made.halt_id),
        "market": str(halt_made.market_id or "all"),
        "cause": halt_made.cause.value,
        "operator": str(halt_made.operator or "system"),
        "since": halt_made.since.isoformat(),
        "lifted_by": None if each.lifted_by is None else str(each.lifted_by),
        "lifted_at": None if each.lifted_at is None else each.lifted_at.isoformat(),
    }


def refuse_waiting(operator: Operator, market: Market = None, *, as_json: Json = False) -> None:
    """Refuse all that waits in a halted market, or in all: their holds end on the other side."""
    refused = asyncio.run(
        on_database(lambda database: IntentService(database, SystemClock()).refuse_halted(market, operator))
    )
    show({"market": str(market or "all"), "refused": refused}, as_json=as_json)


def position_limit(
    market: Annotated[UUID, typer.Option(help="The market.")],
    contracts: Annotated[int, typer.Option(min=0, max=10**11, help="How many may be held, net.")],
    operator: Operator,
    *,
    as_json: Json = False,
) -> None:
    """Set how many contracts of a market may be held net, whatever fills; from the next window on."""
    units = contracts * 100
    asyncio.run(
        on_database(
            lambda database: ControlService(database, SystemClock()).limit_position(market, units, operator)
        )
    )
    show({"market": str(market), "contracts": contracts}, as_json=as_json)


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "halt": halt,
    "lift": lift,
    "halts": list_halts,
    "refuse-waiting": refuse_waiting,
    "position-limit": position_limit,
}
