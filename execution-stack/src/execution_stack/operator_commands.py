"""Commands on operators' keys: `execution-stack operator-keys | operator-keys-found | ...`.

A key is an Ed25519 key in PEM. Whoever has one makes it alone, and gives away the public half only:

    openssl genpkey -algorithm ed25519 -out me.pem && openssl pkey -in me.pem -pubout -out me.pub
"""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from uuid import UUID

import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

from execution_stack.operators.service import Key, OperatorKeys
from execution_stack.terminal import Json, on_database, show
from shared.clock import SystemClock
from shared.operations.system_key import SystemKey, SystemKeyUnusable

ResultT = TypeVar("ResultT")

KeyFile = Annotated[Path, typer.Option("--key-file", help="Your own private key, in PEM.")]
PublicKey = Annotated[Path, typer.Option("--public-key", help="A public key, in PEM.")]
Operator = Annotated[UUID, typer.Option("--operator", help="Whose key it is: the id of a staff member.")]


def read_key(path: Path) -> SystemKey:
    """Read an operator's private key."""
    try:
        return SystemKey.read(path)
    except SystemKeyUnusable:
        raise typer.BadParameter("the file holds no Ed25519 private key in PEM") from None


def list_keys(*, as_json: Json = False) -> None:
    """List operators' keys, and which of them stand."""
    _show_all(_run(lambda keys: keys.list_keys()), as_json=as_json)


def found(
    operator: Annotated[list[UUID], typer.Option("--operator", help="Whose keys, in their order.")],
    public_key: Annotated[list[Path], typer.Option("--public-key", help="Their public keys, likewise.")],
    *,
    as_json: Json = False,
) -> None:
    """Let the first operators' keys stand, two at least: once, since nobody stands yet who lets them in."""
    if len(operator) != len(public_key) or len(operator) < 2:
        raise typer.BadParameter("name two operators at least, and a public key for each")
    pairs = [(each, _read_public(path)) for each, path in zip(operator, public_key, strict=True)]
    _show_all(_run(lambda keys: keys.found(pairs)), as_json=as_json)


def register(operator: Operator, public_key: PublicKey, key_file: KeyFile, *, as_json: Json = False) -> None:
    """Say that a key is an operator's: it stands once a second operator says so too."""
    key, public = read_key(key_file), _read_public(public_key)
    show(_describe(_run(lambda keys: keys.register(key, operator, public))), as_json=as_json)


def retire(
    key: Annotated[UUID, typer.Argument(help="Id of the key, as `operator-keys` lists it.")],
    key_file: KeyFile,
    *,
    as_json: Json = False,
) -> None:
    """Say that a key is over: it is once a second operator says so too."""
    holder = read_key(key_file)
    show(_describe(_run(lambda keys: keys.retire(holder, key))), as_json=as_json)


def _run(work: Callable[[OperatorKeys], Awaitable[ResultT]]) -> ResultT:
    return asyncio.run(on_database(lambda database: work(OperatorKeys(database, SystemClock()))))


def _read_public(path: Path) -> bytes:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise typer.BadParameter(f"{path} holds no Ed25519 public key in PEM")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _show_all(keys: Sequence[Key], *, as_json: bool) -> None:
    rows = [_describe(key) for key in keys]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['key']}  {row['operator']}  {row['state']}")


def _describe(key: Key) -> dict[str, Any]:
    state = "stands" if key.stands else "retired" if key.is_retired else "waits for a second operator"
    return {"key": str(key.id), "operator": str(key.operator), "public": key.public.hex(), "state": state}


COMMANDS: Final[dict[str, Callable[..., None]]] = {
    "operator-keys": list_keys,
    "operator-keys-found": found,
    "operator-key-register": register,
    "operator-key-retire": retire,
}
