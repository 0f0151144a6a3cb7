"""kill -9 of PostgreSQL and of the API while customers send each other money, lock rates and withdraw.

What was acknowledged is stored, each key has one effect, and not a micro-dollar came or went.
"""

import asyncio
import random
import time
from collections import Counter
from typing import Final
from uuid import UUID

import pytest

from bulkhead_local.installation import Installation
from faults.chaos import Chaos, Processes
from faults.load import Load, money_between
from journeys.journey import Customer, Journey, Size, each_at_once
from journeys.money import deposit, onboard, open_house
from platform_under_test import broken_checks, journey_on, superuser_of

pytestmark = pytest.mark.system

VICTIMS: Final = ("customer-postgresql", "customer-api")
PEOPLE: Final = Size(people=10, markets=1)
CLIENTS: Final = 12


async def account_codes(journey: Journey) -> dict[str, str]:
    """Return everybody's account code, by name."""

    async def one(customer: Customer) -> tuple[str, str]:
        code = (await customer.door.call("GET", "/v1/account-code"))["account_code"]
        return customer.person.full_name, code

    return dict(await each_at_once(journey.active, one))


async def wallets(platform: Installation, journey: Journey) -> tuple[dict[UUID, int], int]:
    """Return the dollars of each of the journey's customers, and their sum, in micro-dollars."""
    people = await each_at_once(journey.active, lambda each: each.door.call("GET", "/v1/me"))
    ids = [UUID(each["customer_id"]) for each in people]
    async with superuser_of(platform, "customer") as connection:
        rows = await connection.fetch(
            "SELECT book_id, posted FROM ledger_balance "
            "WHERE book_id = ANY($1::uuid[]) AND asset_id = 2 AND account = 'wallet'",
            ids,
        )
    found = {row["book_id"]: row["posted"] for row in rows}
    return found, sum(found.values())


async def stored(platform: Installation, journey: Journey) -> Counter[str]:
    """Return how often each effect stands that the journey's customers caused: transfers, quotes, payouts."""
    people = await each_at_once(journey.active, lambda each: each.door.call("GET", "/v1/me"))
    ids = [UUID(each["customer_id"]) for each in people]
    found = Counter[str]()
    async with superuser_of(platform, "customer") as connection:
        for table, owner in (
            ("transfer_order", "sender_id"),
            ("fx_quote", "customer_id"),
            ("payout_order", "customer_id"),
        ):
            rows = await connection.fetch(f"SELECT id FROM {table} WHERE {owner} = ANY($1::uuid[])", ids)
            found.update(str(row["id"]) for row in rows)
    return found


async def open_payout_account(journey: Journey) -> str:
    """Let the customer whose rupees wait name an account of theirs."""
    waiting = journey.active[-1]
    body = {"account_number": "8001234567", "holder_name": waiting.person.full_name}
    account: str = (await waiting.door.call("POST", "/v1/payout-accounts", body))["id"]
    return account


async def kill_in_turn(chaos: Chaos, seed: int, kills: int) -> None:
    """Kill the database and the API at seeded moments, sometimes one while the other is down."""
    source = random.Random(seed)  # noqa: S311 - a plan that can be repeated, not a secret
    for number in range(kills):
        await asyncio.sleep(source.uniform(0.6, 1.5))
        victim = VICTIMS[(number + seed) % len(VICTIMS)]
        if source.random() < 0.4:
            await asyncio.to_thread(chaos.programs.strike, victim)
            other = VICTIMS[(number + seed + 1) % len(VICTIMS)]
            await asyncio.to_thread(chaos.programs.strike, other)
            await asyncio.to_thread(chaos.programs.bring_back, "customer-postgresql")
            await asyncio.to_thread(chaos.programs.bring_back, "customer-api")
            continue
        await chaos.kill(victim, source.uniform(0.05, 0.5), "money")


async def survive(platform: Installation, seed: int, kills: int, show: pytest.CaptureFixture[str]) -> None:
    async with journey_on(platform, PEOPLE) as journey:
        for work in (open_house, onboard, deposit):
            await work(journey)
        codes = await account_codes(journey)
        account = await open_payout_account(journey)
        before = await stored(platform, journey)
        _, total = await wallets(platform, journey)
        load, stop = (
            Load(journey, money_between(journey, codes, account), name=f"money-{seed}"),
            asyncio.Event(),
        )
        began = time.monotonic()
        async with asyncio.TaskGroup() as everything:
            running = everything.create_task(load.run(CLIENTS, stop))
            await asyncio.sleep(1.0)
            early = len(load.acknowledged)
            await kill_in_turn(Chaos(Processes(platform), []), seed, kills)
            await asyncio.sleep(1.0)
            stop.set()
            await running
        with show.disabled():
            print(
                f"\n  seed {seed}: {kills} kills in {time.monotonic() - began:.1f} s, {early} requests "
                f"acknowledged before the first, {len(load.acknowledged)} in the end, "
                f"{len(load.unknown)} without an answer"
            )
        assert load.wrong == [], "a crash behind the API is answered 503, and nothing else"
        assert 0 < early < len(load.acknowledged), "money moved before and after the crashes"
        assert load.unknown, "nobody was interrupted: the crash came at the wrong moment"
        await judge(platform, journey, load, before)
        balances, after = await wallets(platform, journey)
        assert after == total, "transfers between customers neither make nor lose money"
        assert min(balances.values()) >= 0
    assert broken_checks(platform) == []


async def judge(platform: Installation, journey: Journey, load: Load, before: Counter[str]) -> None:
    """Compare what clients were told with what stands, before and after everybody asked again."""
    effects = await stored(platform, journey) - before
    assert set(load.acknowledged.values()) <= set(effects), "an acknowledged request was lost"
    assert max(effects.values()) == 1
    lost = len(effects) - len(set(load.acknowledged.values()))
    assert lost <= len(load.unknown), "something happened that nobody asked for"
    again = await load.ask_again()
    assert all(again[key] == effect for key, effect in load.acknowledged.items())
    assert len(set(again.values())) == len(again), "two requests share one effect"
    stand = await stored(platform, journey) - before
    assert set(stand) == set(again.values()), "each key has one effect, and nothing else"


async def test_money_survives_the_death_of_the_database_and_of_the_api(
    platform: Installation, capsys: pytest.CaptureFixture[str]
) -> None:
    await survive(platform, seed=1, kills=2, show=capsys)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3, 5, 8, 13])
async def test_money_survives_many_deaths(
    platform: Installation, capsys: pytest.CaptureFixture[str], seed: int
) -> None:
    await survive(platform, seed=seed, kills=10, show=capsys)
