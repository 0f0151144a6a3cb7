"""`customer-stack screening match`: try a list or a threshold on a file of names. Needs no database.

    customer-stack screening match --lists DIR --queries FILE.jsonl --out FILE.jsonl
        [--threshold N] [--limit N] [--without-alias ID]... [--processes N]

Guaranteed: the out file appears whole or not at all, with one line per query; exit code 1 when some lines
could not be screened, 2 when a list or a file cannot be used.
"""

import gc
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, ClassVar

import typer

from customer_stack.screening.matching.party import THRESHOLD
from shared.errors import Kind, Refusal

app = typer.Typer(no_args_is_help=True, help="Screening: match names with lists of sanctions.")
DEFAULT_LIMIT = 5


class BatchRefused(Refusal):
    """The command cannot begin: a folder, a list or a file is not usable."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "screening.batch_refused"


@app.callback()
def screening() -> None:
    """Match names with lists of sanctions."""


@app.command()
def match(
    *,
    lists: Annotated[Path, typer.Option(help="Folder with lists as published.")],
    queries: Annotated[
        Path, typer.Option(help="One JSON object per line: id, name, schema, birth_date, country.")
    ],
    out: Annotated[Path, typer.Option(help="Where the answers go, one per line.")],
    threshold: Annotated[int, typer.Option(min=0, max=10_000, help="Score of a possible match.")] = THRESHOLD,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Entries per answer.")] = DEFAULT_LIMIT,
    without_alias: Annotated[
        list[str] | None, typer.Option(help="Leave out the name with this id (OFAC: alt number); repeatable.")
    ] = None,
    processes: Annotated[int | None, typer.Option(min=1, max=16, help="All cores without it.")] = None,
) -> None:
    """Match every query with all lists of a folder, and write the best entries with score and reasons."""
    # The matcher and its libraries load in half a second, which no other command should wait for.
    from customer_stack.screening.batch import Job, answer_all  # noqa: PLC0415
    from customer_stack.screening.folder import read_folder  # noqa: PLC0415
    from customer_stack.screening.lists.errors import ListRefused  # noqa: PLC0415
    from customer_stack.screening.matching.matcher import Matcher  # noqa: PLC0415

    # A matcher is millions of small values without cycles: collecting them takes a third of the time.
    gc.disable()
    if not queries.is_file():
        raise BatchRefused(f"{queries} is no file.")
    if not out.parent.is_dir():
        raise BatchRefused(f"{out.parent} is no folder to write into.")
    try:
        folder = read_folder(lists)
    except ListRefused as problem:
        raise BatchRefused(f"The lists cannot be used: {problem}.") from problem
    known = {name.id for each in folder.lists for entry in each.entries for name in entry.names}
    left_out = _resolve(without_alias or [], known)
    matcher = Matcher(folder.lists, without=left_out)
    gc.freeze()
    for name in folder.left_out:
        typer.echo(f"left out, no list that is known: {name}", err=True)
    typer.echo(f"{matcher.name_count} names of {', '.join(each.source for each in folder.lists)}", err=True)
    part = out.with_name(f".{out.name}.part")
    counts = [0, 0, 0]
    try:
        with queries.open("rb") as lines, part.open("w", encoding="utf-8") as written:
            for answer in answer_all(Job(matcher, threshold, limit), lines, processes):
                written.write(answer.line + "\n")
                counts[0] += 1
                counts[1] += answer.matched
                counts[2] += not answer.screened
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)
    typer.echo(f"{counts[0]} queries, {counts[1]} with a possible match, {counts[2]} not screened", err=True)
    sys.stderr.flush()
    if counts[2]:
        raise typer.Exit(1)


def _resolve(wanted: Iterable[str], known: set[str]) -> set[str]:
    """Return ids of names: as they are, or after the entry's id and a colon. Raises BatchRefused."""
    found = set()
    for each in wanted:
        candidates = (each, each.removeprefix("SDN-").removeprefix("UN-"), each.rpartition(":")[2])
        match = next((candidate for candidate in candidates if candidate in known), None)
        if match is None:
            raise BatchRefused(f"No name of the lists has the id {each}.")
        found.add(match)
    return found
