"""Whether the address of a database can be used, said in one sentence with the setting that holds it.

Processes and commands look before they begin: a wrong address is the commonest mistake of whoever sets the
platform up, and a driver's traceback helps nobody.

Guaranteed: a sentence names the setting and never a part of the address, which holds a password.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from typing import Any, Final

import asyncpg

from shared.errors import Kind, Refusal

CONNECT_TIMEOUT_SECONDS: Final = 15.0
SHAPE: Final = "postgresql://user:password@host:5432/database"
_SENTENCES: Final[tuple[tuple[type[Exception], str], ...]] = (
    (
        asyncpg.InvalidAuthorizationSpecificationError,
        "the server refuses its user or password. Correct them, or make that role.",
    ),
    (
        asyncpg.InvalidCatalogNameError,
        "the server has no database of that name. Correct the name, or make the database.",
    ),
    (socket.gaierror, "its host is not known. Correct the host."),
    (
        ssl.SSLCertVerificationError,
        "its certificate is not from the authority in sslrootcert, or not for that host. Correct them.",
    ),
    (
        FileNotFoundError,
        "no server has its socket in that folder. Start that PostgreSQL, or correct the address.",
    ),
    (TimeoutError, "no answer in time. Check host, port and network."),
)


class DatabaseAddressUnusable(Refusal):
    """No connection could be had with a configured address."""

    kind = Kind.UNAVAILABLE
    code = "database.address_unusable"


def check_address(setting: str, dsn: str) -> None:
    """Open one connection and close it. Not from inside a running event loop.

    `setting` is the variable's name. Raises DatabaseAddressUnusable.
    """

    async def look() -> None:
        connection = await connect(setting, dsn, {})
        await connection.close()

    asyncio.run(look())


async def connect(setting: str, dsn: str, server_settings: Mapping[str, str]) -> "asyncpg.Connection[Any]":
    """Open a connection. Raises DatabaseAddressUnusable, which names `setting`."""
    if not dsn.strip():
        raise DatabaseAddressUnusable(f"{setting} is empty. Set it to an address such as {SHAPE}.")
    try:
        connection: asyncpg.Connection[Any] = await asyncpg.connect(
            dsn, server_settings=dict(server_settings), timeout=CONNECT_TIMEOUT_SECONDS
        )
    except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, ValueError) as error:
        raise DatabaseAddressUnusable(f"{setting} cannot be used: {_explain(error)}") from error
    return connection


def _explain(error: Exception) -> str:
    """Return what is wrong and what to do."""
    for kind, sentence in _SENTENCES:
        if isinstance(error, kind):
            return sentence
    if isinstance(error, asyncpg.PostgresError):
        return f"the server refuses the connection ({error}). Mend that, then try again."
    if isinstance(error, OSError):
        return f"no PostgreSQL answers there ({type(error).__name__}). Start it, or correct the address."
    # The driver's own words may quote a piece of a password that was not percent-encoded.
    return (
        f"it is not an address. Write it as {SHAPE}; special characters of a password as percent-codes, "
        "such as %40 for @."
    )
