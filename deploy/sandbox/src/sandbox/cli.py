"""Commands: `sandbox exchange|bank|identity|acquirer`. Settings come from the environment.

Each command imports its own program only: four programs start at once, and importing is most of their start.
"""

from collections.abc import Callable
from importlib import import_module
from typing import TypeVar

import typer
from fastapi import FastAPI
from pydantic import ValidationError

from sandbox.exchange.signatures import KeysUnreadable
from sandbox.journal import JournalBroken
from sandbox.server import serve
from sandbox.settings import (
    AcquirerSettings,
    BankSettings,
    ExchangeSettings,
    IdentitySettings,
    SandboxSettings,
    SecretsFolderMissing,
)

app = typer.Typer(help="Counterparties of the platform as local programs.", no_args_is_help=True)

T = TypeVar("T")


@app.command()
def exchange() -> None:
    """Run the event exchange (Kalshi Trade API v2)."""
    settings = _or_explain(lambda: ExchangeSettings.model_validate({}))
    serve(
        _create("exchange", settings),
        settings.host,
        settings.exchange_port,
        date_header=False,
        ping_seconds=settings.exchange_ping_seconds,
    )


@app.command()
def bank() -> None:
    """Run the bank: pay-ins, payouts, statement, signed webhooks."""
    settings = _or_explain(lambda: BankSettings.model_validate({}))
    serve(_create("bank", settings), settings.host, settings.bank_port)


@app.command()
def identity() -> None:
    """Run the identity vendor."""
    settings = _or_explain(lambda: IdentitySettings.model_validate({}))
    serve(_create("identity", settings), settings.host, settings.identity_port)


@app.command()
def acquirer() -> None:
    """Run the card acquirer: charges, captures, refunds, chargebacks, signed webhooks."""
    settings = _or_explain(lambda: AcquirerSettings.model_validate({}))
    serve(_create("acquirer", settings), settings.host, settings.acquirer_port)


def _create(program: str, settings: SandboxSettings) -> FastAPI:
    create: Callable[[SandboxSettings], FastAPI] = import_module(f"sandbox.{program}.app").create_app
    return _or_explain(lambda: create(settings))


def _or_explain(start: Callable[[], T]) -> T:
    """Turn what keeps a program from starting into one sentence and exit code 2."""
    try:
        return start()
    except ValidationError as error:
        for one in error.errors():
            name = "".join(f"SANDBOX_{part}: ".upper() for part in one["loc"])
            typer.echo(f"{name}{one['msg']}", err=True)
    except (KeysUnreadable, JournalBroken, SecretsFolderMissing) as error:
        typer.echo(str(error), err=True)
    raise typer.Exit(2)
