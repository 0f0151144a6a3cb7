"""`execution-stack ledger rebuild --check`: is every balance and hold what the facts make it?

The auditor's address is enough. It only compares: what differs is looked at by people first.

Guaranteed: exit code 0 only when everything follows from the facts.
"""

import asyncio
import json
from typing import Annotated, Any, Final

import typer

from execution_stack.settings import AuditSettings, read_settings
from execution_stack.terminal import Json
from shared.database_address import check_address
from shared.ledger import rebuild as kernel

app = typer.Typer(no_args_is_help=True, help="The ledger: recompute it from its facts.")
SHOWN: Final = 50


@app.callback()
def ledger() -> None:
    """Recompute the ledger from its facts."""


@app.command()
def rebuild(
    *,
    _check: Annotated[bool, typer.Option("--check", help="Only compare, as it does without it too.")] = True,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="Findings shown.")] = SHOWN,
    as_json: Json = False,
) -> None:
    """Recompute every balance, hold and entry; exit code 1 when something does not follow."""
    address = read_settings(AuditSettings).auditor_database_url.get_secret_value()
    check_address("EXECUTION_AUDITOR_DATABASE_URL", address)
    document = _describe(asyncio.run(kernel.check(address, limit=limit)))
    if as_json:
        typer.echo(json.dumps(document))
    else:
        _print(document)
    if not document["good"]:
        raise typer.Exit(1)


def _describe(found: kernel.Rebuild) -> dict[str, Any]:
    return {
        "good": not found.differences,
        "compared": {
            "accounts": found.accounts,
            "postings": found.postings,
            "entries": found.entries,
            "open_holds": found.open_holds,
        },
        "entries_per_second": found.entries_per_second,
        "took_ms": found.took_ms,
        "findings": [
            {
                "check": "ledger",
                "subject": f"{each.table}: book {each.key[0]} asset {each.key[1]} {each.key[2]}",
                "stands": str(each.stands),
                "should_be": str(each.should_be),
            }
            for each in found.differences
        ],
    }


def _print(document: dict[str, Any]) -> None:
    for each in document["findings"]:
        typer.echo(f"DIFFERS {each['subject']}: stands {each['stands']}, should be {each['should_be']}")
    for name, count in document["compared"].items():
        typer.echo(f"{name}: {count} compared")
    verdict = "everything follows from the facts" if document["good"] else "NOT everything follows"
    typer.echo(f"{verdict} ({document['entries_per_second']} entries/s, {document['took_ms']} ms in all)")
