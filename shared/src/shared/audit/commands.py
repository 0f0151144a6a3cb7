"""`audit` on the command line of every stack: verify, prove, check a proof, print the checkpoint, make a key.

    customer-stack audit verify [--json] [--witness FILE|ADDRESS] [--known FILE] [--processes 4]
    customer-stack audit prove TXID/ID [TXID/ID ...] > proof.json
    customer-stack audit check-proof proof.json          needs no database
    customer-stack audit checkpoint                      the newest, as a signed note
    customer-stack audit new-key

A proof is one JSON document: the records as they stand, where each stands in the tree, the hashes to its
root, and the checkpoint that the log signed over that root. Who has it needs the log's public keys, and
nothing else of ours, to check it.

Guaranteed: results are on standard output and nothing else; exit code 1 when something does not hold, 2 when
a command could not begin.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, TypeVar

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from shared.audit import documents
from shared.audit.checkpoints import DASH, Verifier, read_note, write_note
from shared.audit.domain import AuditHead
from shared.audit.keys import load_verifiers, make_key, origin_of
from shared.audit.store import load_last_checkpoint
from shared.audit.verify import PROCESSES
from shared.audit.witness.domain import LogKeys
from shared.audit.witness.proving import write_proof
from shared.audit.witness.store import load_origin
from shared.audit.witness.verifying import Against, WitnessedReport, verify_witnessed
from shared.database import Database, Transaction
from shared.database_address import check_address
from shared.errors import Kind, Refusal
from shared.operations.settings import list_secret_files, secrets_folder

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
MOST_PROOFS: Final = 1_000
ResultT = TypeVar("ResultT")


class AuditCommandRefused(Refusal):
    """A command's argument or setting is missing, or is not what it should be."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "audit.command_refused"


def build_audit_commands(stack: str) -> typer.Typer:
    """Return the commands of a stack; its settings begin with its name."""
    prefix = f"{stack.upper()}_"
    app = typer.Typer(no_args_is_help=True, help="The audit: verification, proofs, checkpoints, keys.")
    address = Annotated[
        str,
        typer.Option(
            envvar=f"{prefix}AUDITOR_DATABASE_URL",
            default_factory=lambda: _address_in_folder(prefix),
            show_default=False,
            help="The auditor's database.",
        ),
    ]
    keys = Annotated[
        Path | None,
        typer.Option("--keys", envvar=f"{prefix}AUDIT_PUBLIC_KEYS_FILE", help="Every key that the log had."),
    ]

    others = Annotated[
        Path | None,
        typer.Option(envvar=f"{prefix}OTHER_AUDIT_PUBLIC_KEYS_FILE", help="Every key of the witness."),
    ]

    @app.callback()
    def audit() -> None:
        """Verify the audit, and prove what stands in it."""

    @app.command("verify")
    def verify_history(
        database: address,
        public_keys: keys = None,
        other_keys: others = None,
        witness: Annotated[
            list[str] | None,
            typer.Option(help="A file of cosigned checkpoints, or the witness's database; may be repeated."),
        ] = None,
        known: Annotated[Path | None, typer.Option(help="Checkpoints that were kept elsewhere.")] = None,
        processes: Annotated[int, typer.Option(min=1, max=64)] = PROCESSES,
        *,
        as_json: Json = False,
    ) -> None:
        """Recompute the whole history; exit code 1 when it does not hold."""
        if witness and (public_keys is None or other_keys is None):
            raise AuditCommandRefused("Name the keys of both logs: --keys and --other-keys, or the settings.")
        verifiers = () if public_keys is None else load_verifiers(public_keys)
        against = replace(
            against_of(public_keys, other_keys),
            sources=tuple(witness or ()),
            known=tuple(_read_known(known, verifiers)),
        )
        run_verify(f"{prefix}AUDITOR_DATABASE_URL", database, against, processes, as_json=as_json)

    @app.command()
    def prove(
        records: Annotated[list[str], typer.Argument(help="Records, each as TRANSACTION/ID.")],
        database: address,
        public_keys: keys = None,
    ) -> None:
        """Prove that records stand in the history: one JSON document."""
        positions = [_position(each) for each in records[:MOST_PROOFS]]
        check_address(f"{prefix}AUDITOR_DATABASE_URL", database)
        origin = _verifiers(public_keys, prefix)[-1].name
        document = asyncio.run(_on_database(database, lambda tx: _prove(tx, origin, positions)))
        typer.echo(json.dumps(document, indent=2))

    @app.command("check-proof")
    def check_proof(
        file: Annotated[Path, typer.Argument(help="What `prove` printed.", exists=True, dir_okay=False)],
        public_keys: keys = None,
        other_keys: others = None,
        *,
        as_json: Json = False,
    ) -> None:
        """Check a proof without any database; exit code 1 when it does not hold."""
        witnesses = load_verifiers(other_keys) if other_keys else ()
        found = documents.check(file.read_text("utf-8"), _verifiers(public_keys, prefix), witnesses)
        typer.echo(json.dumps(found) if as_json else _tell(found))
        if not found["holds"]:
            raise typer.Exit(1)

    @app.command()
    def checkpoint(database: address, public_keys: keys = None) -> None:
        """Print the newest checkpoint, as a signed note (C2SP tlog-checkpoint)."""
        check_address(f"{prefix}AUDITOR_DATABASE_URL", database)
        origin = _verifiers(public_keys, prefix)[-1].name
        typer.echo(asyncio.run(_on_database(database, lambda tx: _newest(tx, origin))), nl=False)

    @app.command("new-key")
    def new_key(
        file: Annotated[
            Path, typer.Option("--file", envvar=f"{prefix}AUDIT_KEY_FILE", help="The secret key's file.")
        ],
        environment: Annotated[
            str, typer.Option(envvar=f"{prefix}ENVIRONMENT", help="sandbox or production.")
        ],
        public_keys: keys = None,
    ) -> None:
        """Make a key, list it, and put it in the place of the old one; then start the worker again."""
        if public_keys is None:
            raise AuditCommandRefused(f"Name the list of keys: {prefix}AUDIT_PUBLIC_KEYS_FILE or --keys.")
        typer.echo(make_key(file, public_keys, origin_of(environment, stack)).text())

    return app


