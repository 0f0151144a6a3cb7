"""The platform in containers as tests start it: a project, ports, secrets and volumes of its own.

It runs beside a platform of `make up`. What a killed test session left of it is removed before the next one.
"""

import contextlib
import os
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from bulkhead_local.containers import DOORS, Containers
from bulkhead_local.images import IMAGES
from bulkhead_local.layout import HOST, free_ports
from bulkhead_local.problems import LocalProblem
from containers.engine import BY_NAME, require_images
from platform_under_test import FOLDERS, QUICK

PROJECT: Final = "bulkhead-under-test"
FOLDER: Final = FOLDERS / "containers"
BACK_SECONDS: Final = 180.0
LOOK_SECONDS: Final = 0.2
VICTIMS: Final = (
    "identity",
    "bank",
    "acquirer",
    "exchange",
    "execution-worker",
    "execution-boundary",
    "execution-postgres",
    "customer-worker",
    "customer-api",
    "customer-postgres",
)
"""Every container that stays."""


@contextlib.contextmanager
def running_containers() -> Iterator[Containers]:
    """Start everything on empty volumes, and remove it afterwards; skip, saying why, where that cannot be."""
    require_images(*BY_NAME)
    if os.geteuid() != 0:
        pytest.skip("only root may kill what runs in a container")
    platform = Containers(FOLDER / "state.json", _choose())
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "execution.env").write_text(_lines(QUICK["execution"]))
    platform.down(volumes=True)
    shutil.rmtree(FOLDER / "secrets", ignore_errors=True)
    try:
        platform.up()
        platform.seed()
        yield platform
    finally:
        platform.down(volumes=True)


def _choose() -> dict[str, str]:
    images = {f"BULKHEAD_{image.name.upper()}_IMAGE": image.tag for image in IMAGES}
    ports = free_ports(len(DOORS))
    doors = {name: f"{HOST}:{port}" for (name, _), port in zip(DOORS.values(), ports, strict=True)}
    return {
        "COMPOSE_PROJECT_NAME": PROJECT,
        "COMPOSE_FILE": "compose.yaml:compose.sandbox.yaml",
        "COMPOSE_PROFILES": "sandbox",
        "BULKHEAD_ENVIRONMENT": "sandbox",
        "BULKHEAD_SECRETS": str(FOLDER / "secrets"),
        "BULKHEAD_EXECUTION_SETTINGS": str(FOLDER / "execution.env"),
        **QUICK["customer"],
        **images,
        **doors,
    }


def _lines(settings: Any) -> str:
    return "".join(f"{name}={value}\n" for name, value in settings.items())


@dataclass
class Killed:
    """Kills what runs in containers and leaves it to the engine to start them again, as on a server."""

    platform: Containers
    before: dict[str, int] = field(default_factory=dict)

    def strike(self, victim: str) -> None:
        """SIGKILL the first process of a container, and so all of it."""
        container, pid = self.platform.ids()[victim], self.platform.standing()[victim]["Pid"]
        if not pid:
            raise LocalProblem(f"{victim} does not run")
        if container not in Path(f"/proc/{pid}/cgroup").read_text():
            raise LocalProblem(f"Process {pid} is not {victim}'s: the engine is on another machine.")
        self.before[victim] = pid
        os.kill(pid, signal.SIGKILL)

    def bring_back(self, victim: str) -> None:
        """Wait until the engine has started it again and it is healthy. Raises LocalProblem."""
        deadline = time.monotonic() + BACK_SECONDS
        while True:
            state = self.platform.standing()[victim]
            is_new = state["Running"] and state["Pid"] not in {0, self.before[victim]}
            if is_new and state["Health"]["Status"] == "healthy":
                return
            if time.monotonic() > deadline:
                logs = self.platform.compose("logs", "--no-color", "--tail=20", victim)
                raise LocalProblem(f"{victim} was not back in {BACK_SECONDS:.0f} s: {state}\n{logs[-3000:]}")
            time.sleep(LOOK_SECONDS)

    def restart_ended(self) -> list[str]:
        """Start nothing: the engine does."""
        return []
