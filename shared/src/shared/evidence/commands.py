"""`... evidence verifier | growth`: what both stacks' operators give to whoever checks a pack."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

from shared.audit.proofs import prove_growth
from shared.database import Database


def add_pack_commands(app: typer.Typer, database_address: Callable[[], str]) -> None:
    """Add the commands; `database_address` returns the stack's own, checked."""

    @app.command()
    def verifier() -> None:
        """Print the verifier, to compare it with the one in a pack, or to take it from here."""
        from shared.evidence.writing import load_verifier  # noqa: PLC0415 - takes longer to load than to print

        typer.echo(load_verifier().decode(), nl=False)

    @app.command()
    def growth(
        *,
        old: Annotated[int, typer.Option("--from", min=1, help="The size of the checkpoint that was kept.")],
        new: Annotated[int, typer.Option("--to", min=1, help="The size of the checkpoint in the pack.")],
    ) -> None:
        """Print the proof that the log grew from one size to another, for --consistency of the verifier."""
        for step in asyncio.run(_prove_growth(database_address(), old, new)):
            typer.echo(step.hex())


async def _prove_growth(address: str, old: int, new: int) -> list[bytes]:
    database = await Database.connect(address, name="evidence", pool_size=1)
    try:
        async with database.transaction() as tx:
            return await prove_growth(tx, old, new)
    finally:
        await database.close()
