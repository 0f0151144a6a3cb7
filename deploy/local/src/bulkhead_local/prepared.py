"""Migrated databases of both stacks, made once and copied.

Making two data folders and running every migration is half of what a platform's start costs. A test that
is about something else begins with a copy; what is prepared is named after all that it was made from, so a
changed migration prepares anew.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import Final

from bulkhead_local.installation import Installation
from bulkhead_local.layout import STACKS, Ports
from bulkhead_local.postgres import ROLES_SQL, TEST_TUNING, binaries
from bulkhead_local.run import ROOT

FOLDER: Final = ROOT / ".run" / "tests" / "prepared"
COPIED: Final = ("data", "passwords.json")


def prepare_databases(root: Path = FOLDER) -> Path:
    """Return a folder with a stopped, migrated server per stack, made under `root` unless it is there.

    Others who ask at the same time wait for it. Raises LocalProblem.
    """
    root.mkdir(parents=True, exist_ok=True)
    with (root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = root / _name_of_content()
        if not done.exists():
            for older in root.iterdir():
                if older.is_dir():
                    shutil.rmtree(older)
            fresh = root / "new"
            with Installation(fresh, Ports.free(), tuning=TEST_TUNING) as installation:
                installation.start_databases()
            fresh.rename(done)
        return done


def copy_databases(prepared: Path, folder: Path) -> None:
    """Give the installation of `folder`, which has none yet, the databases of `prepared`."""
    for stack in STACKS:
        copy_server(prepared / "postgres" / stack, folder / "postgres" / stack)


def copy_server(stopped: Path, target: Path) -> None:
    """Give the server of `target`, which has none yet, the data and passwords of a stopped one."""
    target.mkdir(parents=True)
    files = [stopped / name for name in COPIED]
    subprocess.run(["cp", "--archive", *files, target], check=True, timeout=60)


def _name_of_content() -> str:
    """Return a digest of everything that a prepared database follows from."""
    parts = [str(binaries()).encode(), ROLES_SQL.read_bytes()]
    for stack in STACKS:
        for file in sorted((ROOT / f"{stack}-stack" / "migrations").rglob("*")):
            if file.suffix in {".py", ".sql"}:
                parts += [os.fsencode(file.relative_to(ROOT)), file.read_bytes()]
    return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()[:16]
