"""`execution-stack after-restore`: what has to be done before anything serves on a database that came back.

After a restore that lost something, in this order: all trading is halted, because orders after the moment may
have left; reports are numbered on from what customer stacks have read; what waits is refused, for it may
have been bought already; the exchange's lists are compared, so that what it has and we do not know is a
break. Then the database is listed as looked at: calls that were signed before are refused, and the audit
goes on in a new epoch. Stopped in the middle, it is run again.
"""

import asyncio
import json
from typing import Annotated, Any, Final
from uuid import UUID

import typer

from execution_stack.aggregation import service as aggregation
from execution_stack.breaks import service as breaks
from execution_stack.control.domain import Cause
from execution_stack.control_commands import Operator
from execution_stack.intents.service import IntentService
from execution_stack.main import Services
from execution_stack.reconciliation.account import AccountReconciliation
from execution_stack.reports import service as reports
from execution_stack.terminal import Json, on_services
from shared.audit import AuditRecord, append
from shared.errors import Refusal
from shared.ids import HOUSE_TENANT
from shared.restores import RestoredTo, finish, require_unseen

LOOKS: Final = 2
"""A difference counts when it is found twice in the same way."""
SHOWN: Final = 1_000

Reported = Annotated[
    list[str] | None, typer.Option(help="SENDER=NUMBER, as `customer-stack reported` prints it. Repeatable.")
]

Listed = Annotated[
    bool,
    typer.Option("--listed", help="It was restored, though it is known: a copy keeps its timeline."),
]


def after_restore(
    to: Annotated[RestoredTo, typer.Option(help="end: nothing was lost. moment: something was.")],
    operator: Operator,
    reported: Reported = None,
    *,
    listed: Listed = False,
    as_json: Json = False,
) -> None:
    """Finish a restore of this stack's database. Run it before its processes; docs/systems/backup.md."""
    read = _read(reported or [])
    done = asyncio.run(
        on_services(lambda services: _Restore(services, operator, though_listed=listed).work(to, read))
    )
    if as_json:
        typer.echo(json.dumps(done))
        return
    for name, value in done.items():
        typer.echo(f"{name:22} {value}")


class _Restore:
    """One restore, its steps in their order."""

    def __init__(self, services: Services, operator: UUID, *, though_listed: bool) -> None:
        self._services = services
        self._though_listed = though_listed
        self._operator = operator

    async def work(self, to: RestoredTo, read: dict[str, int]) -> dict[str, Any]:
        """Do the steps; return what each did. Raises NotRestored, NotNamed, NotHalted."""
        database = self._services.database
        async with database.transaction() as tx:
            identity = await require_unseen(tx, though_listed=self._though_listed)
        done: dict[str, Any] = {"timeline": identity.timeline, "restored_to": to.value}
        if to is RestoredTo.MOMENT:
            done |= await self._be_careful(read)
        async with database.transaction(HOUSE_TENANT) as tx:
            now, listed = self._services.clock.now(), self._though_listed
            finished = await finish(tx, to, self._operator, now, though_listed=listed)
            in_flight = await aggregation.count_open(tx)
        done |= {
            "orders_in_flight": in_flight,
            "calls_refused_up_to": finished.calls_after.isoformat(),
            "audit_epoch": finished.epoch,
            "audit_records_kept": finished.kept,
            "outflow": finished.outflow,
        }
        return done

    async def _be_careful(self, read: dict[str, int]) -> dict[str, Any]:
        """Do what a restore that lost something needs."""
        services = self._services
        halted = await services.control.halt(None, Cause.OPERATOR, self._operator)
        async with services.database.transaction(HOUSE_TENANT) as tx:
            skipped = await reports.skip_read(tx, read)
            body = {"skipped": skipped, "recipients": len(read)}
            actor = f"staff:{self._operator}"
            record = AuditRecord(HOUSE_TENANT, "reports.numbers_skipped", body, services.clock.now(), actor)
            await append(tx, [record])
        intents = IntentService(services.database, services.clock)
        refused = await intents.refuse_halted(None, self._operator)
        return {
            "trading": "halted now" if halted else "was halted",
            "report_numbers_skipped": skipped,
            "waiting_refused": refused,
            "breaks_open": await self._compare(),
        }

    async def _compare(self) -> dict[str, int] | str:
        """Compare with the exchange; return how many breaks are open, by kind."""
        services = self._services
        account = AccountReconciliation(services.database, services.exchange, services.clock)
        try:
            for _ in range(LOOKS):
                await account.compare_trading()
                await account.compare_positions()
        except Refusal as refusal:
            return f"not compared ({refusal.code}): the worker compares when the exchange answers"
        async with services.database.transaction(HOUSE_TENANT) as tx:
            found = await breaks.list_found(tx, SHOWN, only_open=True)
        kinds = [each.what.kind.value for each in found]
        return {kind: kinds.count(kind) for kind in sorted(set(kinds))}


def _read(texts: list[str]) -> dict[str, int]:
    """Read SENDER=NUMBER. Raises typer.BadParameter."""
    read = {}
    for text in texts:
        sender, equals, number = text.partition("=")
        if not (sender and equals and number.isdigit()):
            raise typer.BadParameter(f"{text}: give SENDER=NUMBER, as `customer-stack reported` prints it")
        read[sender] = int(number)
    return read


COMMANDS: Final = {"after-restore": after_restore}
