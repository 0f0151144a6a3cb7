"""`customer-stack filings validate FILE.xml`: try a goAML file before it is sent. Needs no database.

Exit code 0: it may be sent, warnings may stand; 1: it may not; 2: it cannot be read.
"""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from shared.errors import Kind, Refusal

app = typer.Typer(no_args_is_help=True, help="Filings: reports to the financial intelligence unit.")


class FileUnusable(Refusal):
    """The command cannot begin: a file is not there or is not what it should be."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "filings.file_unusable"


@app.callback()
def filings() -> None:
    """Work with reports to the financial intelligence unit."""


@app.command()
def validate(
    file: Annotated[Path, typer.Argument(help="The goAML file.")],
    *,
    entity_id: Annotated[int | None, typer.Option(help="Our rentity_id.")] = None,
    swift: Annotated[str | None, typer.Option(help="Our SWIFT code.")] = None,
    institution_code: Annotated[
        str | None, typer.Option(help="Our code where we have no SWIFT code.")
    ] = None,
    institutions: Annotated[Path | None, typer.Option(help="Banks as CSV: swift,name.")] = None,
    threshold: Annotated[int, typer.Option(min=0, help="Whole LKR.")] = 1_000_000,
    days: Annotated[int, typer.Option(min=0, help="Days after which a transaction is late.")] = 31,
) -> None:
    """Check the structure of a file and every rule, and say what is wrong and where, without its contents."""
    # The XML library loads only for this command.
    from customer_stack.filings.validator import (  # noqa: PLC0415
        Expectations,
        is_acceptable,
        read_institutions,
        validate,
    )

    if not file.is_file():
        raise FileUnusable(f"{file} is no file.")
    expected = Expectations(
        entity_id=entity_id, own_swift=swift, own_code=institution_code, threshold=threshold, late_days=days
    )
    if institutions is not None:
        try:
            table = read_institutions(institutions.read_text(encoding="utf-8"))
        except (OSError, ValueError) as problem:
            raise FileUnusable(f"The table of banks cannot be used: {problem}.") from problem
        expected = replace(expected, institutions=table)
    found = validate(file.read_bytes(), expected)
    for each in found:
        typer.echo(f"{each.weight.value}: {each.code} at {each.place}: {each.message}")
    typer.echo(
        f"{len(found)} findings; {'may be sent' if is_acceptable(found) else 'may not be sent'}", err=True
    )
    if not is_acceptable(found):
        raise typer.Exit(1)
