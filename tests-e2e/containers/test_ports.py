"""The wall as it stands: every door of every container is tried from every other container.

What listens is read from each container's kernel, so a port that nobody has thought of is tried too, at every
address of its container, also those on networks that the other one is not on. So is the server itself, by the
gateway of each network, at the ports that it publishes.
"""

import json
from collections.abc import Iterable
from typing import Final

import pytest

from bulkhead_local.containers import DOORS, Containers
from bulkhead_local.images import docker
from containers.composed import VICTIMS

pytestmark = [pytest.mark.system, pytest.mark.long]

Door = tuple[str, int]
ON: Final = {
    "customer-data": {"customer-postgres", "customer-api", "customer-worker"},
    "customer-outside": {"customer-api", "customer-worker", "bank", "identity", "acquirer"},
    "boundary": {"customer-api", "customer-worker", "execution-boundary"},
    "execution-data": {"execution-postgres", "execution-boundary", "execution-worker"},
    "exchange": {"execution-boundary", "execution-worker", "exchange"},
}
LISTENS: Final = {
    ("customer-postgres", 5432): "customer-data",
    ("customer-api", 8000): "customer-outside",
    ("customer-api", 8001): "customer-data",
    ("customer-worker", 8002): "customer-data",
    ("bank", 9002): "customer-outside",
    ("identity", 9003): "customer-outside",
    ("acquirer", 9004): "customer-outside",
    ("execution-boundary", 50051): "boundary",
    ("execution-boundary", 8100): "execution-data",
    ("execution-worker", 8101): "execution-data",
    ("execution-postgres", 5432): "execution-data",
    ("exchange", 9001): "exchange",
}
"""Every door, and the network whose containers get to it."""
CUSTOMER: Final = {"customer-api", "customer-worker", "customer-postgres"}
EXECUTION: Final = {"execution-boundary", "execution-worker", "execution-postgres"}

READ_LISTENING: Final = """
import json
rows = [line.split() for name in ("tcp", "tcp6") for line in open(f"/proc/net/{name}").readlines()[1:]]
local = [row[1].split(":") for row in rows if row[3] == "0A"]
print(json.dumps(sorted({int(port, 16) for host, port in local if not host.endswith("7F")})))
"""
"""0A is LISTEN; an address in hexadecimal that ends in 7F is of the loopback, 127.x.x.x."""
TRY: Final = """
import asyncio, json, sys
async def tried(host, port):
    try:
        async with asyncio.timeout(2):
            (await asyncio.open_connection(host, port))[1].close()
        return True
    except OSError:
        return False
async def main():
    doors = json.loads(sys.argv[1])
    print(json.dumps(await asyncio.gather(*(tried(host, port) for host, port in doors))))
asyncio.run(main())
"""


def run_inside(container: str, program: str, *arguments: str) -> str:
    """Run a Python program in a container, as the user of its process, and return what it prints."""
    return docker("exec", container, "python3", "-I", "-S", "-c", program, *arguments)


def networks_of(platform: Containers, container: str) -> dict[str, tuple[str, str]]:
    """Return the container's own address and its gateway's, by network."""
    found = json.loads(docker("inspect", "--format={{json .NetworkSettings.Networks}}", container))
    prefix = f"{platform.chosen['COMPOSE_PROJECT_NAME']}_"
    return {
        name.removeprefix(prefix): (network["IPAddress"], network["Gateway"])
        for name, network in found.items()
    }


def reached_from(container: str, doors: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return the addresses and ports that a container gets to."""
    wanted = sorted(doors)
    answers = json.loads(run_inside(container, TRY, json.dumps(wanted)))
    return {door for door, answer in zip(wanted, answers, strict=True) if answer}


def test_every_door_is_reached_from_where_it_must_and_from_nowhere_else(
    composed: Containers, capsys: pytest.CaptureFixture[str]
) -> None:
    ids = {name: found for name, found in composed.ids().items() if name in VICTIMS}
    networks = {name: networks_of(composed, container) for name, container in ids.items()}
    assert {network: {name for name in ids if network in networks[name]} for network in ON} == ON, (
        "who is on which network"
    )
    listening = {name: json.loads(run_inside(container, READ_LISTENING)) for name, container in ids.items()}
    assert {(name, port) for name, ports in listening.items() for port in ports} == LISTENS.keys()
    addresses = {
        (address, port): (name, port) for name, port in LISTENS for address, _ in networks[name].values()
    }
    reached = {
        (source, *addresses[found])
        for source, container in ids.items()
        for found in reached_from(
            container, (door for door, (name, _) in addresses.items() if name != source)
        )
    }
    wanted = {
        (source, name, port) for (name, port), network in LISTENS.items() for source in ON[network] - {name}
    }
    with capsys.disabled():
        count = sum(name != source for source in ids for name, _ in addresses.values())
        print(f"\n  {count} ways tried, {len(reached)} of {len(wanted)} that must lead somewhere do")
    assert reached == wanted
    assert {(name, port) for source, name, port in reached if source in CUSTOMER and name in EXECUTION} == {
        ("execution-boundary", 50051)
    }
    assert not {way for way in reached if way[0] in EXECUTION and way[1] in CUSTOMER}
    assert not {way for way in reached if way[0] not in EXECUTION and way[1] == "exchange"}
    assert {source for source, name, _ in reached if name.endswith("-postgres")} <= CUSTOMER | EXECUTION


def test_no_door_is_reached_by_way_of_the_server(composed: Containers) -> None:
    ids = {name: found for name, found in composed.ids().items() if name in VICTIMS}
    published = [int(composed.chosen[variable].rpartition(":")[2]) for variable, _ in DOORS.values()]
    listed = [networks_of(composed, container) for container in ids.values()]
    gateways = {gateway for found in listed for _, gateway in found.values() if gateway}
    assert len(gateways) >= 2, "networks that lead out have one"
    doors = [(gateway, port) for gateway in gateways for port in published]
    reached = {name: found for name, container in ids.items() if (found := reached_from(container, doors))}
    assert reached == {}
