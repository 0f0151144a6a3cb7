"""Connections of tests: what one test closes, the next one gets, like new.

A session of PostgreSQL learns the catalogue as it goes, and a stack has hundreds of tables: most tests would
spend more on that than on all their statements. So the session of a closed connection is kept, and given to
whoever next connects to the same database in the same way.

*Guaranteed:*
- who closed a connection holds a closed one, whoever has its session next;
- a session is kept without transaction, lock, setting, prepared statement, temporary table and listener;
  one that does not come to that is closed;
- only sessions of lent databases and of the tests' own event loop are kept, and none outlives its database.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import asyncpg
from typing_extensions import override

IDLE_LIMIT: Final = 4
"""Sessions that are kept for one way to connect; a test that opens more closes the rest."""

PATIENCE_SECONDS: Final = 5

_FAILED: Final = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,  # it is still reading the goodbye of a session that was ended
    OSError,
    TimeoutError,
)
_open = asyncpg.connect


class KeptConnection(asyncpg.Connection):
    """A connection whose session goes back to where it came from."""

    __slots__ = ("idle",)

    idle: "list[KeptConnection] | None"
    _protocol: Any  # of the driver, which keeps them to itself
    _transport: Any
    _loop: Any
    _addr: Any
    _config: Any
    _params: Any
    _cleanup: Callable[[], None]

    @override
    async def close(self, *, timeout: float | None = None) -> None:
        """Close this connection; its session is kept if it can be made like new."""
        idle = getattr(self, "idle", None)
        if idle is None or len(idle) >= IDLE_LIMIT or not await self._is_emptied():
            await super().close(timeout=timeout)
            return
        # Another object over the same session: whatever the driver knows of this one ends with it.
        successor = KeptConnection(
            self._protocol, self._transport, self._loop, self._addr, self._config, self._params
        )
        self._protocol.set_connection(successor)
        self._aborted = True
        self._cleanup()
        successor.idle = idle
        idle.append(successor)

    async def _is_emptied(self) -> bool:
        if self.is_closed() or self.is_in_transaction():
            return False
        try:
            await self.execute("DISCARD ALL", timeout=PATIENCE_SECONDS)
        except _FAILED:
            return False
        return True

    async def is_alive(self) -> bool:
        """Tell whether the server still answers, and give up the session if not."""
        try:
            await self.execute("SELECT 1", timeout=PATIENCE_SECONDS)
        except _FAILED:
            self.terminate()
            return False
        return True


@dataclass
class Keeper:
    """The sessions that wait for a test, by what their connection was asked for."""

    loop: asyncio.AbstractEventLoop
    addresses: set[str] = field(default_factory=set)
    """Where sessions are kept: what follows the password in an address."""
    _idle: dict[str, list[KeptConnection]] = field(default_factory=dict)

    async def connect(self, dsn: str | None = None, **settings: Any) -> "asyncpg.Connection[Any]":
        """Connect like `asyncpg.connect`."""
        if dsn is None or not self._keeps(dsn, settings):
            plain: asyncpg.Connection[Any] = await _open(dsn, **settings)
            return plain
        way = {name: value for name, value in settings.items() if name not in ("loop", "connection_class")}
        idle = self._idle.setdefault(f"{dsn} {sorted(way.items(), key=str)}", [])
        while idle:
            kept = idle.pop()
            if await kept.is_alive():
                return kept
        opened: KeptConnection = await _open(dsn, **{**settings, "connection_class": KeptConnection})
        opened.idle = idle
        return opened

    async def close(self, address: str = "") -> None:
        """Close the sessions that wait, of one database or of all, and keep none of it any more."""
        self.addresses -= {address} if address else set(self.addresses)
        for way in [way for way in self._idle if address in way]:
            for kept in self._idle.pop(way):
                kept.idle = None
                await kept.close()

    def _keeps(self, dsn: str, settings: dict[str, Any]) -> bool:
        return (
            dsn.partition("@")[2] in self.addresses
            and settings.get("connection_class", asyncpg.Connection) is asyncpg.Connection
            and asyncio.get_running_loop() is self.loop
        )
