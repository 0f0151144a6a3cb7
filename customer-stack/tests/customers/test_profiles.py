"""A profile is corrected by one of two who want the same document; the other is told so."""

import asyncio
from dataclasses import replace
from uuid import UUID

import pytest

from customer_stack.customers.errors import AlreadyRegistered
from customer_stack.customers.service import lock_customer


async def test_of_two_who_take_a_document_at_once_one_is_told_that_it_is_taken(
    client, services, tenant, registration
):
    """The second looks while the first has not committed, sees a free document, and waits at the index."""
    ids = [
        UUID((await client.post("/v1/customers", json=registration())).json()["customer_id"])
        for _ in range(2)
    ]

    async def correct(tx, customer_id):
        await lock_customer(tx, customer_id)
        profile = await services.customers.open_profile(tx, customer_id)
        wanted = replace(profile, document_number="199004199999")
        await services.customers.correct_profile(tx, customer_id, wanted, services.clock.now())

    async def come_second():
        async with services.database.transaction(tenant.id) as tx:
            await correct(tx, ids[1])

    async with services.database.transaction(tenant.id) as tx:
        await correct(tx, ids[0])
        second = asyncio.create_task(come_second())
        done, _ = await asyncio.wait([second], timeout=0.3)
        assert not done
    with pytest.raises(AlreadyRegistered):
        await second
    profile = await services.customers.read_profile(tenant.id, ids[1])
    assert profile.document_number != "199004199999"
