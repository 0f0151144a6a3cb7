"""Starts programs, waits until they are ready, shows why one is not, and ends them in order.

Also a library for fault tests: `kill` ends a program as a crash would, `restart` brings it back.

Guaranteed:
- only programs started here, or left by an earlier run of the same folder, are ever signalled;
- every wait has a deadline, and its failure names the program and shows the end of its log;
- a busy port is found before its program starts, with the setting that moves it.
"""

import contextlib
import json
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import psutil

from bulkhead_local.problems import LocalProblem, last_lines
from bulkhead_local.programs import Process, start

STOP_SECONDS: Final = 20.0
LOG_LIMIT_BYTES: Final = 50_000_000


@dataclass(frozen=True, slots=True)
class Port:
    """A TCP port of a program and the variable that moves it."""

    number: int
    setting: str


@dataclass(frozen=True, slots=True)
class Program:
    """How to run one program and how to see that it is ready."""

    name: str
    command: tuple[str, ...]
    environment: Mapping[str, str]
    ready_url: str
    ports: tuple[Port, ...]
    deadline_seconds: float = 40.0


class Supervisor:
    """The programs of one folder: logs in `logs/`, process ids in `processes.json`."""

    def __init__(self, folder: Path) -> None:
        """Work in `folder`; the caller holds its lock."""
        self._logs = folder / "logs"
        self._record = folder / "processes.json"
        self._programs: dict[str, Program] = {}
        self._running: dict[str, Process] = {}

    def end_leftovers(self) -> list[str]:
        """End programs that a killed run of this folder left behind; return their names."""
        try:
            recorded: dict[str, list[float]] = json.loads(self._record.read_text())
        except (FileNotFoundError, ValueError):
            return []
        found: dict[str, psutil.Process] = {}
        for name, (pid, created) in recorded.items():
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(int(pid))
                if abs(process.create_time() - created) < 0.01:  # the same process, not a reused id
                    process.terminate()
                    found[name] = process
        _, late = psutil.wait_procs(found.values(), timeout=STOP_SECONDS)
        for process in late:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        self._record.unlink(missing_ok=True)
        return list(found)

    def start(self, programs: Sequence[Program]) -> None:
        """Start programs and wait until all are ready. Raises LocalProblem."""
        for program in programs:
            self._launch(program)
        self.wait_ready(program.name for program in programs)

    def restart(self, name: str) -> None:
        """Start a program again that was killed or stopped, and wait until it is ready."""
        self.relaunch(name)
        self.wait_ready([name])

    def relaunch(self, name: str) -> None:
        """Start a program again that was killed or stopped; do not wait."""
        self.stop([name])
        self._launch(self._programs[name])

    def kill(self, name: str) -> None:
        """End a program at once, as a crash would."""
        process = self._running.pop(name)
        process.kill()
        process.wait(10)
        self._remember()

    def stop(self, names: Iterable[str] | None = None) -> None:
        """Ask programs (all of them by default) to end, and end those that do not."""
        chosen = [name for name in (names or list(self._running)) if name in self._running]
        stopping = {name: self._running.pop(name) for name in chosen}
        if not stopping:
            return
        for process in stopping.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in stopping.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, deadline - time.monotonic()))
            if process.poll() is None:
                process.kill()
                process.wait(10)
        self._remember()

    def ended(self) -> list[str]:
        """Return the programs that have ended without being asked."""
        return [name for name, process in self._running.items() if process.poll() is not None]

    def pids(self) -> dict[str, int]:
        """Return process ids by program."""
        return {name: process.pid for name, process in self._running.items()}

    def describe_end(self, name: str) -> str:
        """Return how a program ended, with the end of its log."""
        process = self._running.get(name)
        code = None if process is None else process.poll()
        how = "does not answer" if code is None else f"ended with code {code}"
        return f"{name} {how}. The end of {self.log_of(name)}:\n{last_lines(self.log_of(name), 15)}"

    def log_of(self, name: str) -> Path:
        """Return the log file of a program."""
        return self._logs / f"{name}.log"

    def wait_ready(self, names: Iterable[str]) -> None:
        """Wait until the programs answer ready, each within its deadline. Raises LocalProblem."""
        began = time.monotonic()
        waiting = set(names)
        while waiting:
            for name in sorted(waiting):
                if _answers(self._programs[name].ready_url):
                    waiting.discard(name)
                elif self._running[name].poll() is not None:
                    raise LocalProblem(self.describe_end(name))
                elif time.monotonic() - began > self._programs[name].deadline_seconds:
                    reason = _reason(self._programs[name].ready_url)
                    raise LocalProblem(f"{self.describe_end(name)}\nIts readiness page says: {reason}")
            time.sleep(0.05)

    def _launch(self, program: Program) -> None:
        for port in program.ports:
            check_port(port, program.name)
        self._programs[program.name] = program
        self._logs.mkdir(parents=True, exist_ok=True)
        path = self.log_of(program.name)
        if path.exists() and path.stat().st_size > LOG_LIMIT_BYTES:
            path.rename(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            # A session of its own: Ctrl-C reaches us, and we end the programs in order.
            self._running[program.name] = start(
                program.command, program.environment, output=log, folder=self._logs.parent
            )
        self._remember()

    def _remember(self) -> None:
        record = {}
        for name, process in self._running.items():
            with contextlib.suppress(psutil.Error):
                record[name] = [process.pid, psutil.Process(process.pid).create_time()]
        self._record.write_text(json.dumps(record))


def check_port(port: Port, program: str) -> None:
    """Raise LocalProblem when a port is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port.number))
        except OSError as error:
            raise LocalProblem(
                f"Port {port.number}, which {program} needs, is in use{_who_listens(port.number)}. "
                f"Stop that program, or choose another port: {port.setting}=... make run"
            ) from error


def _who_listens(port: int) -> str:
    with contextlib.suppress(psutil.Error, RuntimeError):
        for connection in psutil.net_connections("tcp"):
            if connection.status == psutil.CONN_LISTEN and connection.laddr[1] == port and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (process {connection.pid})"
    return ""


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own http address
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError, ValueError):
        return False


def _reason(url: str) -> str:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:  # noqa: S310 - our own http address
            return str(answer.read(2000).decode(errors="replace"))
    except urllib.error.HTTPError as error:
        return error.read(2000).decode(errors="replace")
    except OSError:
        return "nothing (no connection)"
