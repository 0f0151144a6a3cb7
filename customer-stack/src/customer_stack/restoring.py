"""A database that came back, for the command line.

Our own: whoever is in the register is erased again, then the database is listed as looked at; after a restore
that lost something the audit goes on in a new epoch. Reports that were lost are fetched again by the cursor,
which came back with the database. Stopped in the middle, it is run again.

Execution's: what we have read of its reports, and wagers that it may have lost.
"""

from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from customer_stack.main import open_services, sender_of
from customer_stack.settings import Settings
from customer_stack.wagers.service.asking import AskingAgain
from customer_stack.wagers.service.reading import read_through
from shared.audit import AuditRecord, append
from shared.ids import HOUSE_TENANT
from shared.restores import RestoredTo, finish, require_unseen

NAME = "restore"


async def finish_restore(
    settings: Settings, to: RestoredTo, operator: UUID, *, though_listed: bool = False
) -> dict[str, Any]:
    """Do the steps; return what each did. Raises NotRestored, RegisterUnusable."""
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name=NAME)
        async with services.database.transaction() as tx:
            identity = await require_unseen(tx, though_listed=though_listed)
        done: dict[str, Any] = {"timeline": identity.timeline, "restored_to": to.value}
        if settings.erasure_register_file is None:
            done["erasures"] = "no register: nobody is erased without CUSTOMER_ERASURE_REGISTER_FILE"
        else:
            erased = await services.privacy.erasing.replay()
            done |= {
                "erasures": erased.lines,
                "erased_again": erased.erased_again,
                "not_in_database": erased.unknown,
            }
        async with services.database.transaction(HOUSE_TENANT) as tx:
            cursor = await read_through(tx)
            now = services.clock.now()
            finished = await finish(tx, to, operator, now, though_listed=though_listed)
    return done | {
        "reports_fetched_after": cursor,
        "audit_epoch": finished.epoch,
        "audit_records_kept": finished.kept,
        "outflow": finished.outflow,
    }


async def read_reported(settings: Settings) -> dict[str, Any]:
    """Return how far reports were read, under the name by which execution knows this stack."""
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name=NAME)
        async with services.database.transaction() as tx:
            number = await read_through(tx)
    return {"reported": f"{sender_of(settings)}={number}"}


async def ask_again(settings: Settings, operator: UUID) -> dict[str, Any]:
    """Ask for every submitted wager again; return how many. Raises OutcomeUnknown, SignedRefusal."""
    actor = f"staff:{operator}"
    async with AsyncExitStack() as stack:
        services = await open_services(settings, stack, name=NAME)
        database, clock = services.database, services.clock
        tenants = services.tenancy.list_tenant_ids
        asking = AskingAgain(database, services.execution, tenants, clock, services.ids)
        found = await asking.ask_all(actor)
        done = {"asked": found.asked, "refused": found.refused, "refused_with_fills": found.filled}
        async with database.transaction(HOUSE_TENANT) as tx:
            record = AuditRecord(HOUSE_TENANT, "wagers.asked_again", dict(done), clock.now(), actor)
            await append(tx, [record])
    return dict(done)
