"""The whole platform in one folder: two PostgreSQL servers, counterparties, both stacks.

    with Installation(folder, Ports.free()) as installation:
        installation.start()
        installation.supervisor.kill("customer-worker")
        installation.supervisor.restart("customer-worker")

`make run` uses it with `.run` and the usual ports; fault tests use it with a temporary folder and free
ports, beside whatever else runs.

Guaranteed:
- one user per folder at a time; what a killed run left is ended or taken over first;
- starting again finds the data, the secrets and the people of before;
- `stop` ends what `start` started, in the opposite order.
"""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

from bulkhead_local.layout import (
    DATABASE_ROLES,
    STACKS,
    Ports,
    Stack,
    external_addresses,
    sandbox_environment,
    sandbox_programs,
    stack_environment,
    stack_programs,
)
from bulkhead_local.postgres import Role, Server, Tuning
from bulkhead_local.problems import LocalProblem, folder_problem
from bulkhead_local.programs import run, script
from bulkhead_local.secrets_folder import ensure_secrets
from bulkhead_local.supervisor import Program, Supervisor, check_port

Say = Callable[[str], None]
COMMAND_SECONDS = 120
REFUSED = 2  # a command has said in one sentence what stands in the way


class Installation:
    """Everything of one folder. Not for two threads."""

    def __init__(
        self,
        folder: Path,
        ports: Ports | None = None,
        *,
        tuning: Tuning | None = None,
        settings: Mapping[Stack, Mapping[str, str]] | None = None,
        say: Say = lambda _: None,
    ) -> None:
        """Describe an installation. `settings` are added to a stack's environment; `say` hears progress."""
        self.folder = folder.resolve()
        self.ports = ports or Ports.from_environment()
        self.supervisor = Supervisor(self.folder)
        self.servers: dict[Stack, Server] = {}
        self.environments: dict[Stack, dict[str, str]] = {}
        self._settings = settings or {}
        self._tuning = tuning
        self._say = say
        self._lock: TextIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def state_file(self) -> Path:
        """Return where addresses and logins are written for scripts."""
        return self.folder / "state.json"

    def start(self) -> None:
        """Start everything and wait until all of it is ready. Raises LocalProblem."""
        with self._explained():
            programs = self._prepare()
            self._start_programs(programs)

    def start_databases(self) -> None:
        """Start the servers and bring their databases up to date; no program. Raises LocalProblem."""
        with self._explained():
            self._prepare_folder()
            self._open_databases()
            self._migrate()

    def stop(self) -> None:
        """End all programs, then the servers. Whoever does not hold the folder touches nothing in it."""
        if self._lock is None:
            return
        self.supervisor.stop()
        for server in self.servers.values():
            server.stop()
        self.servers.clear()
        self._lock.close()
        self._lock = None

    def command(self, stack: Stack, *arguments: str, check: bool = True) -> str:
        """Run a command of a stack and return what it prints. Raises LocalProblem when it fails."""
        result = run(
            [script(f"{stack}-stack"), *arguments], self.environments[stack], timeout_seconds=COMMAND_SECONDS
        )
        if check and result.returncode == REFUSED:
            raise LocalProblem(f"{stack}-stack {' '.join(arguments)}: {result.stderr.strip()}")
        if check and result.returncode != 0:
            tail = "\n".join((result.stderr or result.stdout).strip().splitlines()[-12:])
            raise LocalProblem(
                f"{stack}-stack {' '.join(arguments)} ended with code {result.returncode}:\n{tail}"
            )
        return result.stdout

    def dsn(self, stack: Stack, role: Role) -> str:
        """Return the address of a stack's database for a role."""
        if role == "superuser":
            return self.servers[stack].dsn(role, stack)
        return self.environments[stack][f"{stack.upper()}_{DATABASE_ROLES[role]}"]

    def state(self) -> dict[str, Any]:
        """Return addresses, logins, commands and process ids, as `state.json` holds them."""
        found: dict[str, Any] = json.loads(self.state_file.read_text())
        return found

    def write_state(self) -> None:
        """Write `state.json` anew, for instance after a restart."""
        known = self.state() if self.state_file.exists() else {}
        self._write_state(known.get("tenants", []), known.get("staff", []))

    @contextlib.contextmanager
    def _explained(self) -> Iterator[None]:
        """Say in a sentence what is wrong with the folder."""
        try:
            yield
        except OSError as error:
            if problem := folder_problem(error, self.folder):
                raise problem from error
            raise

    def _prepare(self) -> list[Program]:
        self._prepare_folder()
        secrets = ensure_secrets(self.folder / "secrets")
        state = self.folder / "sandbox"
        state.mkdir(exist_ok=True)
        counterparties = sandbox_programs(sandbox_environment(secrets, self.ports, state), self.ports)
        for program in counterparties:
            for port in program.ports:
                check_port(port, program.name)
        self._open_databases()
        stacks = stack_programs(self.environments, self.ports)
        for program in stacks:
            for port in program.ports:
                check_port(port, program.name)
        self._say("counterparties, migrations")
        with ThreadPoolExecutor(1) as pool:
            migrating = pool.submit(self._migrate)
            self.supervisor.start(counterparties)
            migrating.result()
        return stacks

    def _start_programs(self, programs: list[Program]) -> None:
        """Start both stacks, making tenants and staff while the execution stack, which needs none, starts."""
        self._say("tenants and staff, both stacks")
        with ThreadPoolExecutor(1) as pool:
            seeding = pool.submit(self.command, "customer", "seed", "--json")
            self.supervisor.start(
                [program for program in programs if program.name.split("-")[0] == "execution"]
            )
            seeded = json.loads(seeding.result())
        self.supervisor.start([program for program in programs if program.name.split("-")[0] == "customer"])
        self._write_state(seeded["tenants"], seeded["staff"])

    def _prepare_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise LocalProblem(
                f"The platform already runs in {self.folder}. Use it (addresses: {self.state_file}), "
                "or stop it with Ctrl-C first."
            ) from error
        self._lock = lock
        for name in self.supervisor.end_leftovers():
            self._say(f"ended {name}, left over by a run that was killed")

    def _open_databases(self) -> None:
        """Start a server per stack, both at once, unless the environment names existing ones."""
        self._say("databases")
        secrets = ensure_secrets(self.folder / "secrets")
        with ThreadPoolExecutor(2) as pool:
            opened = {stack: pool.submit(self._open_database, stack) for stack in STACKS}
            for stack, opening in opened.items():
                environment = stack_environment(stack, opening.result(), secrets, self.ports)
                self.environments[stack] = environment | dict(self._settings.get(stack, {}))

    def _open_database(self, stack: Stack) -> dict[Role, str]:
        external = external_addresses(stack)
        if external is not None:
            return external
        server = self.new_server(stack)
        server.start([stack])
        self.servers[stack] = server
        return {role: server.dsn(role, stack) for role in DATABASE_ROLES}

    def new_server(self, stack: Stack, settings: Mapping[str, str] | None = None) -> Server:
        """Return the server of a stack, not started; `settings` win over those of the tuning."""
        return Server(self.folder / "postgres" / stack, tuning=self._tuning, settings=settings)

    def _migrate(self) -> None:
        with ThreadPoolExecutor(2) as pool:
            for running in [pool.submit(self.command, stack, "migrate") for stack in STACKS]:
                running.result()

    def _write_state(self, tenants: list[Any], staff: list[Any]) -> None:
        ports, secrets = self.ports, ensure_secrets(self.folder / "secrets")
        document = {
            "addresses": {
                "customer_api": ports.url("customer_http"),
                "customer_management": ports.url("customer_management"),
                "customer_worker_management": ports.url("customer_worker"),
                "execution_boundary": f"127.0.0.1:{ports.execution_grpc}",
                "execution_management": ports.url("execution_management"),
                "execution_worker_management": ports.url("execution_worker"),
                "exchange": ports.url("exchange"),
                "bank": ports.url("bank"),
                "identity": ports.url("identity"),
                "acquirer": ports.url("acquirer"),
            },
            "bank_api_key": secrets.bank_api_key,
            "acquirer_api_key": secrets.acquirer_api_key,
            "issuer_secret": secrets.issuer_secret,
            "tenants": tenants,
            "staff": staff,
            "commands": {
                stack: {
                    "argv": [script(f"{stack}-stack")],
                    "env": self.environments[stack],
                    "witness": self.dsn(other, "auditor"),
                }
                for stack, other in zip(STACKS, reversed(STACKS), strict=True)
            },
            "pids": self.supervisor.pids(),
            "logs": str(self.folder / "logs"),
            "written_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        }
        fresh = self.state_file.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(document, file, indent=2)
        fresh.replace(self.state_file)
