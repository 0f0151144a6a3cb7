"""Commands of the execution stack: `execution-stack migrate | boundary | worker | checks | ...`.

Guaranteed: a refusal or a missing setting is one sentence on standard error and exit code 2; with --json,
results are JSON on standard output and nothing else.
"""

import asyncio
import json
import sys
from dataclasses import asdict
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
import uvloop
from pydantic import SecretStr, ValidationError

from execution_stack import (
    breaks_commands,
    control_commands,
    evidence_commands,
    operator_commands,
    order_commands,
    restore_commands,
    settlement_commands,
    void_commands,
)
from execution_stack.accounts import service as accounts
from execution_stack.books import service as books
from execution_stack.ledger_commands import app as ledger_app
from execution_stack.main import run_boundary
from execution_stack.operator_commands import KeyFile, read_key
from execution_stack.operators import service as operators
from execution_stack.production import require_production
from execution_stack.reconciliation.domain import Result
from execution_stack.settings import (
    PROGRAM,
    AuditSettings,
    BoundarySettings,
    DatabaseSettings,
    OwnerSettings,
    WorkerSettings,
    read_settings,
)
from execution_stack.terminal import Json, on_database, on_services, show
from execution_stack.worker import run_worker
from shared.audit.commands import against_of, build_audit_commands, run_verify
from shared.audit.witness.commands import add_witness_commands
from shared.boundary.key_commands import add_key_commands
from shared.clock import SystemClock
from shared.database import Database
from shared.database_address import check_address
from shared.errors import Refusal
from shared.ids import HOUSE_TENANT, SystemIds
from shared.money import USD_SCALE, format_minor, to_minor
from shared.operations.logs import configure_logs
from shared.operations.process import ProcessFailed
from shared.outflow_commands import ComparedTo, add_outflow_command, run_resume

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
app.add_typer(ledger_app, name="ledger")
add_key_commands(app, "EXECUTION_")

for commands in (
    control_commands.COMMANDS,
    order_commands.COMMANDS,
    breaks_commands.COMMANDS,
    restore_commands.COMMANDS,
    operator_commands.COMMANDS,
    settlement_commands.COMMANDS,
    void_commands.COMMANDS,
):
    for name, command in commands.items():
        app.command(name)(command)


@app.command()
def migrate() -> None:
    """Bring the database up to date (owner role)."""
    # Only this command needs Alembic, which takes half as long to load as everything else.
    from shared.migrations import upgrade  # noqa: PLC0415

    settings = read_settings(OwnerSettings)
    upgrade(
        settings.owner_database_url.get_secret_value(),
        settings.migrations_folder,
        setting="EXECUTION_OWNER_DATABASE_URL",
    )


@app.command()
def boundary() -> None:
    """Receive signed calls over gRPC, with management on a port of its own, until told to stop."""
    require_production(settings := BoundarySettings.model_validate({}))
    _check_address("DATABASE_URL", settings.database_url)
    uvloop.run(run_boundary(settings))


@app.command()
def worker() -> None:
    """Run windows, orders, resolution, checks and the sealer until told to stop."""
    require_production(settings := WorkerSettings.model_validate({}))
    _check_address("DATABASE_URL", settings.database_url)
    _check_address("SEALER_DATABASE_URL", settings.sealer_database_url)
    uvloop.run(run_worker(settings))


@app.command("float-deposit")
def float_deposit(
    tenant: Annotated[UUID, typer.Option(help="The tenant whose prefund arrived.")],
    amount: Annotated[str, typer.Option(help="USD, such as 1000.00.")],
    deposit: Annotated[UUID | None, typer.Option(help="Id of the deposit: the same is booked once.")] = None,
    *,
    as_json: Json = False,
) -> None:
    """Record that a tenant's prefund arrived at the exchange account."""
    minor = _usd(amount)
    deposit_id = deposit or SystemIds().new()

    async def record(database: Database) -> bool:
        async with database.transaction(tenant) as tx:
            now = SystemClock().now()
            await accounts.open_tenants(tx, [tenant], now)
            return await books.deposit_float(tx, deposit_id, tenant, minor, now)

    is_new = asyncio.run(on_database(record))
    document = {"deposit": str(deposit_id), "tenant": str(tenant), "amount": format_minor(minor, USD_SCALE)}
    show(document | {"recorded": is_new}, as_json=as_json)


