"""What the steps of a journey share: its size, its people, and how to wait or fail."""

import asyncio
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import httpx

from journeys.doors import Address, Door
from journeys.people import Person
from journeys.screen import Screen

CONCURRENCY = 12
ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Size:
    """How large a journey is, and how some of its wagers must end. Fault tests drive a smaller one."""

    people: int = 44
    markets: int = 6
    rounds: int = 11
    wagers_at_least: int = 400
    ends: tuple[str, ...] = ("filled", "partly_filled", "cancelled")


@dataclass
class Customer:
    """Somebody of the journey: the person, their session and what they asked for."""

    person: Person
    door: Door
    state: str = ""
    wagers: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Journey:
    """What the steps hand to each other."""

    address: Address
    client: httpx.AsyncClient
    screen: Screen
    mark: str
    size: Size = field(default_factory=Size)
    people: list[Customer] = field(default_factory=list)
    markets: list[dict[str, Any]] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    settlements: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def active(self) -> list[Customer]:
        """Return those who may wager."""
        return [customer for customer in self.people if customer.state == "active"]

    def clerk(self, tenant: str, role: str, place: int = 0) -> dict[str, str]:
        """Return who works in a role, first or second, with what they sign in and sign with."""
        return [each for each in self.address.staff if each["tenant"] == tenant and each["role"] == role][
            place
        ]

    async def staff(self, tenant: str, role: str, place: int = 0) -> Door:
        """Sign a clerk in."""
        clerk = self.clerk(tenant, role, place)
        door = Door(self.client, self.address.customer)
        session = await door.call(
            "POST",
            "/staff/sessions",
            {"tenant": tenant, "username": clerk["username"], "password": clerk["password"]},
        )
        door.token = session["token"]
        return door


class StepFailed(Exception):
    """A step did not end as it must."""


def require(condition: object, message: str) -> None:
    """Fail the journey unless `condition` holds."""
    if not condition:
        raise StepFailed(message)


async def each_at_once(items: Iterable[ItemT], work: Callable[[ItemT], Awaitable[Any]]) -> list[Any]:
    """Work on items, a dozen at a time."""
    gate = asyncio.Semaphore(CONCURRENCY)

    async def one(item: ItemT) -> Any:
        async with gate:
            return await work(item)

    return await asyncio.gather(*(one(item) for item in items))


async def wait_until(what: str, look: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Look again and again until it is so. Fails the journey when it takes too long."""
    deadline = time.monotonic() + seconds
    while not await look():
        require(time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s")
        await asyncio.sleep(0.2)
