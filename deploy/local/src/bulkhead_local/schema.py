"""`make schema`: write what the migrations build to `schema.sql` of each stack.

The dump shows reviewers what a migration changes: tables, constraints, triggers, policies, grants. A test
compares it with what the migrations build, so that neither moves without the other.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from bulkhead_local.layout import STACKS
from bulkhead_local.postgres import TEST_TUNING, Server, binaries
from bulkhead_local.problems import LocalProblem
from bulkhead_local.run import ROOT
from shared.migrations import upgrade

# Lines that differ from run to run or from version to version of pg_dump without any meaning for us, and the
# triggers by which a test session sees that a database changed: they lie in no schema.
_NOISE: Final = re.compile(
    r"^(?:--.*|SET .*|SELECT pg_catalog\.set_config.*|\\(?:un)?restrict .*|"
    r"(?:CREATE|ALTER) EVENT TRIGGER pristine_[^;]*;)\n",
    re.MULTILINE,
)


def dump_schema(dsn: str) -> str:
    """Return the schema of a database as SQL, without noise."""
    address = urlsplit(dsn)
    login = {
        "PGHOST": parse_qs(address.query).get("host", [address.hostname or ""])[0],
        "PGUSER": unquote(address.username or ""),
        "PGPASSWORD": unquote(address.password or ""),
        "PGDATABASE": address.path.lstrip("/"),
        "LC_ALL": "C.UTF-8",
    }
    command = [str(binaries() / "pg_dump"), "--schema-only", "--no-owner", "--exclude-table=alembic_version"]
    command.append("--exclude-schema=pristine")
    result = subprocess.run(command, env=login, capture_output=True, text=True, timeout=60, check=False)
    if result.returncode != 0:
        raise LocalProblem(f"pg_dump failed: {result.stderr.strip()}")
    return re.sub(r"\n{3,}", "\n\n", _NOISE.sub("", result.stdout)).strip() + "\n"


def main() -> int:
    """Run from the command line. Returns the exit code."""
    with tempfile.TemporaryDirectory(prefix="bulkhead-schema-") as folder:
        server = Server(Path(folder) / "server", tuning=TEST_TUNING)
        server.start(STACKS)
        try:
            for stack in STACKS:
                upgrade(server.dsn("owner", stack), ROOT / f"{stack}-stack" / "migrations")
                target = ROOT / f"{stack}-stack" / "schema.sql"
                target.write_text(dump_schema(server.dsn("superuser", stack)))
                print(f"wrote {target.relative_to(ROOT)}")
        finally:
            server.stop()
            server.forget_socket()
    return 0


if __name__ == "__main__":
    sys.exit(main())
