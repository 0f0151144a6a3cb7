"""Commands: `sandbox exchange|bank|identity|acquirer`. Settings come from the environment."""

from collections.abc import Callable
from typing import TypeVar

import typer
from pydantic import ValidationError

from sandbox.acquirer.app import create_app as create_acquirer
from sandbox.bank.app import create_app as create_bank
from sandbox.exchange.app import create_app as create_exchange
from sandbox.exchange.signatures import KeysUnreadable
from sandbox.identity.app import create_app as create_identity
from sandbox.journal import JournalBroken
from sandbox.server import serve
from sandbox.settings import AcquirerSettings, BankSettings, ExchangeSettings, IdentitySettings

app = typer.Typer(help="Counterparties of the platform as local programs.", no_args_is_help=True)

T = TypeVar("T")


@app.command()
def exchange() -> None:
    """Run the event exchange (Kalshi Trade API v2)."""
    settings = _or_explain(lambda: ExchangeSettings.model_validate({}))
    app = _or_explain(lambda: create_exchange(settings))
    serve(app, settings.host, settings.exchange_port, date_header=False)


@app.command()
def bank() -> None:
    """Run the bank: pay-ins, payouts, statement, signed webhooks."""
    settings = _or_explain(lambda: BankSettings.model_validate({}))
    serve(_or_explain(lambda: create_bank(settings)), settings.host, settings.bank_port)


@app.command()
def identity() -> None:
    """Run the identity vendor."""
    settings = _or_explain(lambda: IdentitySettings.model_validate({}))
    serve(_or_explain(lambda: create_identity(settings)), settings.host, settings.identity_port)


@app.command()
def acquirer() -> None:
    """Run the card acquirer: charges, captures, refunds, chargebacks, signed webhooks."""
    settings = _or_explain(lambda: AcquirerSettings.model_validate({}))
    serve(_or_explain(lambda: create_acquirer(settings)), settings.host, settings.acquirer_port)


def _or_explain(start: Callable[[], T]) -> T:
    """Turn what keeps a program from starting into one sentence and exit code 2."""
    try:
        return start()
    except ValidationError as error:
        for one in error.errors():
            name = "".join(f"SANDBOX_{part}: ".upper() for part in one["loc"])
            typer.echo(f"{name}{one['msg']}", err=True)
    except (KeysUnreadable, JournalBroken) as error:
        typer.echo(str(error), err=True)
    raise typer.Exit(2)
