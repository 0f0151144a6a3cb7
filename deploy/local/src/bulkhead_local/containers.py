"""The platform in containers: `make up`, `make down`, and what a journey has to know of it.

    make up                       # secrets, containers, development data, addresses
    make journey TARGET=compose   # the keel's journey against it
    make down [VOLUMES=1]         # with VOLUMES the databases are removed too

It speaks to the engine through its own commands, docker and docker-compose, and to the platform as an
operator's engineer would.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from bulkhead_local.container_secrets import USER, deliver_secrets
from bulkhead_local.images import docker
from bulkhead_local.layout import STACKS, Stack
from bulkhead_local.private_files import write_private
from bulkhead_local.problems import LocalProblem
from bulkhead_local.run import ROOT

FOLDER: Final = ROOT / "deploy" / "compose"
NEEDED: Final = ("COMPOSE_PROJECT_NAME", "COMPOSE_FILE", "BULKHEAD_ENVIRONMENT")
START_SECONDS: Final = 600
COMMAND_SECONDS: Final = 300
SANDBOX_FILE: Final = "compose.sandbox.yaml"
LOOK_SECONDS: Final = 0.5
NOTES: Final = "/var/lib/bulkhead/audit_notes.jsonl"
DOORS: Final = {
    "customer_api": ("BULKHEAD_CUSTOMER_PORT", "127.0.0.1:8000"),
    "exchange": ("BULKHEAD_EXCHANGE_PORT", "127.0.0.1:9001"),
    "bank": ("BULKHEAD_BANK_PORT", "127.0.0.1:9002"),
    "identity": ("BULKHEAD_IDENTITY_PORT", "127.0.0.1:9003"),
    "acquirer": ("BULKHEAD_ACQUIRER_PORT", "127.0.0.1:9004"),
}


@cache
def compose_client() -> tuple[str, ...]:
    """Return the words that begin a compose command: the engine's plugin, or the program of its own."""
    try:
        docker("compose", "version")
    except LocalProblem:
        if shutil.which("docker-compose") is None:
            raise LocalProblem(
                "There is no docker-compose here. Install it: docs/guides/operate.md"
            ) from None
        return ("docker-compose",)
    return ("docker", "compose")


class Containers:
    """One platform in containers. `chosen` wins over what stands in `deploy/compose/.env`."""

    def __init__(self, state_file: Path, chosen: Mapping[str, str] | None = None) -> None:
        """Describe a platform; nothing is started. Raises LocalProblem when nobody says which."""
        self.state_file = state_file
        self.chosen = {**read_choices(FOLDER / ".env"), **_of_the_shell(), **(chosen or {})}
        _require_needed(self.chosen)
        self.is_sandbox = self.chosen.get("BULKHEAD_ENVIRONMENT") == "sandbox"
        self.files = [str(FOLDER / name) for name in self.chosen["COMPOSE_FILE"].split(":")]
        self.secrets = (FOLDER / self.chosen.get("BULKHEAD_SECRETS", "./secrets")).resolve()

    @property
    def operators(self) -> Path:
        """Return the folder for what operators hand to commands of the execution stack: their keys."""
        return self.state_file.parent / "operators"

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment of compose commands."""
        passed = {name: os.environ[name] for name in ("PATH", "HOME", "DOCKER_HOST") if name in os.environ}
        return {**passed, **self.chosen, "COMPOSE_IGNORE_ORPHANS": "1"}

    def words(self, *words: str) -> list[str]:
        """Return a whole compose command."""
        return [
            *compose_client(),
            "--project-directory",
            str(FOLDER),
            *(word for file in self.files for word in ("-f", file)),
            *words,
        ]

    def compose(self, *words: str, timeout: float = START_SECONDS, check: bool = True) -> str:
        """Run a compose command and return what it prints. Raises LocalProblem when it fails."""
        try:
            result = subprocess.run(
                self.words(*words),
                env=self.environment,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise LocalProblem(f"docker-compose {words[0]} took more than {timeout:.0f} s.") from error
        if check and result.returncode != 0:
            raise LocalProblem(f"docker-compose {' '.join(words)} failed:\n{result.stderr.strip()[-2000:]}")
        return result.stdout

    def up(self) -> float:
        """Start everything, wait until all of it is healthy, and return after how many seconds it was.

        In the sandbox with secrets made here; elsewhere with those that were brought. Raises LocalProblem.
        """
        if self.is_sandbox:
            deliver_secrets(self.secrets)
        else:
            self.require_no_sandbox()
        began = time.monotonic()
        self.compose("up", "--detach")
        self.wait_until_healthy()
        return time.monotonic() - began

    def require_no_sandbox(self) -> None:
        """Refuse to start production with a part of the sandbox. Raises LocalProblem."""
        profiles = self.chosen.get("COMPOSE_PROFILES", "").split(",")
        if SANDBOX_FILE in {Path(file).name for file in self.files} or "sandbox" in profiles:
            raise LocalProblem(
                f"BULKHEAD_ENVIRONMENT is not sandbox, but COMPOSE_FILE names {SANDBOX_FILE} or "
                "COMPOSE_PROFILES names sandbox. Take both out of deploy/compose/.env: docs/guides/operate.md"
            )

    def down(self, *, volumes: bool = False) -> None:
        """Stop and remove the containers and, if asked, what they kept."""
        self.compose("down", *(["--volumes"] if volumes else []))
        if volumes and self.is_sandbox:
            shutil.rmtree(self.operators, ignore_errors=True)  # keys of operators whom nobody knows any more

    def command(self, stack: Stack, *arguments: str, check: bool = True) -> str:
        """Run a command of a stack in a container of its own. Raises LocalProblem when it fails."""
        words = (*self.command_words(stack), *arguments)
        return self.compose(*words, timeout=COMMAND_SECONDS, check=check)

    @staticmethod
    def command_words(stack: Stack, handed: Path | None = None) -> list[str]:
        """Return what comes before a command of a stack; it finds the files in `handed` where they are."""
        volume = [] if handed is None else ["-v", f"{handed}:{handed}:ro"]
        return ["run", "--rm", "--no-deps", "-T", *volume, f"{stack}-command"]

    def ids(self) -> dict[str, str]:
        """Return the ids of the containers that stand, by service."""
        label = f"label=com.docker.compose.project={self.chosen['COMPOSE_PROJECT_NAME']}"
        row = '{{.Label "com.docker.compose.service"}} {{.ID}} {{.Label "com.docker.compose.oneoff"}}'
        lines = docker("ps", "--all", "--no-trunc", f"--filter={label}", f"--format={row}").splitlines()
        return {name: found for name, found, oneoff in map(str.split, lines) if oneoff != "True"}

    def standing(self) -> dict[str, dict[str, Any]]:
        """Return the engine's word on every container, by service."""
        ids = self.ids()
        if not ids:
            return {}
        found = json.loads(docker("inspect", *ids.values()))
        by_id = {each["Id"]: each["State"] for each in found}
        return {name: by_id[found_id] for name, found_id in ids.items() if found_id in by_id}

    def wait_until_healthy(self, seconds: float = START_SECONDS) -> None:
        """Wait until every container that has a health check is healthy. Raises LocalProblem."""
        deadline = time.monotonic() + seconds
        while True:
            waiting = sorted(
                name
                for name, state in self.standing().items()
                if "Health" in state and (state["Health"]["Status"] != "healthy" or not state["Running"])
            )
            if not waiting:
                return
            if time.monotonic() > deadline:
                logs = self.compose("logs", "--no-color", "--tail=20", waiting[0])
                raise LocalProblem(f"Not healthy in {seconds:.0f} s: {', '.join(waiting)}.\n{logs[-3000:]}")
            time.sleep(LOOK_SECONDS)

    def seed(self) -> None:
        """Make the sandbox's tenants and staff, and write addresses and logins for scripts."""
        seeded = json.loads(self.command("customer", "seed", "--json"))
        secrets = deliver_secrets(self.secrets)
        self.operators.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.geteuid() == 0:
            os.chown(self.operators, USER, USER)
        handed: dict[Stack, Path | None] = {"customer": None, "execution": self.operators}
        document = {
            "addresses": {name: f"http://{self.chosen.get(*door)}" for name, door in DOORS.items()},
            "bank_api_key": secrets.bank_api_key,
            "acquirer_api_key": secrets.acquirer_api_key,
            "issuer_secret": secrets.issuer_secret,
            "tenants": seeded["tenants"],
            "staff": seeded["staff"],
            "commands": {
                stack: {
                    "argv": self.words(*self.command_words(stack, handed[stack])),
                    "env": self.environment,
                    "witness": NOTES,
                }
                for stack in STACKS
            },
        }
        write_private(self.state_file, json.dumps(document, indent=2).encode())


