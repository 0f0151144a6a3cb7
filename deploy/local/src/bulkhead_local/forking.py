"""`python -m bulkhead_local.forking customer-stack MODULE...`: loads a console script's code, forks programs.

Spoken to by `programs` over the socket that is its standard input: each message holds the arguments, the
environment and the folder of one program, with descriptors for its output, its errors and its end. The
answer is the process id; the exit code is written to the last descriptor. It ends when the socket does; the
programs go on.
"""

import contextlib
import gc
import json
import os
import select
import socket
import sys
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Final

MESSAGE_BYTES: Final = 1 << 17
DESCRIPTORS: Final = 3


@dataclass(frozen=True, slots=True)
class Order:
    """A program to become."""

    arguments: list[str]
    environment: dict[str, str]
    folder: str
    output: int
    errors: int

    def become(self) -> None:
        """Make this process look as if it had been started as the program."""
        os.setsid()
        for descriptor, standard in ((self.output, 1), (self.errors, 2)):
            os.dup2(descriptor, standard)
        for descriptor in {self.output, self.errors}:
            os.close(descriptor)
        os.chdir(self.folder)
        os.environ.clear()
        os.environ.update(self.environment)
        time.tzset()
        sys.argv = self.arguments


class Forker:
    """Forks what it is asked for and tells how each program ended."""

    def __init__(self, asker: socket.socket) -> None:
        """Hear orders from `asker`."""
        self._asker = asker
        self._ends: dict[int, tuple[int, int]] = {}
        self._poll = select.poll()
        self._poll.register(asker, select.POLLIN)

    def serve(self) -> Order | None:
        """Return the order to a process that is to become the program, and None once nobody asks anymore."""
        while True:
            for descriptor, _ in self._poll.poll():
                if descriptor != self._asker.fileno():
                    self._tell_end(descriptor)
                    continue
                text, descriptors, _, _ = socket.recv_fds(self._asker, MESSAGE_BYTES, DESCRIPTORS)
                if not text:
                    return None
                order = self._fork(text, descriptors)
                if order is not None:
                    return order

    def _fork(self, text: bytes, descriptors: list[int]) -> Order | None:
        output, errors, end = descriptors
        pid = os.fork()
        if pid == 0:
            self._asker.close()
            for watched, (_, other) in self._ends.items():
                os.close(watched)
                os.close(other)
            os.close(end)
            return Order(**json.loads(text), output=output, errors=errors)
        os.close(output)
        os.close(errors)
        watched = os.pidfd_open(pid)
        self._ends[watched] = (pid, end)
        self._poll.register(watched, select.POLLIN)
        self._asker.send(str(pid).encode())
        return None

    def _tell_end(self, watched: int) -> None:
        self._poll.unregister(watched)
        pid, end = self._ends.pop(watched)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with contextlib.suppress(BrokenPipeError):  # nobody waits for it
            os.write(end, str(code).encode())
        os.close(end)
        os.close(watched)


def main() -> None:
    """Load a script's code and fork it until nobody asks."""
    name, *modules = sys.argv[1:]
    asker = socket.socket(fileno=os.dup(0))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    [script] = entry_points(group="console_scripts", name=name)
    entry = script.load()
    for module in modules:
        import_module(module)
    gc.collect()
    gc.freeze()  # what is shared with the programs stays shared
    order = Forker(asker).serve()
    if order is not None:
        order.become()
        sys.exit(entry())


if __name__ == "__main__":
    main()
