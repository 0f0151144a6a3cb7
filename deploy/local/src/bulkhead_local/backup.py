"""Base backup and WAL archive of one server, its loss, and its restore: PostgreSQL's own tools, in order.

Guaranteed: a base backup is checked against its manifest, file by file; a segment of the archive is whole or
not there; nothing outside the given folders is touched.
"""

import contextlib
import hashlib
import json
import re
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

import psutil

from bulkhead_local.postgres import Server
from bulkhead_local.problems import LocalProblem
from bulkhead_local.server_user import give_to_server_user

SEGMENT: Final = re.compile(r"[0-9A-F]{24}")


@dataclass(frozen=True, slots=True)
class Archive:
    """Where a server's WAL goes, segment by segment."""

    folder: Path

    def make(self) -> None:
        """Make the folder, for the server's user."""
        self.folder.mkdir(parents=True)
        give_to_server_user(self.folder)

    def count(self) -> int:
        """Return how many files were archived."""
        return len(list(self.folder.iterdir()))

    def filling(self) -> dict[str, str]:
        """Return the settings of a server that archives here.

        Copied under another name first: a crash in the middle must not leave half a segment to restore.
        """
        to = self._quoted()
        copy = f'test ! -f "{to}/%f" && cp "%p" "{to}/%f.part" && mv "{to}/%f.part" "{to}/%f"'
        return {"archive_mode": "on", "archive_command": copy}

    def recovering(self, moment: datetime | None = None) -> dict[str, str]:
        """Return the settings of a server that is restored from here, up to a moment or to the end.

        Not opened for readers while it recovers: ready then means recovered.
        """
        settings = {"restore_command": f'cp "{self._quoted()}/%f" "%p"', "hot_standby": "off"}
        settings["recovery_target_action"] = "promote"
        if moment is not None:
            settings["recovery_target_time"] = moment.isoformat(sep=" ")
        return settings

    def save_rest(self, lost: Path, target: Path) -> int:
        """Copy what the dead server of data folder `lost` wrote and did not archive; return how many files.

        Without it the last seconds are lost.
        """
        archived = {path.name for path in self.folder.iterdir()}
        saved = 0
        for path in sorted((lost / "pg_wal").iterdir()):
            if SEGMENT.fullmatch(path.name) and path.name not in archived:
                copied = target / "pg_wal" / path.name
                shutil.copy2(path, copied)
                give_to_server_user(copied)
                saved += 1
        return saved

    def _quoted(self) -> str:
        return str(self.folder).replace("%", "%%")


def back_up(server: Server, base: Path) -> None:
    """Take a base backup of a running server and check it. Raises LocalProblem."""
    wanted = ("-D", base, "-X", "none", "-c", "fast", "--manifest-checksums=SHA256")
    server.run_program("pg_basebackup", *wanted, writes=base)
    if wrong := wrong_files(base):
        raise LocalProblem(f"The base backup differs from its manifest: {', '.join(wrong[:5])}.")


def wrong_files(base: Path) -> list[str]:
    """Return the files of a base backup that are not what its manifest says."""
    manifest = json.loads((base / "backup_manifest").read_text())
    wrong = []
    for each in manifest["Files"]:
        name = each["Path"] if "Path" in each else bytes.fromhex(each["Encoded-Path"]).decode()
        path = base / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != each["Checksum"]:
            wrong.append(name)
    return wrong


def lose(server: Server) -> None:
    """End every process of a server at once, as a power failure would. Raises LocalProblem."""
    if server.pid is None:
        raise LocalProblem(f"The server in {server.folder} is gone already. See its server.log.")
    children = psutil.Process(server.pid).children(recursive=True)
    server.kill()
    for child in children:
        with contextlib.suppress(psutil.NoSuchProcess):
            child.kill()
    psutil.wait_procs(children, timeout=10)
