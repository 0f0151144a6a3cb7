"""What people with unmistakable names do on the platform, and what they write where they can write freely."""

import asyncio
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

import httpx

from bulkhead_local.installation import Installation
from journeys.journey import Customer, Journey, Size, each_at_once, wait_until
from journeys.money import admit, deposit, open_house, pay_at_bank
from journeys.people import Person
from journeys.settling import settle
from journeys.wagering import SETTLED_WAGERS, choose_markets, resolve
from platform_under_test import journey_on, superuser_of
from security.canaries import canary_people, passport_of

FREE_TEXTS: Final = (
    "Birthday money for Zyxandra from Aunt Ottilie",
    "Ptolemaeus Vanderwhisk, 14 Canary Row, Nugegoda",
    "call me back on 071 835 0946 please",
    "my NIC is 198707390417 thank you",
    "Passport: N7190426, colour of the cover: black",
)
"""What people type into fields that are not meant for it."""


@dataclass(frozen=True)
class Scene:
    """Who lived, what they wrote, and the opaque references under which execution knows them."""

    people: list[Person]
    texts: list[str]
    references: list[Any]
    wagers: int


async def live(platform: Installation) -> Scene:
    """Onboard, pay in, wager, cancel, write nonsense, resolve, settle."""
    async with journey_on(platform, Size(people=6, markets=2)) as journey:
        await open_house(journey)
        slugs = [tenant["slug"] for tenant in journey.address.tenants]
        await admit(journey, canary_people(slugs))
        await deposit(journey)
        await pay_at_bank(journey, FREE_TEXTS[0], "1234.00")
        await choose_markets(journey)
        await each_at_once(journey.active[:-1], lambda each: play(journey, each))
        await each_at_once(journey.active, lambda each: write_freely(journey, each))
        await wait_until("execution", lambda: all_ended(journey))
        lists = await each_at_once(journey.active, lambda each: each.door.every("/v1/wagers"))
        wagers = sum(len(wagers) for wagers in lists)
        await resolve(journey)
        await settle(journey)
    async with superuser_of(platform, "customer") as connection:
        references = await connection.fetch("SELECT account_reference FROM customer_pseudonym")
    people = [customer.person for customer in journey.people]
    return Scene(people, list(FREE_TEXTS), [row["account_reference"] for row in references], wagers)


async def play(journey: Journey, customer: Customer) -> None:
    """Wager on both sides of both markets, and cancel one wager in four."""
    for number, (market, side) in enumerate(
        (market, side) for market in journey.markets for side in ("yes", "no")
    ):
        body = {
            "market_id": market["id"],
            "side": side,
            "action": "buy",
            "quantity": "2.00",
            "limit_price": "0.90",
        }
        made = await customer.door.call("POST", "/v1/wagers", body, key=f"{customer.person.email} {number}")
        if number == 2:  # handed over by now, so that execution has to be asked
            await asyncio.sleep(0.2)
            await customer.door.call("POST", f"/v1/wagers/{made['wager_id']}/cancellation")


async def write_freely(journey: Journey, customer: Customer) -> None:
    """Put names and free texts wherever a request has room for them; most of it is refused."""
    person, url = customer.person, journey.address.customer
    for text in (*FREE_TEXTS, person.full_name, person.national_id, person.phone, passport_of(person)):
        headers = {
            "Authorization": f"Bearer {customer.door.token}",
            "Idempotency-Key": person.email,
            "X-Correlation-Id": person.email,
            "User-Agent": f"canary {person.email} {person.phone}",
            "Traceparent": person.national_id,
        }
        wager = {
            "market_id": text,
            "side": text,
            "action": "buy",
            "quantity": text,
            "limit_price": "0.50",
            "note": text,
        }
        requests: tuple[tuple[str, str, object], ...] = (
            ("POST", "/v1/wagers", wager),
            ("POST", "/v1/wagers", wager | {"market_id": str(uuid4()), "side": "yes", "quantity": "1.00"}),
            ("POST", "/v1/quotes", {"purpose": text, "amount": text}),
            ("POST", "/v1/sessions", {"tenant": text, "email": person.email, "password": text}),
            ("POST", f"/v1/wagers/{text}/cancellation", {}),
            ("GET", f"/v1/wagers/{text}", None),
            ("GET", f"/v1/wagers?cursor={text}", None),
            ("GET", f"/v1/markets/{text}", None),
            ("GET", f"/{text}?email={person.email}", None),
        )
        for method, path, body in requests:
            try:
                await journey.client.request(method, httpx.URL(url).join(path), json=body, headers=headers)
            except httpx.InvalidURL:
                continue


async def all_ended(journey: Journey) -> bool:
    """Tell whether every wager has ended."""
    lists = await each_at_once(journey.active, lambda each: each.door.every("/v1/wagers"))
    return all(wager["state"] in SETTLED_WAGERS for wagers in lists for wager in wagers)
