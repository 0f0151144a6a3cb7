"""`customer-stack ledger rebuild`: is every balance, position, hold and counter what the facts make it?

    customer-stack ledger rebuild --check            the auditor's address is enough
    customer-stack ledger rebuild --repair           needs the owner's

Guaranteed: exit code 0 only when everything follows from the facts, after the repair where one was asked for.
"""

import asyncio
import json
from typing import Annotated, Any
from uuid import UUID

import typer
from pydantic import SecretStr

from customer_stack.rebuild.domain import REPAIRABLE, Report
from customer_stack.settings import AuditSettings, OwnerSettings, read_settings
from shared.clock import SystemClock
from shared.database_address import check_address
from shared.ids import SystemIds
from shared.ledger.rebuild import open_database

app = typer.Typer(no_args_is_help=True, help="The ledger: recompute it from its facts.")
SHOWN = 50


@app.callback()
def ledger() -> None:
    """Recompute the ledger from its facts."""


@app.command()
def rebuild(
    *,
    repair: Annotated[
        bool, typer.Option("--repair/--check", help="Write snapshots and counters anew, or only compare.")
    ] = False,
    tenant: Annotated[UUID | None, typer.Option(help="One tenant; all without it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Findings shown per check.")] = SHOWN,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Recompute every balance, hold, position and counter; exit code 1 when something does not follow."""
    if repair:
        owner = read_settings(OwnerSettings).owner_database_url
        document = _run("CUSTOMER_OWNER_DATABASE_URL", owner, tenant, limit, repair=True)
    else:
        auditor = read_settings(AuditSettings).auditor_database_url
        document = _run("CUSTOMER_AUDITOR_DATABASE_URL", auditor, tenant, limit, repair=False)
    if as_json:
        typer.echo(json.dumps(document))
    else:
        _print(document)
    if not document["good"]:
        raise typer.Exit(1)


def _run(
    setting: str, address: SecretStr, tenant: UUID | None, limit: int, *, repair: bool
) -> dict[str, Any]:
    check_address(setting, address.get_secret_value())
    return asyncio.run(_rebuild(address.get_secret_value(), tenant, limit, repair=repair))


async def _rebuild(dsn: str, tenant: UUID | None, limit: int, *, repair: bool) -> dict[str, Any]:
    # It asks every module that keeps counters: loaded when needed, as the other commands need none of them.
    from customer_stack.rebuild.service import LedgerRebuild  # noqa: PLC0415

    async with open_database(dsn) as database:
        service = LedgerRebuild(database, SystemClock(), SystemIds())
        report = await service.check(tenant, limit)
        if not repair or report.is_good:
            return _describe(report)
        before, written = report, await service.repair(tenant, report)
        after = _describe(await service.check(tenant, limit))
        return after | {"found_before": _describe(before)["findings"], "rewritten": written}


def _describe(report: Report) -> dict[str, Any]:
    return {
        "good": report.is_good,
        "compared": {name.value: count for name, count in report.compared.items()},
        "entries_per_second": report.entries_per_second,
        "took_ms": report.took_ms,
        "findings": [
            {
                "check": finding.check.value,
                "tenant": None if finding.tenant_id is None else str(finding.tenant_id),
                "subject": finding.subject,
                "stands": finding.stands,
                "should_be": finding.should_be,
                "repairable": finding.check in REPAIRABLE,
            }
            for finding in report.findings
        ],
    }


def _print(document: dict[str, Any]) -> None:
    for finding in document.get("found_before", ()):
        _print_finding("FOUND", finding)
    for what, count in document.get("rewritten", {}).items():
        typer.echo(f"rewritten {what}: {count}")
    for finding in document["findings"]:
        _print_finding("DIFFERS", finding)
    for name, count in document["compared"].items():
        typer.echo(f"{name}: {count} compared")
    verdict = "everything follows from the facts" if document["good"] else "NOT everything follows"
    rate = f"{document['entries_per_second']} entries/s of the ledger, {document['took_ms']} ms in all"
    typer.echo(f"{verdict} ({rate})")


def _print_finding(word: str, finding: dict[str, Any]) -> None:
    sides = f"stands {finding['stands']}, should be {finding['should_be']}"
    typer.echo(f"{word} {finding['check']}: {finding['subject']}: {sides}")
