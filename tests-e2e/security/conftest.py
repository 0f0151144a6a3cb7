"""One platform for all security tests, with a recording proxy between its stacks."""

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from bulkhead_local.installation import Installation
from bulkhead_local.layout import HOST, Ports
from platform_under_test import FOLDERS, running_platform
from security.callers import Doors, open_doors
from security.proxy import RecordingProxy
from security.scene import Scene, live


@dataclass(frozen=True)
class Watched:
    """A running platform and the recorder on its wall."""

    platform: Installation
    proxy: RecordingProxy


@pytest.fixture(scope="package")
def watched() -> Iterator[Watched]:
    """Give a platform whose customer stack reaches the execution stack through a recorder only."""
    proxy, ports = RecordingProxy(), Ports.free()
    certificates = FOLDERS / "platform-security" / "secrets"
    shutil.rmtree(certificates, ignore_errors=True)  # those of an earlier run: the platform makes new ones
    proxy.start(ports.execution_grpc, certificates)
    try:
        through_proxy = {"customer": {"CUSTOMER_EXECUTION_TARGET": f"{HOST}:{proxy.port}"}}
        with running_platform("security", ports=ports, settings=through_proxy) as platform:  # type: ignore[arg-type]
            yield Watched(platform, proxy)
    finally:
        proxy.stop()


@pytest.fixture(scope="package")
def scene(watched: Watched) -> Scene:
    """Give people with canary names who have registered, paid in, wagered, cancelled and been paid."""
    return asyncio.run(live(watched.platform))


@pytest.fixture(scope="package")
def doors(watched: Watched, scene: Scene) -> Iterator[Doors]:
    """Give signed-in clients of the platform."""
    with open_doors(watched.platform, scene) as opened:
        yield opened
