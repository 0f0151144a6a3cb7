"""The only wiring of the customer stack: settings -> providers -> services -> routers.

`open_services` builds everything once per process; the API and the worker both use it. A module adds
its service to `Services`, its construction to `open_services`, and its router to `build_routers`.
"""

from contextlib import AsyncExitStack
from dataclasses import dataclass

from fastapi import APIRouter

from customer_stack.settings import Settings
from shared.clock import Clock, SystemClock
from shared.database import Database
from shared.ids import Ids, SystemIds


@dataclass(frozen=True, slots=True)
class Services:
    """Every service of the stack, open and ready."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids


async def open_services(settings: Settings, stack: AsyncExitStack, *, name: str) -> Services:
    """Open the database and build the services; `stack` closes what was opened, in reverse order."""
    clock, ids = SystemClock(), SystemIds()
    database = await Database.connect(
        settings.database_url.get_secret_value(), name=name, pool_size=settings.database_pool_size
    )
    stack.push_async_callback(database.close)
    return Services(settings=settings, database=database, clock=clock, ids=ids)


def build_routers(services: Services) -> list[APIRouter]:
    """Return the routers of all modules."""
    return []
