"""When screening happens: who registers, corrects a profile or submits a business waits for a timer."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final
from uuid import UUID

from customer_stack.screening.domain.alerts import Subject
from customer_stack.screening.domain.tasks import Reason
from customer_stack.screening.service.importing import ListImports
from customer_stack.screening.service.rescreening import Rescreening
from customer_stack.screening.service.subjects import SubjectScreening
from customer_stack.timers import Runner, repeat
from shared.database import Transaction
from shared.events.port import Event
from shared.events.worker import Handler, Listener

POLL_SECONDS: Final = 0.25
IDLE_SECONDS: Final = 1.0
OUTDATED_SECONDS: Final = 10.0
RESCREEN_SECONDS: Final = 2.0

AllTenants = Callable[[], Awaitable[Sequence[UUID]]]


def build_listeners(screening: SubjectScreening) -> list[Listener]:
    """Return the listeners."""

    def asking(reason: Reason) -> Handler:
        async def handle(tx: Transaction, event: Event) -> None:
            business = event.payload.get("business_id")
            subject = Subject(
                event.tenant_id,
                UUID(event.payload["customer_id"]),
                None if business is None else UUID(business),
            )
            await screening.ask(tx, subject, reason)

        return handle

    return [
        Listener("customers.registered", "screening", asking(Reason.REGISTERED)),
        Listener("customers.profile_corrected", "screening", asking(Reason.CORRECTED)),
        Listener("kyc.business_submitted", "screening", asking(Reason.SUBMITTED)),
    ]


def build_runners(
    imports: ListImports,
    screening: SubjectScreening,
    rescreening: Rescreening,
    all_tenants: AllTenants,
    check_seconds: float,
) -> dict[str, Runner]:
    """Return the timers, by name."""

    async def look() -> None:
        await imports.take_all()

    async def work() -> int:
        return await screening.work(await all_tenants())

    async def ask_outdated() -> None:
        await screening.ask_outdated(await all_tenants())

    async def walk(stop: asyncio.Event) -> None:
        async def step() -> int:
            return await rescreening.work(await all_tenants(), stop)

        await repeat("screening.rescreen", RESCREEN_SECONDS, step)(stop)

    return {
        "screening.rescreen": walk,
        "screening.lists": repeat("screening.lists", check_seconds, look),
        "screening.tasks": repeat("screening.tasks", POLL_SECONDS, work, idle_seconds=IDLE_SECONDS),
        "screening.outdated": repeat("screening.outdated", OUTDATED_SECONDS, ask_outdated),
    }
