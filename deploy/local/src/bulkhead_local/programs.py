"""How a console script of this environment is started: by itself, or forked from where its code is loaded.

    process = start([script("customer-stack"), "api"], environment, output=log)
    done = run([script("customer-stack"), "checks", "--json"], environment, timeout_seconds=60)

Loading a stack's code costs up to two seconds of a processor, and the tests of whole processes start some
two hundred programs. After `load_once()` one process for each script loads its code and waits; a program
is forked from it, with a session, an environment, a folder and descriptors of its own, and calls what the
console script calls. Only sessions of tests ask for that: `make run` and containers start programs as they
are, and so do the tests of starting them.

Guaranteed: a program is killed, waited for and judged by its exit code in the same way, however it began.
"""

import atexit
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Final, Protocol

from bulkhead_local.forking import MESSAGE_BYTES
from bulkhead_local.problems import LocalProblem

SCRIPTS: Final = Path(sys.executable).parent
CODE: Final[Mapping[str, tuple[str, ...]]] = {
    "customer-stack": (
        "customer_stack.application",
        "customer_stack.checks",
        "customer_stack.seeding",
        "customer_stack.worker",
        "shared.migrations",
    ),
    "execution-stack": ("execution_stack.main", "execution_stack.worker", "shared.migrations"),
    "sandbox": ("sandbox.acquirer", "sandbox.bank", "sandbox.exchange", "sandbox.identity"),
}
"""What the commands of a script import when they are called."""
LOADING_SECONDS: Final = 120.0


class Process(Protocol):
    """A started program. `subprocess.Popen` is one."""

    @property
    def pid(self) -> int:
        """Return the id of the process."""

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code. Raises subprocess.TimeoutExpired."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it as a crash would."""


class Forked:
    """A program that was forked from where its code was loaded."""

    def __init__(self, pid: int, end: int, command: Sequence[str]) -> None:
        """Know a process by its id and by the descriptor on which its exit code comes."""
        self.pid = pid
        self._end = end
        weakref.finalize(self, os.close, end)
        self._command = command
        self._code: int | None = None
        self._reading = threading.Lock()

    def poll(self) -> int | None:
        """Return the exit code, negative for a signal, or None while it runs."""
        return self._read(0)

    def wait(self, timeout: float | None = None) -> int:
        """Wait for the end and return the exit code. Raises subprocess.TimeoutExpired."""
        code = self._read(timeout)
        if code is None:
            raise subprocess.TimeoutExpired(list(self._command), timeout or 0.0)
        return code

    def terminate(self) -> None:
        """Ask it to end."""
        self._signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it as a crash would."""
        self._signal(signal.SIGKILL)

    def _read(self, timeout: float | None) -> int | None:
        """Return the exit code if it comes in time. Nobody else waits meanwhile: a program can be killed."""
        if self._code is None and select.select([self._end], [], [], timeout)[0]:
            with self._reading:
                if self._code is None:
                    text = os.read(self._end, 16)
                    if not text:
                        raise LocalProblem(f"How {self._command[0]} ended is not known: its forker is gone.")
                    self._code = int(text)
        return self._code

    def _signal(self, kind: signal.Signals) -> None:
        with contextlib.suppress(LocalProblem):  # then it may still run
            self.poll()
        if self._code is None:
            with contextlib.suppress(ProcessLookupError):  # it has just ended
                os.kill(self.pid, kind)


class Loaded:
    """A process that has loaded a script's code."""

    def __init__(self, name: str) -> None:
        """Begin to load; the first start waits for it."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(LOADING_SECONDS)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-u", "-m", "bulkhead_local.forking", name, *CODE[name]],
                stdin=theirs.fileno(),
                env={"PATH": os.environ["PATH"], "TZ": "UTC"},
                start_new_session=True,
            )
        self._name = name
        self._socket = ours
        self._asking = threading.Lock()

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], folder: Path, output: int, errors: int
    ) -> Forked:
        """Fork one program. Raises LocalProblem."""
        known = {"arguments": list(command), "environment": dict(environment), "folder": str(folder)}
        text = json.dumps(known).encode()
        if len(text) > MESSAGE_BYTES:
            raise LocalProblem(f"{self._name}: its environment has more than {MESSAGE_BYTES} bytes.")
        end, told = os.pipe()
        try:
            with self._asking:
                socket.send_fds(self._socket, [text], [output, errors, told])
                pid = int(self._socket.recv(16))
        except (OSError, ValueError) as error:
            os.close(end)
            self._socket.close()  # an answer that comes later would be taken for the next one's
            raise LocalProblem(f"The code of {self._name} cannot be loaded. See the error above.") from error
        finally:
            os.close(told)
        return Forked(pid, end, command)

    def close(self) -> None:
        """End what loaded the code; the programs go on."""
        self._socket.close()
        self._process.wait(10)


class _Start:
    """How programs of this process begin."""

    def __init__(self) -> None:
        self.loads_once = False
        self.loaded: dict[str, Loaded] = {}
        self.lock = threading.Lock()


_start: Final = _Start()


def load_once(*, wanted: bool = True) -> bool:
    """Fork programs of this process from now on, or no more, where the system can; return what was before."""
    before, _start.loads_once = _start.loads_once, wanted and hasattr(os, "pidfd_open")
    return before


def script(name: str) -> str:
    """Return the path of a console script of this environment."""
    return str(SCRIPTS / name)


def start(
    command: Sequence[str],
    environment: Mapping[str, str],
    *,
    output: IO[bytes],
    errors: IO[bytes] | None = None,
    folder: Path | None = None,
) -> Process:
    """Start a program in a session of its own; its errors go where its output goes unless they have a place.

    Raises LocalProblem, OSError.
    """
    folder, errors = folder or Path.cwd(), errors or output
    name = Path(command[0]).name
    if _start.loads_once and name in CODE and Path(command[0]).parent == SCRIPTS:
        return _load(name).start(command, environment, folder, output.fileno(), errors.fileno())
    return subprocess.Popen(
        list(command),
        env=dict(environment),
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=errors,
        start_new_session=True,
    )


def run(
    command: Sequence[str], environment: Mapping[str, str], *, timeout_seconds: float
) -> "subprocess.CompletedProcess[str]":
    """Run a program to its end and return what it printed. Raises LocalProblem, subprocess.TimeoutExpired."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        process = start(command, environment, output=output, errors=errors)
        try:
            code = process.wait(timeout_seconds)
        except BaseException:
            process.kill()
            process.wait(10)
            raise
        texts = []
        for file in (output, errors):
            file.seek(0)
            texts.append(file.read().decode())
        return subprocess.CompletedProcess(list(command), code, *texts)


def _load(name: str) -> Loaded:
    with _start.lock:
        if name not in _start.loaded:
            _start.loaded[name] = Loaded(name)
            atexit.register(_start.loaded[name].close)
        return _start.loaded[name]
