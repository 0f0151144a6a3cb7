from dataclasses import dataclass, field
from uuid import uuid4

import pytest

from execution_stack.accounts.domain import Registration
from execution_stack.accounts.service import AccountMemory, AccountService
from shared.database import Database

STRANGER = "other.sandbox"


@dataclass
class Counted:
    """A database that counts how often somebody asks for a connection."""

    database: Database
    asked: int = field(default=0)

    def session(self):
        self.asked += 1
        return self.database.session()


@pytest.fixture
def counted(world):
    return Counted(world.database)


async def test_what_was_found_is_not_looked_for_again(world, counted):
    memory, sender = AccountMemory(counted), world.call().sender
    accounts = list(world.accounts.values())
    first = await memory.tenants_of(sender, accounts)
    assert set(first) == set(accounts)
    assert set(first.values()) <= set(world.tenants)
    assert await memory.tenants_of(sender, accounts) == first
    assert counted.asked == 1


async def test_an_account_that_is_registered_later_is_found_then_even_with_a_new_tenant(world):
    memory, sender, account, tenant = AccountMemory(world.database), world.call().sender, uuid4(), uuid4()
    known = world.accounts["A"]
    assert set(await memory.tenants_of(sender, [known, account])) == {known}
    await AccountService(world.database).register(world.call(), [Registration(account, tenant)])
    assert (await memory.tenants_of(sender, [known, account]))[account] == tenant


async def test_what_one_sender_made_known_is_not_answered_to_another(world):
    memory, account = AccountMemory(world.database), world.accounts["A"]
    assert await memory.tenants_of(world.call().sender, [account])
    assert await memory.tenants_of(STRANGER, [account]) == {}
    assert await memory.tenants_of(world.call().sender, [account])


async def test_a_full_memory_is_emptied_and_still_answers_all(world, counted):
    memory, sender = AccountMemory(counted, limit=2), world.call().sender
    accounts = list(world.accounts.values())
    for _ in range(2):
        for account in accounts:
            assert set(await memory.tenants_of(sender, [account])) == {account}
    assert len(accounts) < counted.asked <= 2 * len(accounts)
    assert set(await memory.tenants_of(sender, accounts)) == set(accounts)
