"""Commands on orders and windows: `execution-stack orders | look-up | replay | status`."""

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from enum import StrEnum
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from execution_stack.aggregation.domain import OrderState, Pressure
from execution_stack.aggregation.service import AggregationService, InFlight, WindowPolicy
from execution_stack.aggregation.tasks import OrderWorker
from execution_stack.control.domain import Cause, Halts
from execution_stack.control.service import ControlService
from execution_stack.main import Services
from execution_stack.replay.service import ReplayService
from execution_stack.terminal import Json, on_database, on_services, show
from shared.audit.witness.alarms import Alarm, list_alarms
from shared.clock import SystemClock
from shared.database import Database
from shared.ids import SystemIds

MOST_ALARMS: Final = 100


class Which(StrEnum):
    """Which orders to list."""

    IN_FLIGHT = "in_flight"
    SUBMITTED = "submitted"
    UNKNOWN = "unknown"
    ACKED = "acked"


def _aggregation(database: Database) -> AggregationService:
    return AggregationService(database, SystemClock(), SystemIds(), WindowPolicy())


def list_orders(
    state: Annotated[Which, typer.Option(help="Where they stand.")] = Which.IN_FLIGHT,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
    *,
    as_json: Json = False,
) -> None:
    """List orders that are in flight, the oldest first."""
    in_flight = [each for each in OrderState if each.is_in_flight]
    states = in_flight if state is Which.IN_FLIGHT else [OrderState(state.value)]
    found = asyncio.run(on_database(lambda database: _aggregation(database).list_orders(states, limit)))
    rows = [_plain(asdict(each)) for each in found]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(
            f"{row['state']:10} {row['order_id']}  market {row['market_id']}  attempts {row['attempts']}  "
            f"sent {row['sent_at']}  unknown since {row['unknown_at']}"
        )


def look_up(
    order: Annotated[UUID, typer.Option(help="An order in flight.")],
    *,
    as_json: Json = False,
) -> None:
    """Look for an order at the exchange now, and share it out if it has ended there; never send it."""

    async def look(services: Services) -> dict[str, Any]:
        aggregation = _aggregation(services.database)
        worker = OrderWorker(aggregation, services.exchange, services.clock, budget=services.budget)
        before = await aggregation.load(order)
        as_of = await services.exchange.as_of()
        after = await worker.look_up(before)
        return {
            "order": str(order),
            "before": before.state.value,
            "after": after.state.value,
            "exchange_order": None if after.exchange_order_id is None else str(after.exchange_order_id),
            "complete_to": as_of.isoformat(),
        }

    show(asyncio.run(on_services(look)), as_json=as_json)


def replay(
    window: Annotated[UUID | None, typer.Option(help="One window.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All windows.")] = False,
    as_json: Json = False,
) -> None:
    """Share windows out again and compare; exit code 1 names the first difference."""
    if (window is not None) == everything:
        raise typer.BadParameter("give either --window or --all")
    report = asyncio.run(on_database(lambda database: ReplayService(database).replay(window)))
    found = report.difference
    document = {
        "replayed": report.replayed,
        "in_flight": report.in_flight,
        "difference": None if found is None else _plain(asdict(found)),
    }
    show(document, as_json=as_json)
    if found is not None:
        raise typer.Exit(1)


def status(*, as_json: Json = False) -> None:
    """Show what is in flight, what waits, what is halted, and what is said against the audit."""

    async def read(database: Database) -> tuple[InFlight, Pressure, Halts, Sequence[Alarm]]:
        aggregation = _aggregation(database)
        halts = await ControlService(database, SystemClock()).load()
        counts, pressure = await aggregation.count_in_flight(), await aggregation.measure_pressure()
        async with database.transaction() as tx:
            return counts, pressure, halts, await list_alarms(tx, MOST_ALARMS, only_standing=True)

    counts, pressure, halts, alarms = asyncio.run(on_database(read))
    document: dict[str, Any] = {
        f"orders_{each.value}": counts[each][0] if each in counts else 0
        for each in OrderState
        if each.is_in_flight
    }
    document |= {
        "windows_waiting": pressure.windows,
        "oldest_window_seconds": pressure.oldest_seconds,
        "tenants_paused": [str(tenant) for tenant in sorted(pressure.paused)],
        "halted": "all" if halts.is_global else [str(market) for market in sorted(halts.markets)],
        "halts": {cause.value: halts.count(cause) for cause in Cause if halts.count(cause)},
        "audit_alarms": sorted({alarm.evidence.kind.value for alarm in alarms}),
    }
    show(document, as_json=as_json)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with ids and times as text."""
    return {
        name: value if value is None or isinstance(value, int) else str(value) for name, value in row.items()
    }


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "orders": list_orders,
    "look-up": look_up,
    "replay": replay,
    "status": status,
}
