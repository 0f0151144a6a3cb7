"""Who the embedded PostgreSQL runs as. It refuses to be root, so root lends it an unprivileged user.

Guaranteed: no directory outside the server's own folder changes its owner or its mode.
"""

import contextlib
import os
import pwd
import shutil
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bulkhead_local.problems import LocalProblem

UNPRIVILEGED_USERS: Final = ("postgres", "nobody")


def server_user() -> pwd.struct_passwd | None:
    """Return the user that the server runs as, or None for ourselves: PostgreSQL refuses to be root."""
    if os.geteuid() != 0:
        return None
    wanted = os.environ.get("BULKHEAD_POSTGRES_USER")
    for name in (wanted,) if wanted else UNPRIVILEGED_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise LocalProblem(
        "PostgreSQL refuses to run as root and neither user 'postgres' nor 'nobody' exists. "
        "Name an unprivileged user in BULKHEAD_POSTGRES_USER, or do not run as root."
    )


def as_server_user(command: Sequence[str | Path], *needed: Path) -> list[str]:
    """Return `command` so that it runs as the server's user.

    Where a parent folder is closed to that user (a checkout under /root, say), the one capability to
    pass directories is kept instead of opening the folder to everybody.
    """
    words = [str(word) for word in command]
    user = server_user()
    if user is None:
        return words
    setpriv = shutil.which("setpriv")
    if setpriv is None:
        raise LocalProblem(
            "PostgreSQL refuses to run as root and the program setpriv (util-linux) is missing. "
            "Install util-linux, or do not run as root."
        )
    change = [setpriv, f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    if any(_is_closed(parent, user) for path in needed for parent in (path, *path.parents)):
        # no_setuid_fixup: access(2) counts capabilities of the real user, too.
        change += ["--securebits=+no_setuid_fixup", "--inh-caps=-all,+dac_override"]
        change += ["--ambient-caps=-all,+dac_override"]
    return [*change, *words]


def _is_closed(folder: Path, user: pwd.struct_passwd) -> bool:
    found = folder.stat()
    if found.st_uid == user.pw_uid:
        return not found.st_mode & stat.S_IXUSR
    if found.st_gid == user.pw_gid:
        return not found.st_mode & stat.S_IXGRP
    return not found.st_mode & stat.S_IXOTH


def give_to_server_user(path: Path) -> None:
    """Make the server's user own `path`, unless we are that user."""
    user = server_user()
    if user is not None:
        os.chown(path, user.pw_uid, user.pw_gid)
