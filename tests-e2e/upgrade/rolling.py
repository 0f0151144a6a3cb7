"""A platform that runs code of an earlier revision, and is brought to the working copy's process by process.

The old sources are a folder beside, put before the installed ones by PYTHONPATH; libraries are today's.
"""

import io
import os
import subprocess
import tarfile
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

from architecture.sources import ROOT
from bulkhead_local.installation import Installation
from bulkhead_local.layout import STACKS, Ports, Stack, free_ports, stack_programs
from bulkhead_local.supervisor import Port, Program
from platform_under_test import DURABLE, QUICK

FROM: Final = Path(__file__).with_name("from.txt")
SOURCES: Final = ("shared/src", "proto/src", "customer-stack/src", "execution-stack/src")
SECOND: Final = "customer-api-2"
GIT_SECONDS: Final = 60


def old_revision() -> str | None:
    """Return the revision to begin with: UPGRADE_FROM, the newest tag, or what from.txt names.

    None where it is not in the repository, or there is no repository here.
    """
    tag = _git("describe", "--tags", "--abbrev=0")
    wanted = os.environ.get("UPGRADE_FROM") or tag or FROM.read_text().strip()
    return wanted if _git("cat-file", "-t", wanted) else None


def unpack(revision: str, folder: Path) -> str:
    """Write the sources of a revision into `folder`; return the path on which Python finds them."""
    command = ["git", "-C", str(ROOT), "archive", revision, *(each.split("/")[0] for each in SOURCES)]
    packed = subprocess.run(command, capture_output=True, check=True, timeout=GIT_SECONDS).stdout
    with tarfile.open(fileobj=io.BytesIO(packed)) as archive:
        archive.extractall(folder)  # noqa: S202 - our own repository
    return os.pathsep.join(str(folder / each) for each in SOURCES)


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(ROOT), *arguments]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=GIT_SECONDS)
    except FileNotFoundError:  # no git here
        return ""
    return done.stdout.strip()


class Rolling(Installation):
    """Begins with old code, with two API processes of which one always answers."""

    def __init__(self, folder: Path, python_path: str) -> None:
        old = {stack: {**QUICK[stack], "PYTHONPATH": python_path} for stack in STACKS}
        super().__init__(folder, Ports.free(), tuning=DURABLE, settings=old)
        self.second_http, self.second_management = free_ports(2)
        self.took: dict[str, float] = {}

    def start(self) -> None:
        """Start everything, and the second API."""
        super().start()
        self.supervisor.start([self._second(self.environments["customer"])])

    @property
    def bases(self) -> tuple[str, str]:
        """Return the addresses of both API processes."""
        return self.ports.url("customer_http"), f"http://127.0.0.1:{self.second_http}"

    def upgrade(self, stack: Stack) -> None:
        """Migrate a stack's database and restart its processes with new code, one after the other."""
        fresh = {name: value for name, value in self.environments[stack].items() if name != "PYTHONPATH"}
        self.environments[stack] = fresh
        began = time.monotonic()
        self.command(stack, "migrate")
        self.took[f"{stack} migrate"] = time.monotonic() - began
        every = stack_programs(self.environments, self.ports)
        programs = [each for each in every if each.name.startswith(stack)]
        if stack == "customer":
            programs.insert(1, self._second(fresh))
        for program in programs:
            began = time.monotonic()
            self.supervisor.stop([program.name])
            self.supervisor.start([program])
            self.took[program.name] = time.monotonic() - began

    def _second(self, environment: Mapping[str, str]) -> Program:
        own = {
            "CUSTOMER_HTTP_PORT": str(self.second_http),
            "CUSTOMER_MANAGEMENT_PORT": str(self.second_management),
        }
        every = stack_programs(self.environments, self.ports)
        first = next(each for each in every if each.name == "customer-api")
        return replace(
            first,
            name=SECOND,
            environment={**environment, **own},
            ready_url=f"http://127.0.0.1:{self.second_management}/ready",
            ports=(Port(self.second_http, "none"), Port(self.second_management, "none")),
        )
