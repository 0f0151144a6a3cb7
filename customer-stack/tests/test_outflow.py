"""`customer-stack resume-outflow`: only a member of staff says that the banks were compared."""

import asyncio
from datetime import timedelta

from typer.testing import CliRunner

from customer_stack.access.errors import StaffUnknown
from customer_stack.cli import app
from shared.ids import SystemIds
from shared.outflow import Hold, find_hold

from .restored import lose_records


async def test_only_an_active_member_of_staff_resumes(services, tenant, customer_database):
    settings = {"CUSTOMER_ENVIRONMENT": "sandbox", "CUSTOMER_DATABASE_URL": customer_database.dsn("app")}
    await services.access.ensure_staff(tenant.id, "compares", "treasurer", "a long password")
    session = await services.access.sign_in(tenant.slug, "compares", "a long password")
    now = services.clock.now() - timedelta(minutes=1)
    await lose_records(services.database, now)

    async def resume(operator):
        words = ("resume-outflow", "--operator", str(operator), "--compared-to", Hold(2, now).told, "--json")
        return await asyncio.to_thread(CliRunner().invoke, app, words, env=settings)

    async def hold():
        async with services.database.transaction() as tx:
            return await find_hold(tx)

    assert isinstance((await resume(SystemIds().new())).exception, StaffUnknown)
    assert await hold() is not None
    resumed = await resume(session.staff_id)
    assert resumed.exit_code == 0, resumed.exception
    assert await hold() is None
