"""`rotate-keys` and `revoke-key`, for the command line of every stack: they change a key file in place.

The running processes notice the file. Nothing here prints a secret.

Guaranteed: a file is replaced whole, with its owner and never readable by others; two commands at once
follow each other.
"""

import contextlib
import fcntl
import json
import os
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from shared.boundary.errors import KeysUnusable
from shared.boundary.keys import KeyRecord, dump_keys, load_keys
from shared.boundary.rotation import Change, pairs_of, revoke, rotate, take
from shared.clock import SystemClock


def add_key_commands(app: typer.Typer, prefix: str) -> None:
    """Give `app` the commands on the key file that `<prefix>BOUNDARY_KEYS_FILE` names."""
    file_option = typer.Option("--file", envvar=f"{prefix}BOUNDARY_KEYS_FILE", help="The key file.")

    @app.command("rotate-keys")
    def rotate_keys(
        file: Annotated[Path, file_option],
        lead_minutes: Annotated[int, typer.Option(min=0, max=7 * 1440, help="Time to distribute it.")] = 30,
        days: Annotated[int, typer.Option(min=1, max=400, help="How long the new pair is valid.")] = 90,
        caller: Annotated[str | None, typer.Option(help="Who calls, such as customer.sandbox.")] = None,
        callee: Annotated[str | None, typer.Option(help="Who answers, such as execution.sandbox.")] = None,
        hand_over: Annotated[
            Path | None, typer.Option(help="Write the pair here too, for the other.")
        ] = None,
        take_file: Annotated[Path | None, typer.Option("--take", help="Add the pair in this file.")] = None,
        *,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Add a new pair of boundary keys beside those in use; expired ones are dropped."""
        now = SystemClock().now()

        def change(records: Sequence[KeyRecord]) -> Change:
            if take_file is not None:
                return take(records, load_keys(take_file).records, now=now)
            pair = _choose_pair(records, caller, callee)
            lead, validity = timedelta(minutes=lead_minutes), timedelta(days=days)
            made = rotate(records, pair, now=now, lead=lead, validity=validity)
            if hand_over is not None:
                _write_new(hand_over, dump_keys(made.added))
            return made

        _show(change_file(file, change), as_json=as_json)

    @app.command("revoke-key")
    def revoke_key(
        key_id: Annotated[UUID, typer.Argument(help="The id of the key.")],
        file: Annotated[Path, file_option],
        *,
        even_if_last: Annotated[bool, typer.Option(help="Also when nothing is left to sign with.")] = False,
        as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    ) -> None:
        """Take a leaked boundary key away at once."""
        now = SystemClock().now()
        made = change_file(file, lambda records: revoke(records, key_id, now=now, even_if_last=even_if_last))
        _show(made, as_json=as_json)


def change_file(path: Path, change: Callable[[Sequence[KeyRecord]], Change]) -> Change:
    """Replace a key file, or make it, with what `change` makes of its records. Raises KeysUnusable."""
    try:
        with _folder_locked(path.parent):
            made = change(load_keys(path).records if path.exists() else ())
            if made.added or made.dropped:
                _replace(path, dump_keys(made.records))
            return made
    except OSError as error:
        raise KeysUnusable(
            f"{error.filename or path} can't be written: {error.strerror}. Check folder and rights, or name "
            "another file."
        ) from error


def _choose_pair(records: Sequence[KeyRecord], caller: str | None, callee: str | None) -> tuple[str, str]:
    if caller is not None and callee is not None:
        return caller, callee
    fitting = [pair for pair in pairs_of(records) if caller in (None, pair[0]) and callee in (None, pair[1])]
    if len(fitting) != 1:
        raise KeysUnusable("The file does not tell whose keys are meant. Give --caller and --callee.")
    return fitting[0]


@contextlib.contextmanager
def _folder_locked(folder: Path) -> Iterator[None]:
    """Hold the folder for the length of a change. Raises KeysUnusable when another command has it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise KeysUnusable("Another command changes keys in this folder. Try again in a moment.") from None
    finally:
        os.close(descriptor)


def _replace(path: Path, content: bytes) -> None:
    """Put `content` in the place of a file, which keeps its owner and its group's right to read."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    _write_new(fresh, content)
    if path.exists():
        before = path.stat()
        if (before.st_uid, before.st_gid) != (os.geteuid(), os.getegid()):
            os.chown(fresh, before.st_uid, before.st_gid)
        fresh.chmod(0o600 | (before.st_mode & 0o040))
    fresh.replace(path)


def _write_new(path: Path, content: bytes) -> None:
    """Write a file that does not exist yet, for its owner's eyes, down to the disk."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _show(made: Change, *, as_json: bool) -> None:
    rows = [("added", each) for each in made.added] + [("dropped", each) for each in made.dropped]
    if as_json:
        typer.echo(json.dumps([_describe(what, each) for what, each in rows]))
        return
    if not rows:
        typer.echo("nothing to change: the file has these keys already")
    for what, each in rows:
        row = _describe(what, each)
        typer.echo(
            f"{what:8} {row['id']} {row['direction']:9} {row['sender']} -> {row['audience']}  "
            f"valid {row['not_before']} to {row['not_after']}, signs from {row['signs_from']}"
        )


def _describe(what: str, record: KeyRecord) -> dict[str, Any]:
    return {
        "change": what,
        "id": str(record.id),
        "direction": record.direction.value,
        "sender": record.sender,
        "audience": record.audience,
        "not_before": _time(record.not_before),
        "signs_from": _time(record.signs_from),
        "not_after": _time(record.not_after),
    }


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