def run_verify(
    setting: str,
    database: str,
    against: Against,
    processes: int = PROCESSES,
    *,
    as_json: bool,
) -> None:
    """Verify, draw how far it is where a person looks, and print the report. Raises typer.Exit."""
    check_address(setting, database)
    with _draw() as drawing:
        task = drawing.add_task("records", total=None)
        report = asyncio.run(
            verify_witnessed(
                database,
                against,
                processes=processes,
                progress=lambda done, every: drawing.update(task, completed=done, total=every),
            )
        )
    typer.echo(json.dumps(describe(report)) if as_json else str(report))
    if not report.is_good:
        raise typer.Exit(1)


def against_of(public_keys: Path | None, other_keys: Path | None = None) -> Against:
    """Return what to verify against, from files of public keys. Raises AuditKeyUnusable."""
    own, other = (
        None if file is None else LogKeys.of(load_verifiers(file)) for file in (public_keys, other_keys)
    )
    return Against(own, None if own is None else other)


def describe(found: WitnessedReport) -> dict[str, Any]:
    """Return a report as a document."""
    report = found.report
    finding = report.finding
    return {
        "good": found.is_good,
        "cosigned": found.cosigned,
        "covered": found.covered,
        "torn": found.torn,
        "lost": found.lost,
        "sealed": report.head.size,
        "root": report.head.root.hex(),
        "checkpoints": report.checkpoints,
        "signatures_checked": report.are_signed,
        "unsealed": report.unsealed,
        "finding": finding
        and {
            "problem": finding.problem.name.lower(),
            "meaning": finding.problem.value,
            "sequence": finding.sequence,
            "record_txid": finding.record_txid,
            "record_id": finding.record_id,
        },
    }


def _draw() -> Progress:
    """Return a bar on standard error, which shows only where a person looks."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def _read_known(file: Path | None, verifiers: Sequence[Verifier]) -> list[AuditHead]:
    """Read notes that follow each other in a file; only what a listed key has signed counts."""
    if file is None:
        return []
    heads = []
    for text in _notes(file.read_text(encoding="utf-8")):
        checkpoint, lines = read_note(text)
        if not any(each.has_signed(checkpoint, line) for each in verifiers for line in lines):
            raise AuditCommandRefused(f"{file}: no listed key signed that of size {checkpoint.size}.")
        heads.append(AuditHead(checkpoint.size, checkpoint.root))
    return heads


def _notes(text: str) -> list[str]:
    """Cut a file of notes: each ends with the last of its signatures."""
    notes: list[str] = []
    for line in text.splitlines(keepends=True):
        has_ended = bool(notes) and notes[-1].rpartition("\n\n")[2].startswith(DASH)
        if not notes or (has_ended and not line.startswith(DASH)):
            notes.append(line)
        else:
            notes[-1] += line
    return [note for note in notes if note.strip()]


def _address_in_folder(prefix: str) -> str:
    """Return the auditor's address out of the folder of secrets. Raises BadParameter without one."""
    folder, name = secrets_folder(prefix), f"{prefix}AUDITOR_DATABASE_URL"
    for file in list_secret_files(folder, prefix) if folder else ():
        if file.name.upper() == name:
            return file.read_text().strip()
    raise typer.BadParameter(f"Set {name}, or name the database with --database.")


def _position(text: str) -> tuple[int, int]:
    txid, _, record_id = text.partition("/")
    if not (txid.isdecimal() and record_id.isdecimal()):
        raise AuditCommandRefused(f"A record is named TRANSACTION/ID, such as 1234/56, not {text!r}.")
    return int(txid), int(record_id)


def _verifiers(public_keys: Path | None, prefix: str) -> tuple[Verifier, ...]:
    if public_keys is None:
        raise AuditCommandRefused(f"Name the log's public keys: {prefix}AUDIT_PUBLIC_KEYS_FILE or --keys.")
    return load_verifiers(public_keys)


async def _on_database(dsn: str, work: Callable[[Transaction], Awaitable[ResultT]]) -> ResultT:
    database = await Database.connect(dsn, name="audit-command", pool_size=1, statement_timeout_ms=60_000)
    try:
        async with database.transaction() as tx:
            return await work(tx)
    finally:
        await database.close()


async def _newest(tx: Transaction, origin: str) -> str:
    signed = await load_last_checkpoint(tx)
    if signed is None:
        raise AuditCommandRefused("There is no checkpoint yet: nothing was sealed.")
    origin = await load_origin(tx, origin, signed.size)
    return write_note(signed.checkpoint(origin), [signed.line(origin)])


async def _prove(tx: Transaction, origin: str, positions: Sequence[tuple[int, int]]) -> dict[str, Any]:
    if (document := await write_proof(tx, origin, positions)) is None:
        raise AuditCommandRefused("There is no checkpoint yet: nothing was sealed.")
    return document


def _tell(found: dict[str, Any]) -> str:
    if not found["holds"]:
        return f"DOES NOT HOLD: {found['problem']}"
    count = len(found["records"])
    return f"holds: {count} record(s) under the checkpoint of {found['origin']} over {found['size']} records"
