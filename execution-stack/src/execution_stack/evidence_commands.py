"""`execution-stack evidence window | list | verifier | growth`: packs of windows, for auditors.

    execution-stack evidence window ID --key-file ME.pem --out PACK.zip
    execution-stack evidence list --window ID
    execution-stack evidence verifier > verify_pack.py
    execution-stack evidence growth --from SIZE --to SIZE > growth.txt

`window` makes the pack, waits until the audit and its witness have signed for it, and registers it under the
name of the operator whose key it is given. The worker has to run: it seals the audit.
"""

import asyncio
import contextlib
import json
import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import IO, Annotated, Any, ClassVar, Final, TypeVar
from uuid import UUID

import typer

from execution_stack.evidence.domain import MadePack
from execution_stack.evidence.service import WindowPacks
from execution_stack.main import open_database
from execution_stack.operator_commands import KeyFile, read_key
from execution_stack.settings import DatabaseSettings, EvidenceSettings, read_settings
from execution_stack.terminal import COMMAND_TIMEOUT_MS, Json, show
from shared.clock import SystemClock
from shared.database_address import check_address
from shared.errors import Kind, Refusal
from shared.evidence.commands import add_pack_commands
from shared.evidence.proving import prove_with
from shared.ids import SystemIds

app = typer.Typer(no_args_is_help=True, help="Evidence packs of windows.")
ResultT = TypeVar("ResultT")
MODE: Final = 0o600
MOST: Final = 1_000


class FileUnusable(Refusal):
    """The pack's file is there already, or cannot be written."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "evidence.file_unusable"


@app.callback()
def evidence() -> None:
    """Packs that prove what a window committed itself to, and what became of it."""


@app.command()
def window(
    window_id: Annotated[UUID, typer.Argument(metavar="ID", help="The window: reports and packs name it.")],
    key_file: KeyFile,
    out: Annotated[Path, typer.Option(help="The file to write.")],
    *,
    as_json: Json = False,
) -> None:
    """Make a pack of a window whose order has ended, and register it."""
    if out.exists():
        raise FileUnusable(f"{out} is there already. Name another file.")
    holder, begun = read_key(key_file), out.with_name(f"{out.name}.part")
    try:
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL, MODE)
    except OSError as error:
        raise FileUnusable(f"{begun} cannot be written: {error.strerror}.") from error
    try:
        with os.fdopen(descriptor, "wb") as file:
            made = asyncio.run(_on_packs(lambda packs: packs.make(window_id, holder, _writing(file, out))))
            with _writable(out):
                file.flush()
                os.fsync(file.fileno())
        with _writable(out):
            os.link(begun, out)  # unlike a renaming, never over a file that came meanwhile
    finally:
        begun.unlink()
    show(_describe(made) | {"file": str(out)}, as_json=as_json)


@contextlib.contextmanager
def _writable(out: Path) -> Iterator[None]:
    """Tell an error of the file as one. Raises FileUnusable."""
    try:
        yield
    except OSError as error:
        raise FileUnusable(f"{out} cannot be written: {error.strerror}.") from error


def _writing(file: IO[bytes], out: Path) -> Callable[[bytes], object]:
    def write(piece: bytes) -> object:
        with _writable(out):
            return file.write(piece)

    return write


@app.command("list")
def list_packs(
    of: Annotated[UUID | None, typer.Option("--window", help="Of one window.")] = None,
    sha256: Annotated[str | None, typer.Option(help="Of one file, by its SHA-256 in hexadecimal.")] = None,
    before: Annotated[UUID | None, typer.Option(help="Older than this pack.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST, help="How many.")] = 100,
    *,
    as_json: Json = False,
) -> None:
    """List the packs that were made, newest first; whether a file is one of them."""
    wanted = None if sha256 is None else _digest(sha256)
    found = asyncio.run(_on_packs(lambda packs: packs.list_made(of, wanted, before, limit)))
    if as_json:
        typer.echo(json.dumps([_describe(each) | {"signature_holds": holds} for each, holds in found]))
        return
    for each, holds in found:
        signed = "" if holds else "  ITS SIGNATURE DOES NOT HOLD"
        said = f"{each.made_at:%Y-%m-%d %H:%M} {each.id}  window {each.window_id}  {each.sha256.hex()}"
        typer.echo(f"{said}{signed}")


def _digest(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise typer.BadParameter("a SHA-256 is 64 digits and letters from a to f") from None


async def _on_packs(work: Callable[[WindowPacks], Awaitable[ResultT]]) -> ResultT:
    settings = read_settings(EvidenceSettings)
    proving = prove_with(settings.audit_public_keys_file, settings.other_audit_public_keys_file)
    async with AsyncExitStack() as stack:
        database = await open_database(
            settings, stack, name="execution-evidence", statement_timeout_ms=COMMAND_TIMEOUT_MS
        )
        return await work(WindowPacks(database, proving, SystemClock(), SystemIds()))


def _describe(made: MadePack) -> dict[str, Any]:
    return {
        "pack": str(made.id),
        "window": str(made.window_id),
        "sha256": made.sha256.hex(),
        "bytes": made.size_bytes,
        "rows": made.row_count,
        "records": made.record_count,
        "witnessed": made.is_witnessed,
        "operator": str(made.operator),
        "made_at": made.made_at.isoformat(),
    }


def _database_address() -> str:
    address = read_settings(DatabaseSettings).database_url.get_secret_value()
    check_address("EXECUTION_DATABASE_URL", address)
    return address


add_pack_commands(app, _database_address)
