from dataclasses import replace
from uuid import uuid4

import pytest

from execution_stack.accounts import service as accounts
from execution_stack.accounts.domain import Registration
from execution_stack.accounts.errors import OtherOwner
from execution_stack.accounts.service import AccountService
from shared.ids import HOUSE_TENANT


async def test_registering_again_changes_nothing(world):
    service = AccountService(world.database)
    known = Registration(world.accounts["A"], world.tenants[0])
    new = Registration(uuid4(), world.tenants[0])
    assert await service.register(world.call(), [known, new]) == 1
    assert await service.register(world.call(), [known, new]) == 0


async def test_an_account_never_changes_its_tenant(world):
    service = AccountService(world.database)
    with pytest.raises(OtherOwner):
        await service.register(world.call(), [Registration(world.accounts["A"], world.tenants[1])])


async def test_a_tenant_belongs_to_the_stack_that_registered_it_first(world):
    service = AccountService(world.database)
    stranger = replace(world.call(), sender="other.sandbox")
    with pytest.raises(OtherOwner):
        await service.register(stranger, [Registration(uuid4(), world.tenants[0])])
    assert set(await accounts.tenants_of(world.database, world.call().sender)) == set(world.tenants)
    assert await accounts.tenants_of(world.database, "other.sandbox") == []


async def test_a_reference_cannot_take_the_book_of_something_else(world):
    service = AccountService(world.database)
    for taken in (world.tenants[0], HOUSE_TENANT):
        with pytest.raises(OtherOwner):
            await service.register(world.call(), [Registration(taken, world.tenants[0])])
    with pytest.raises(OtherOwner):
        await service.register(world.call(), [Registration(uuid4(), HOUSE_TENANT)])


async def test_a_tenant_that_paid_float_before_its_first_account_gets_its_recipient_later(world):
    tenant = uuid4()
    async with world.database.transaction(tenant) as tx:
        await accounts.open_tenants(tx, [tenant], world.clock.now())
    assert tenant in await accounts.list_tenants(world.database)
    await AccountService(world.database).register(world.call(), [Registration(uuid4(), tenant)])
    assert tenant in await accounts.tenants_of(world.database, world.call().sender)
