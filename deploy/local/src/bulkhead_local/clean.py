"""`make clean`: remove the local installation, unless it runs."""

import fcntl
import shutil
import sys
from pathlib import Path

from bulkhead_local.postgres import Server
from bulkhead_local.run import ROOT
from bulkhead_local.supervisor import Supervisor


def main() -> int:
    """Run from the command line. Returns the exit code."""
    folder = ROOT / ".run"
    if not folder.exists():
        return 0
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("The platform is running. Stop it first (Ctrl-C in its window).")
            return 1
        Supervisor(folder).end_leftovers()
        for data in folder.glob("postgres/*/data"):
            _stop_leftover(data.parent)
        for part in folder.iterdir():
            if part.name == "tests":  # sessions of pytest remove their own
                continue
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink()
    return 0


def _stop_leftover(folder: Path) -> None:
    server = Server(folder)
    server.attach()
    server.stop()
    server.forget_socket()


if __name__ == "__main__":
    sys.exit(main())
