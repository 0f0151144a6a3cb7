"""Commands of the customer stack: `customer-stack migrate | seed | api | worker | checks | gate | ...`.

What serves, seeds or checks is imported by its own command: it needs the whole stack, which takes longer to
load than the other commands take to work.

Guaranteed: a refusal or a missing setting is one sentence on standard error and exit code 2; results are
JSON on standard output and nothing else.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
import uvloop
from pydantic import SecretStr, ValidationError

from customer_stack.customers.sealing import FieldKeysUnusable
from customer_stack.evidence_commands import app as evidence_app
from customer_stack.filings.commands import app as filings_app
from customer_stack.rebuild.commands import app as ledger_app
from customer_stack.reconciliation_commands import app as reconciliation_app
from customer_stack.restore_commands import add_restore_commands
from customer_stack.screening.commands import app as screening_app
from customer_stack.screening.list_commands import add_list_commands
from customer_stack.settings import (
    PROGRAM,
    AuditSettings,
    DatabaseSettings,
    OwnerSettings,
    Settings,
    WorkerSettings,
    read_settings,
)
from customer_stack.wiring.gate_commands import app as gate_app
from shared.audit.commands import against_of, build_audit_commands, run_verify
from shared.audit.witness.commands import add_witness_commands
from shared.boundary.key_commands import add_key_commands
from shared.database_address import check_address
from shared.errors import Refusal
from shared.operations.logs import configure_logs
from shared.operations.process import ProcessFailed
from shared.outflow_commands import ComparedTo, add_outflow_command, run_resume

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
privacy_app = typer.Typer(no_args_is_help=True, help="Privacy: erasures.")
app.add_typer(evidence_app, name="evidence")
app.add_typer(filings_app, name="filings")
add_list_commands(screening_app)
app.add_typer(gate_app, name="gate")
app.add_typer(ledger_app, name="ledger")
app.add_typer(privacy_app, name="privacy")
app.add_typer(reconciliation_app, name="reconciliation")
app.add_typer(screening_app, name="screening")
add_key_commands(app, "CUSTOMER_")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command()
def migrate() -> None:
    """Bring the database up to date (owner role)."""
    from shared.migrations import upgrade  # noqa: PLC0415

    settings = read_settings(OwnerSettings)
    upgrade(
        settings.owner_database_url.get_secret_value(),
        settings.migrations_folder,
        setting="CUSTOMER_OWNER_DATABASE_URL",
    )


@app.command()
def seed(*, as_json: Json = False) -> None:
    """Make two development tenants with staff; print their ids and sign-ins."""
    from customer_stack.seeding import SeedSettings, require_sandbox  # noqa: PLC0415
    from customer_stack.seeding import seed as run_seed  # noqa: PLC0415

    require_sandbox(read_settings(DatabaseSettings))
    settings, chosen = read_settings(Settings), read_settings(SeedSettings)
    _check_address("DATABASE_URL", settings.database_url)
    document = asyncio.run(run_seed(settings, chosen))
    if as_json:
        _print(document)
        return
    for one in document["staff"]:
        typer.echo(f"{one['tenant']:10} {one['username']:22} {one['password']}")


@app.command("enrolment-word")
def enrolment_word(
    *,
    tenant: Annotated[str, typer.Option(help="The operator's short name.")],
    staff: Annotated[UUID, typer.Option(help="Who enrols a first factor: the id of a staff member.")],
    operator: Annotated[UUID, typer.Option(help="Who gives the word: the id of another staff member.")],
) -> None:
    """Let somebody enrol a first factor whom no colleague can let in yet; the audit names who did."""
    from customer_stack.signing_commands import give_first_word  # noqa: PLC0415

    settings = read_settings(Settings)
    _check_address("DATABASE_URL", settings.database_url)
    _print(asyncio.run(give_first_word(settings, tenant, staff, operator)))


@app.command()
def api() -> None:
    """Serve HTTP, and management on a port of its own, until told to stop."""
    from customer_stack.application import run_api  # noqa: PLC0415
    from customer_stack.production import require_production  # noqa: PLC0415

    require_production(settings := Settings.model_validate({}))
    _check_address("DATABASE_URL", settings.database_url)
    uvloop.run(run_api(settings))


@app.command()
def worker() -> None:
    """Deliver events, work timers, seal the audit, until told to stop."""
    from customer_stack.production import require_production  # noqa: PLC0415
    from customer_stack.worker import run_worker  # noqa: PLC0415

    require_production(settings := WorkerSettings.model_validate({}))
    _check_address("DATABASE_URL", settings.database_url)
    _check_address("SEALER_DATABASE_URL", settings.sealer_database_url)
    uvloop.run(run_worker(settings))


@app.command()
def checks(
    *,
    books: Annotated[bool, typer.Option("--books", help="Ask neither execution nor a bank.")] = False,
    as_json: Json = False,
) -> None:
    """Make every check for all tenants; exit code 1 unless all hold. Nothing is kept."""
    from customer_stack.checks import run_checks  # noqa: PLC0415

    settings = read_settings(Settings)
    _check_address("DATABASE_URL", settings.database_url)
    found = asyncio.run(run_checks(settings, books_only=books))
    if as_json:
        _print(found)
    else:
        for check in found:
            typer.echo(f"{'held' if check['held'] else 'BROKEN':7} {check['name']}: {check['detail']}")
    if not all(check["held"] for check in found):
        raise typer.Exit(1)


@privacy_app.callback()
def privacy() -> None:
    """Erasures of people, and their register."""


@privacy_app.command("replay-erasures")
def replay_erasures(*, as_json: Json = False) -> None:
    """Erase again everybody in the register of erasures. Run it after a restore, before anything serves."""
    from customer_stack.replaying import run_replay  # noqa: PLC0415

    settings = read_settings(Settings)
    _check_address("DATABASE_URL", settings.database_url)
    if settings.erasure_register_file is None:
        _fail("CUSTOMER_ERASURE_REGISTER_FILE is not set: there is no register to read.")
    done = asyncio.run(run_replay(settings))
    if as_json:
        _print(done)
    else:
        typer.echo(f"{done['lines']} lines, {done['erased_again']} erased again, {done['unknown']} unknown")


@app.command()
def doctor(*, as_json: Json = False) -> None:
    """Look at everything this installation needs; exit code 1 when something is wrong."""
    from customer_stack.doctor import build_checks  # noqa: PLC0415
    from shared.doctor.examining import examine, show  # noqa: PLC0415

    show(examine(build_checks()), as_json=as_json)


@app.command("audit-verify")
def audit_verify(*, as_json: Json = False) -> None:
    """Recompute the whole audit; exit code 1 when it does not hold. The same as `audit verify`."""
    settings = read_settings(AuditSettings)
    address = settings.auditor_database_url.get_secret_value()
    against = against_of(settings.audit_public_keys_file, settings.other_audit_public_keys_file)
    run_verify("CUSTOMER_AUDITOR_DATABASE_URL", address, against, as_json=as_json)


def _database_address() -> str:
    settings = read_settings(DatabaseSettings)
    _check_address("DATABASE_URL", settings.database_url)
    return settings.database_url.get_secret_value()


def _database_place() -> tuple[str, Path]:
    return _database_address(), read_settings(DatabaseSettings).migrations_folder


add_restore_commands(app)
_audit_app = build_audit_commands("customer")
add_witness_commands(_audit_app, _database_address)
add_outflow_command(app, _database_place, PROGRAM)
app.add_typer(_audit_app, name="audit")


@app.command("resume-outflow")
def resume_outflow(
    operator: Annotated[UUID, typer.Option(help="Who compared: the id of a member of staff.")],
    compared_to: ComparedTo,
    *,
    as_json: Json = False,
) -> None:
    """Let money leave again, once statements of all banks were compared; docs/systems/backup.md."""
    from customer_stack.access.service import require_staff  # noqa: PLC0415

    run_resume(
        _database_place,
        PROGRAM,
        lambda database: require_staff(database, operator),
        compared_to,
        as_json=as_json,
    )


def _check_address(name: str, address: SecretStr) -> None:
    check_address(f"CUSTOMER_{name}", address.get_secret_value())


def _print(document: object) -> None:
    typer.echo(json.dumps(document))


def main() -> None:
    """Run one command."""
    # Standard output is for the result; a process that stays configures its logs anew.
    configure_logs("customer-command", level="WARNING", stream=sys.stderr)
    try:
        app()
    except ValidationError as error:
        _fail(_describe_settings(error))
    except (Refusal, FieldKeysUnusable, ProcessFailed) as error:
        _fail(str(error))


def _describe_settings(error: ValidationError) -> str:
    """Name what is missing or unusable, never its value."""
    missing = ", ".join(f"CUSTOMER_{each['loc'][0]}".upper() for each in error.errors() if each["loc"])
    rules = "; ".join(each["msg"] for each in error.errors() if not each["loc"])
    return f"Settings are missing or unusable: {missing or rules}. Set them in the environment."


def _fail(sentence: str) -> None:
    typer.echo(sentence, err=True)
    sys.exit(2)
