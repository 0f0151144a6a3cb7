"""What people do about the witness, on the command line of every stack: alarms, restores, accepted epochs.

Who did it is a staff member's id; why is a word of a closed list, so that nothing of a person gets into the
execution database.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar
from uuid import UUID

import typer

from shared.audit.witness import alarms, store
from shared.audit.witness.alarms import Alarm
from shared.audit.witness.domain import AlarmEnding, RestoreCause
from shared.audit.witness.service import accept_epoch, begin_epoch, end_alarm
from shared.clock import SystemClock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT

ResultT = TypeVar("ResultT")
Operator = Annotated[UUID, typer.Option(help="Who does it: the id of a staff member.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def add_witness_commands(app: typer.Typer, read_address: Callable[[], str]) -> None:
    """Give `app` the commands; `read_address` returns the address of the stack's database (app role)."""

    def run(work: Callable[[Transaction], Awaitable[ResultT]]) -> ResultT:
        return asyncio.run(_run(read_address(), work))

    @app.command("alarms")
    def list_alarms(
        limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
        *,
        standing: Annotated[bool, typer.Option("--standing", help="Only those that stand.")] = False,
        as_json: Json = False,
    ) -> None:
        """List what the witness raised, newest first; exit code 1 when an alarm stands."""
        found = run(lambda tx: alarms.list_alarms(tx, limit, only_standing=standing))
        if as_json:
            typer.echo(json.dumps([_describe(alarm) for alarm in found]))
        else:
            for alarm in found:
                _print(alarm)
        if any(alarm.ending is None for alarm in found):
            raise typer.Exit(1)

    @app.command("witness")
    def show_witness(*, as_json: Json = False) -> None:
        """Show how much each stack has signed of the other's audit, and what stands against it."""
        _show(run(_load_standing), as_json=as_json)

    @app.command("end-alarm")
    def end(
        alarm: Annotated[UUID, typer.Argument(help="The alarm's id, as `alarms` lists it.")],
        operator: Operator,
        how: Annotated[AlarmEnding, typer.Option(help="Why it ends.")],
        *,
        as_json: Json = False,
    ) -> None:
        """End an alarm that a person has looked into. It comes again if its cause is still there."""
        now = SystemClock().now()
        ended = run(lambda tx: end_alarm(tx, alarm, operator, how, now))
        _show({"alarm": str(alarm), "ended": ended}, as_json=as_json)

    @app.command("restored")
    def restored(
        operator: Operator,
        cause: Annotated[RestoreCause, typer.Option(help="Why the audit is older than it was.")],
        *,
        as_json: Json = False,
    ) -> None:
        """Begin a new epoch of this stack's audit after a restore that lost records.

        The other stack has to accept it: audit accept-epoch.
        """
        now = SystemClock().now()
        epoch, kept = run(lambda tx: begin_epoch(tx, operator, cause, now))
        _show({"epoch": epoch, "kept": kept}, as_json=as_json)

    @app.command("accept-epoch")
    def accept(
        epoch: Annotated[int, typer.Argument(min=2, help="The number that `audit restored` gave.")],
        operator: Operator,
        kept: Annotated[int, typer.Option(min=0, help="How many records were kept: `restored` printed it.")],
        *,
        as_json: Json = False,
    ) -> None:
        """Accept that the other stack's audit was restored with its first records.

        The epoch has to continue what is held of those. What is held beyond them is given up.
        """
        now = SystemClock().now()
        held, continues = run(lambda tx: accept_epoch(tx, epoch, kept, operator, now))
        document = {
            "epoch": epoch,
            "held_before": held.size,
            "epoch_before": held.epoch,
            "continues": continues.size,
        }
        _show(document, as_json=as_json)


async def _run(address: str, work: Callable[[Transaction], Awaitable[ResultT]]) -> ResultT:
    database = await Database.connect(address, name="audit-command", pool_size=1)
    try:
        async with database.transaction(HOUSE_TENANT) as tx:
            return await work(tx)
    finally:
        await database.close()


async def _load_standing(tx: Transaction) -> dict[str, Any]:
    epoch, held = await store.load_epoch(tx), await store.load_held(tx)
    cosigned_at = await store.load_cosigned_at(tx)
    return {
        "epoch": epoch,
        "cosigned": await store.load_received_size(tx, epoch),
        "unwitnessed_seconds": round(await store.load_unwitnessed_seconds(tx), 1),
        "doubted": await alarms.is_disowned(tx, epoch),
        "other_epoch": held.epoch,
        "other_held": held.size,
        "other_cosigned_at": None if cosigned_at is None else cosigned_at.isoformat(),
        "other_doubted": await alarms.is_doubted(tx, held.epoch),
    }


def _describe(alarm: Alarm) -> dict[str, Any]:
    evidence = alarm.evidence
    return {
        "alarm": str(alarm.id),
        "kind": evidence.kind.value,
        "epoch": evidence.epoch,
        "held_size": evidence.held_size,
        "held_root": None if evidence.held_root is None else evidence.held_root.hex(),
        "size": evidence.size,
        "root": evidence.root.hex(),
        "raised_at": alarm.raised_at.isoformat(),
        "ending": None if alarm.ending is None else alarm.ending.value,
        "ended_by": None if alarm.ended_by is None else str(alarm.ended_by),
    }


def _print(alarm: Alarm) -> None:
    evidence = alarm.evidence
    end = "STANDS" if alarm.ending is None else f"{alarm.ending.value} by {alarm.ended_by}"
    typer.echo(
        f"{alarm.raised_at.isoformat(timespec='seconds')}  {alarm.id}  {evidence.kind.value:9} epoch "
        f"{evidence.epoch}: held {evidence.held_size}, offered {evidence.size}  {end}"
    )


def _show(document: dict[str, Any], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(document))
        return
    for name, value in document.items():
        typer.echo(f"{name:19} {value}")