@app.command()
def checks(*, as_json: Json = False) -> None:
    """Compare the books with themselves and with the exchange; exit code 1 unless every check held."""
    found = asyncio.run(on_services(lambda services: services.reconciliation.run()))
    if as_json:
        typer.echo(json.dumps([asdict(check) | {"held": check.held} for check in found]))
    else:
        for check in found:
            word = "WRONG" if check.result is Result.DIFFERS else check.result.value
            typer.echo(f"{word:12} {check.name:24} {check.detail}")
    if not all(check.held for check in found):
        raise typer.Exit(1)


@app.command()
def doctor(*, as_json: Json = False) -> None:
    """Look at everything this installation needs; exit code 1 when something is wrong."""
    from execution_stack.doctor import build_checks  # noqa: PLC0415
    from shared.doctor.examining import examine, show  # noqa: PLC0415

    show(examine(build_checks()), as_json=as_json)


@app.command("audit-verify")
def audit_verify(*, as_json: Json = False) -> None:
    """Recompute the whole audit; exit code 1 when it does not hold. The same as `audit verify`."""
    settings = read_settings(AuditSettings)
    address = settings.auditor_database_url.get_secret_value()
    against = against_of(settings.audit_public_keys_file, settings.other_audit_public_keys_file)
    run_verify("EXECUTION_AUDITOR_DATABASE_URL", address, against, as_json=as_json)


def _database_address() -> str:
    settings = read_settings(DatabaseSettings)
    _check_address("DATABASE_URL", settings.database_url)
    return settings.database_url.get_secret_value()


def _database_place() -> tuple[str, Path]:
    return _database_address(), read_settings(DatabaseSettings).migrations_folder


_audit_app = build_audit_commands("execution")
add_witness_commands(_audit_app, _database_address)
add_outflow_command(app, _database_place, PROGRAM)
app.add_typer(_audit_app, name="audit")
app.add_typer(evidence_commands.app, name="evidence")


@app.command("resume-outflow")
def resume_outflow(key_file: KeyFile, compared_to: ComparedTo, *, as_json: Json = False) -> None:
    """Let money leave again, once statements of all banks were compared; docs/systems/backup.md."""
    key = read_key(key_file)

    async def identify(database: Database) -> UUID:
        async with database.transaction(HOUSE_TENANT) as tx:
            return (await operators.identify(tx, key)).operator

    run_resume(_database_place, PROGRAM, identify, compared_to, as_json=as_json)


def _check_address(name: str, address: SecretStr) -> None:
    check_address(f"EXECUTION_{name}", address.get_secret_value())


def _usd(text: str) -> int:
    try:
        amount = to_minor(Decimal(text), USD_SCALE)
    except InvalidOperation:
        amount = 0
    if amount <= 0:
        raise typer.BadParameter("the amount must be a positive number such as 1000.00")
    return amount


def main() -> None:
    """Run one command."""
    # Standard output is for the result; a process that stays configures its logs anew.
    configure_logs("execution-command", level="WARNING", stream=sys.stderr)
    try:
        app()
    except ValidationError as error:
        wrong = ", ".join(f"EXECUTION_{each['loc'][0]}".upper() for each in error.errors() if each["loc"])
        reasons = "; ".join(each["msg"] for each in error.errors() if not each["loc"])
        _fail(f"Settings are missing or unusable: {wrong or reasons}. Set them in the environment.")
    except (Refusal, ProcessFailed) as error:
        _fail(str(error))


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    sys.exit(2)
