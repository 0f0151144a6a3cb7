"""`make clean`: remove the local installation, unless it runs, and what dead test sessions left.

Guaranteed: nothing is removed, and nothing is ended, in a folder that somebody uses.
"""

import fcntl
import shutil
import sys
from collections.abc import Collection
from pathlib import Path

from bulkhead_local.postgres import Server
from bulkhead_local.run import ROOT
from bulkhead_local.supervisor import Supervisor


def main() -> int:
    """Run from the command line. Returns the exit code."""
    folder = ROOT / ".run"
    if not folder.exists():
        return 0
    others = [*folder.glob("tests/platform-*"), *folder.glob("bench"), *folder.glob("drill")]
    used = [other for other in others if not clear(other)]
    if not clear(folder, keep=("tests", *(other.name for other in used))):
        print("The platform is running. Stop it first (Ctrl-C in its window).")
        return 1
    for other in used:
        print(f"{other} is in use, so it stays.")
    return 0


def clear(folder: Path, keep: Collection[str] = ()) -> bool:
    """End what a killed run left in `folder`, and remove everything but `keep`. False when it is in use."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        Supervisor(folder).end_leftovers()
        for data in folder.glob("postgres/*/data"):
            _stop_leftover(data.parent)
        for part in folder.iterdir():
            if part.name in keep:
                continue
            if part.is_dir():
                shutil.rmtree(part)
            else:
                part.unlink()
    if not keep:
        folder.rmdir()
    return True


def _stop_leftover(folder: Path) -> None:
    server = Server(folder)
    server.attach()
    server.stop()
    server.forget_socket()


if __name__ == "__main__":
    sys.exit(main())
