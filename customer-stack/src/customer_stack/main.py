"""The only wiring of the customer stack: settings -> providers -> services -> routers.

`open_services` builds everything once per process; the API and the worker both use it. A module adds
its service to `Services`, its construction to `open_services`, and its router to `build_routers`.
"""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from customer_stack.access.api import build_router as build_access_router
from customer_stack.access.service import AccessService
from customer_stack.credentials.passwords import Passwords
from customer_stack.customers.api import build_router as build_customers_router
from customer_stack.customers.api import build_staff_router as build_customers_staff_router
from customer_stack.customers.sealing import FieldKeys, Sealing
from customer_stack.customers.service import CustomersService
from customer_stack.customers.sessions import SessionService
from customer_stack.edge.application import create_app
from customer_stack.kyc.providers.http_vendor import HttpIdentityVendor
from customer_stack.kyc.service import KycService
from customer_stack.screening.service import ScreeningService, load_local_list
from customer_stack.settings import PasswordWork, Settings, read_settings
from customer_stack.tenancy.service import TenancyService
from customer_stack.timers import Runner
from shared.clock import Clock, SystemClock
from shared.database import Database
from shared.ids import Ids, SystemIds
from shared.operations.logs import configure_logs
from shared.operations.management import open_port, serve_http
from shared.operations.process import run_process

API_NAME = "customer-api"


@dataclass(frozen=True, slots=True)
class Services:
    """Every service of the stack, open and ready."""

    settings: Settings
    database: Database
    clock: Clock
    ids: Ids
    tenancy: TenancyService
    access: AccessService
    customers: CustomersService
    sessions: SessionService
    kyc: KycService
    screening: ScreeningService


async def open_services(settings: Settings, stack: AsyncExitStack, *, name: str) -> Services:
    """Open the database and build the services; `stack` closes what was opened, in reverse order."""
    clock, ids = SystemClock(), SystemIds()
    database = await Database.connect(
        settings.database_url.get_secret_value(), name=name, pool_size=settings.database_pool_size
    )
    stack.push_async_callback(database.close)
    passwords = open_passwords(stack)
    sealing = Sealing(FieldKeys.read(settings.field_keys_file))
    vendor = HttpIdentityVendor(settings.identity_url, settings.identity_api_key)
    stack.push_async_callback(vendor.close)

    tenancy = TenancyService(database, clock, ids)
    access = AccessService(database, tenancy, passwords, clock, ids, session_hours=settings.session_hours)
    customers = CustomersService(database, tenancy, passwords, sealing, clock, ids)
    sessions = SessionService(
        database,
        tenancy,
        passwords,
        sealing,
        clock,
        ids,
        session_hours=settings.session_hours,
        remember_seconds=settings.session_cache_seconds,
    )
    kyc = KycService(
        database, tenancy, customers, vendor, clock, ids, residencies=settings.residencies_allowed
    )
    screening = ScreeningService(customers, load_local_list(), clock, ids)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        ids=ids,
        tenancy=tenancy,
        access=access,
        customers=customers,
        sessions=sessions,
        kyc=kyc,
        screening=screening,
    )


def open_passwords(stack: AsyncExitStack) -> Passwords:
    """Return the password hasher with the work that the settings ask for."""
    work = read_settings(PasswordWork)
    passwords = Passwords(memory_kib=work.memory_kib, passes=work.passes, lanes=work.lanes)
    stack.callback(passwords.close)
    return passwords


def build_routers(services: Services) -> list[APIRouter]:
    """Return the routers of all modules."""
    secure = not services.settings.is_sandbox
    return [
        build_customers_router(services.customers, services.sessions, secure_cookies=secure),
        build_customers_staff_router(services.customers),
        build_access_router(services.access, secure_cookies=secure),
    ]


def build_application(services: Services) -> FastAPI:
    """Return the HTTP application over open services."""
    return create_app(
        build_routers(services),
        customer_sessions=services.sessions,
        staff_sessions=services.access,
        ids=services.ids,
        show_documentation=services.settings.is_sandbox,
    )


def build_api_runners(services: Services) -> dict[str, Runner]:
    """Return what the API process runs beside its HTTP server."""
    app, settings = build_application(services), services.settings

    async def serve(stop: asyncio.Event) -> None:
        await serve_http(app, open_port(settings.http_host, settings.http_port), stop)

    return {"http": serve}


async def run_api(settings: Settings) -> None:
    """Run the API process until a signal. Raises ProcessFailed, PortBusy, DatabaseUnavailable."""
    configure_logs(API_NAME)
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name=API_NAME)
        await run_process(
            API_NAME,
            tasks=build_api_runners(services),
            checks={"database": services.database.ping},
            management_port=settings.management_port,
            management_host=settings.management_host,
        )
