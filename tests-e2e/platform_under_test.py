"""The whole platform as fault and security tests start it: a folder of its own, free ports.

It runs beside whatever else runs on this machine. What a killed test session left behind is ended when
the same folder is used again.
"""

import contextlib
import fcntl
import json
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

import asyncpg
import grpc

from bulkhead_local.certificates import ensure_certificate
from bulkhead_local.installation import Installation
from bulkhead_local.layout import HOST, STACKS, Ports, Stack
from bulkhead_local.postgres import Server, Tuning
from bulkhead_local.prepared import copy_databases, prepare_databases
from bulkhead_local.problems import LocalProblem
from bulkhead_local.supervisor import Supervisor
from journeys.doors import Address, open_client
from journeys.journey import Journey, Size
from journeys.screen import Screen

FOLDERS: Final = Path(__file__).resolve().parents[1] / ".run" / "tests"
DURABLE: Final = Tuning(shared_buffers="64MB", max_connections=100)
"""A killed server must keep what it committed, so nothing is switched off."""

QUICK: Final[Mapping[Stack, Mapping[str, str]]] = {
    "customer": {
        "CUSTOMER_ARGON2_MEMORY_KIB": "8192",
        "CUSTOMER_ARGON2_PASSES": "1",
        "CUSTOMER_ARGON2_LANES": "1",
    },
    "execution": {"EXECUTION_WINDOW_SECONDS": "0.5"},
}
"""Dozens of people sign in at once here; hashing their passwords is not what is tested."""


class Platform(Protocol):
    """A platform that runs, in processes or in containers: where it is, and its commands."""

    @property
    def state_file(self) -> Path:
        """Where addresses and logins stand."""

    def command(self, stack: Stack, *arguments: str, check: bool = True) -> str:
        """Run a command of a stack and return what it prints."""


@contextlib.contextmanager
def running_platform(
    name: str, *, ports: Ports | None = None, settings: Mapping[Stack, Mapping[str, str]] | None = None
) -> Iterator[Installation]:
    """Start everything on empty databases, and stop it afterwards. Logs stay until the next start."""
    folder = FOLDERS / f"platform-{name}"
    clear_platform(folder)
    copy_databases(prepare_databases(), folder)
    chosen = {stack: {**QUICK[stack], **(settings or {}).get(stack, {})} for stack in STACKS}
    with Installation(folder, ports or Ports.free(), tuning=DURABLE, settings=chosen) as platform:
        platform.start()
        yield platform
    shutil.rmtree(folder / "postgres", ignore_errors=True)


def clear_platform(folder: Path) -> None:
    """End what a killed session left in a folder, and remove the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LocalProblem(f"Another test session uses {folder}. Wait for its end.") from error
        Supervisor(folder).end_leftovers()
        for stack in STACKS:
            if (folder / "postgres" / stack / "data").exists():
                server = Server(folder / "postgres" / stack)
                server.attach()
                server.stop()
                server.forget_socket()
        shutil.rmtree(folder)


@contextlib.asynccontextmanager
async def journey_on(platform: Platform, size: Size) -> AsyncIterator[Journey]:
    """Give a journey that is ready for its first step."""
    async with open_client(timeout=20) as client:
        address = Address.read(platform.state_file)
        yield Journey(address, client, Screen(), mark=secrets.token_hex(3), size=size)


@contextlib.asynccontextmanager
async def superuser_of(platform: Installation, stack: Stack) -> AsyncIterator["asyncpg.Connection[Any]"]:
    """Look into a stack's database as somebody whom nothing is hidden from."""
    connection: asyncpg.Connection[Any] = await asyncpg.connect(platform.dsn(stack, "superuser"))
    try:
        yield connection
    finally:
        await connection.close()


def boundary_channel(platform: Installation, stack: Stack = "customer") -> grpc.Channel:
    """Open a channel to the execution stack with the certificate of a stack."""
    found = ensure_certificate(platform.folder / "secrets", stack)
    files = (found.authority, found.private_key, found.certificate)
    return secure_channel(platform, *(file.read_bytes() for file in files))


def secure_channel(
    platform: Installation, authority: bytes, key: bytes | None = None, certificate: bytes | None = None
) -> grpc.Channel:
    """Open a channel to the execution stack with whatever certificate, or with none."""
    return grpc.secure_channel(
        f"{HOST}:{platform.ports.execution_grpc}",
        grpc.ssl_channel_credentials(authority, key, certificate),
        [("grpc.ssl_target_name_override", "execution.sandbox"), ("grpc.use_local_subchannel_pool", 1)],
    )


def broken_checks(platform: Platform) -> list[str]:
    """Return every final check of both stacks that does not hold, audit chains included."""
    broken = []
    for stack in STACKS:
        checks = json.loads(platform.command(stack, "checks", "--json", check=False))
        broken += [
            f"{stack}: {each['name']} ({each.get('detail', '')})" for each in checks if not each["held"]
        ]
        report = json.loads(platform.command(stack, "audit-verify", "--json", check=False))
        if not report["good"]:
            broken.append(f"{stack}: audit {report}")
        broken += [
            f"{stack}: {alarm}"
            for alarm in json.loads(
                platform.command(stack, "audit", "alarms", "--json", "--standing", check=False)
            )
        ]
    return broken