def read_choices(file: Path) -> dict[str, str]:
    """Return what a file such as `.env` sets; nothing where it is not there. Raises LocalProblem."""
    found = {}
    for number, text in enumerate(file.read_text().splitlines() if file.exists() else (), 1):
        line = text.strip()
        if line and not line.startswith("#"):
            name, sign, value = line.partition("=")
            if not sign:
                raise LocalProblem(f"{file}, line {number}, is not NAME=value. Correct it.")
            found[name] = value
    return found


def _require_needed(chosen: Mapping[str, str]) -> None:
    """Refuse a choice without what has no default, as in a `.env` of an earlier version."""
    missing = [name for name in NEEDED if not chosen.get(name)]
    if missing:
        raise LocalProblem(
            f"{FOLDER / '.env'} does not set {', '.join(missing)}. It may be of an earlier version: see what "
            "stands there now (git show HEAD:deploy/compose/.env), and add what is missing."
        )


def _of_the_shell() -> dict[str, str]:
    prefixes = ("BULKHEAD_", "COMPOSE_FILE", "COMPOSE_P", "CUSTOMER_", "EXECUTION_")
    return {name: value for name, value in os.environ.items() if name.startswith(prefixes)}


def state_file() -> Path:
    """Return where `make up` writes addresses and logins."""
    return Path(os.environ.get("BULKHEAD_RUN_FOLDER", ROOT / ".run")) / "compose" / "state.json"


def main() -> int:
    """Run from the command line. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="make up", description=__doc__)
    parser.add_argument("act", choices=("up", "down", "secrets"))
    parser.add_argument("--volumes", action="store_true", help="down: remove the databases too")
    arguments = parser.parse_args()
    try:
        platform = Containers(state_file())
        match arguments.act:
            case "secrets":
                if not platform.is_sandbox:
                    raise LocalProblem("Only a sandbox's secrets are made here. Bring your own.")  # noqa: TRY301 - said below
                deliver_secrets(platform.secrets)
                print(f"secrets: {platform.secrets}")
            case "up":
                print(f"  everything is healthy after {platform.up():.1f} s", flush=True)
                if platform.is_sandbox:
                    platform.seed()
                    print(f"  tenants, staff and logins: {platform.state_file}")
            case "down":
                platform.down(volumes=arguments.volumes)
    except LocalProblem as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
