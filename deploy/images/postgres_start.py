"""Start PostgreSQL in a container, making its data folder on the first start.

It keeps to the ways of the image `postgres`, as far as our compose file and tests use them: PGDATA,
POSTGRES_PASSWORD_FILE or POSTGRES_PASSWORD, POSTGRES_INITDB_ARGS, and shell scripts in
/docker-entrypoint-initdb.d, which are run once, against a server that nobody else can reach.

Guaranteed: a data folder is there whole, scripts included, or not at all; every login needs a password.
"""

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SCRIPTS = Path("/docker-entrypoint-initdb.d")
SOCKETS = Path("/tmp")  # noqa: S108 - a file system of the container's own
EVERY_LOGIN = "\nhost all all all scram-sha-256\n"
MAKING_SECONDS = 300


def make_data(folder: Path, password: str) -> None:
    """Make the data folder beside its place, run the scripts, and move it there."""
    fresh = folder.with_name(f"{folder.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)  # of a start that was interrupted
    fresh.parent.mkdir(parents=True, exist_ok=True)
    arguments = shlex.split(os.environ.get("POSTGRES_INITDB_ARGS", ""))
    with tempfile.NamedTemporaryFile("w") as handed:
        handed.write(password)
        handed.flush()
        login = ["--username=postgres", f"--pwfile={handed.name}", "--auth=scram-sha-256"]
        run("initdb", f"--pgdata={fresh}", *login, "--encoding=UTF8", *arguments)
    with (fresh / "pg_hba.conf").open("a") as rules:
        rules.write(EVERY_LOGIN)
    private = f"-c listen_addresses='' -c unix_socket_directories={SOCKETS}"
    run("pg_ctl", f"--pgdata={fresh}", "--wait", "--silent", f"--options={private}", "start")
    try:
        for script in sorted(SCRIPTS.glob("*.sh")):
            run("sh", str(script))
    finally:
        run("pg_ctl", f"--pgdata={fresh}", "--wait", "--silent", "--mode=fast", "stop")
    fresh.rename(folder)


def run(*command: str) -> None:
    """Run a program; its output is the container's. Raises CalledProcessError."""
    subprocess.run(command, check=True, stdout=sys.stderr, timeout=MAKING_SECONDS)


def main() -> None:
    """Become the server."""
    folder = Path(os.environ["PGDATA"])
    if not (folder / "PG_VERSION").exists():
        file = os.environ.get("POSTGRES_PASSWORD_FILE")
        password = Path(file).read_text().strip() if file else os.environ["POSTGRES_PASSWORD"]
        os.environ |= {"PGHOST": str(SOCKETS), "PGUSER": "postgres", "PGPASSWORD": password}
        make_data(folder, password)
        for name in ("PGHOST", "PGUSER", "PGPASSWORD"):
            del os.environ[name]
    command = sys.argv[1:]
    if command[:1] == ["postgres"]:
        command += ["-c", "listen_addresses=*", "-c", f"unix_socket_directories={SOCKETS}"]
    os.execvp(command[0], command)  # noqa: S606 - what the container was told to run


if __name__ == "__main__":
    main()
