"""Customers against lists, on a real database."""

import json
from datetime import UTC, datetime
from functools import cache
from importlib import resources
from uuid import UUID

import pytest
import pytest_asyncio

from customer_stack.customers.domain import Status
from customer_stack.customers.service import begin_verification
from customer_stack.screening.lists.local import read_local
from customer_stack.screening.matching.matcher import Matcher
from customer_stack.screening.matching.party import MATCHER_VERSION, NameUnusable, Party
from customer_stack.screening.store.results import TABLE

from .published import Publisher

NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)
CLEAN = b"id,names,programme\nX-1,Zoltan Graywater,p\n"


@pytest_asyncio.fixture
async def register(client, registration, services, tenant):
    async def do(**changes):
        answer = await client.post("/v1/customers", json=registration(**changes))
        customer_id = UUID(answer.json()["customer_id"])
        async with services.database.transaction(tenant.id) as tx:
            await begin_verification(tx, customer_id, NOW, services.ids.new())
        return customer_id

    return do


@pytest.fixture
def screen(services, tenant):
    async def do(customer_id, raw=None):
        screening = services.screening.subjects
        if raw is not None:
            await services.screening.imports.take("local", Publisher({"local.csv": raw}))
        async with services.database.transaction(tenant.id) as tx:
            await screening.screen_customer(tx, tenant.id, customer_id)

    return do


@pytest.fixture
def results(services, tenant):
    async def do():
        async with services.database.transaction(tenant.id) as tx:
            return await tx.fetch("SELECT * FROM screening_result ORDER BY screened_at, id")

    return do


async def test_a_possible_match_refuses_and_keeps_why_under_the_customers_key(
    register, screen, results, services, tenant
):
    customer_id = await register(full_name="Ottoline Vexmore")
    await screen(customer_id)
    (row,) = await results()
    assert (row["verdict"], row["best_entry"], row["matcher_version"]) == (
        "possible_match",
        "LOCAL-2",
        MATCHER_VERSION,
    )
    assert b"vexmore" not in row["reasons_sealed"].lower()
    async with services.database.transaction(tenant.id) as tx:
        cipher = await services.customers.cipher_of(tx, customer_id)
    reasons = json.loads(cipher.open((TABLE, "reasons_sealed", row["id"]), row["reasons_sealed"]))
    assert reasons[0]["score"] == row["best_score"]
    assert {"asked": "ottoline", "listed": "ottoline", "how": "equal", "likeness": 1000} in reasons[0][
        "explanation"
    ]["pieces"]
    account = await services.customers.read_account(tenant.id, customer_id)
    assert (account.status, account.refusal) == (Status.REFUSED, "onboarding.declined")


async def test_a_clear_person_is_screened_once_per_version_of_the_list(
    register, screen, results, services, tenant
):
    customer_id = await register()
    await screen(customer_id, CLEAN)
    await screen(customer_id, CLEAN)
    assert [row["verdict"] for row in await results()] == ["clear"]
    await screen(customer_id, CLEAN + b"X-2,Ottoline Vexmoor,p\n")
    assert len({row["list_version"] for row in await results()}) == 2
    account = await services.customers.read_account(tenant.id, customer_id)
    assert account.status is Status.VERIFYING


async def test_a_name_that_cannot_be_compared_is_an_error_and_leaves_the_customer_pending(
    register, screen, results, services, tenant
):
    customer_id = await register(full_name="X Y")
    with pytest.raises(NameUnusable):
        await screen(customer_id, CLEAN)
    assert await results() == []
    account = await services.customers.read_account(tenant.id, customer_id)
    assert account.status is Status.VERIFYING


@pytest.mark.parametrize(
    "name",
    [
        "Viktor Anatolyevich Bout",
        "BOUT, Viktor Anatolijevitch",
        "Víktor  Bóut",
        "Usama bin Ladin",
        "Barnaby Quillfether Stone",
        "Serafim Dunmarrow",
    ],
)
def test_the_list_that_comes_along_finds_its_people(name):
    assert packaged().match(Party(name), limit=1)[0].score >= 7_000


@pytest.mark.parametrize(
    "name",
    ["Nimal Perera", "Kumari Wickramasinghe", "Viktor Perera", "Lakshmi Nadarajah", "Silva", "නිමල් පෙරේරා"],
)
def test_the_list_that_comes_along_does_not_find_others(name):
    assert all(match.score < 7_000 for match in packaged().match(Party(name), limit=5))


@cache
def packaged():
    file = resources.files("customer_stack.screening").joinpath("local.csv")
    return Matcher([read_local(file.read_bytes())])
