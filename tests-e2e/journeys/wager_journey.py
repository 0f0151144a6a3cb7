"""One whole journey through public doors: from registration to an approved settlement and a verified audit.

Run by `make run` with the state file that it wrote:

    python -m journeys.wager_journey --state .run/state.json

Ends 0 only if every step and every final check held. It can be driven again on the same databases.
"""

import argparse
import asyncio
import random
import secrets
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import httpx

from journeys.doors import Address, Door, Refused, command, send
from journeys.people import Person, make_people
from journeys.screen import Screen

CONCURRENCY = 12
DEPOSIT_LKR = "30000.00"
OPENING = {
    "contribution": "20000000.00",
    "stock_lkr": "14925000.00",
    "stock_usd": "50000.00",
    "prefund": "20000.00",
}
SETTLED_WAGERS = {"filled", "partly_filled", "unfilled", "cancelled", "refused"}

ItemT = TypeVar("ItemT")


@dataclass(frozen=True)
class Size:
    """How large a journey is. Fault tests drive a smaller one."""

    people: int = 44
    markets: int = 6
    rounds: int = 11
    wagers_at_least: int = 400


@dataclass
class Customer:
    """Somebody of the journey: the person, their session and what they asked for."""

    person: Person
    door: Door
    state: str = ""
    wagers: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class Journey:
    """What the steps hand to each other."""

    address: Address
    client: httpx.AsyncClient
    screen: Screen
    mark: str
    size: Size = field(default_factory=Size)
    people: list[Customer] = field(default_factory=list)
    markets: list[dict[str, Any]] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    settlements: list[dict[str, Any]] = field(default_factory=list)
    checks: list[dict[str, Any]] = field(default_factory=list)

    @property
    def active(self) -> list[Customer]:
        """Return those who may wager."""
        return [customer for customer in self.people if customer.state == "active"]

    async def staff(self, tenant: str, role: str) -> Door:
        """Sign a clerk in."""
        clerk = next(each for each in self.address.staff if each["tenant"] == tenant and each["role"] == role)
        door = Door(self.client, self.address.customer)
        session = await door.call(
            "POST",
            "/staff/sessions",
            {"tenant": tenant, "username": clerk["username"], "password": clerk["password"]},
        )
        door.token = session["token"]
        return door


class StepFailed(Exception):
    """A step did not end as it must."""


def require(condition: object, message: str) -> None:
    """Fail the journey unless `condition` holds."""
    if not condition:
        raise StepFailed(message)


async def each_at_once(items: Iterable[ItemT], work: Callable[[ItemT], Awaitable[Any]]) -> list[Any]:
    """Work on items, a dozen at a time."""
    gate = asyncio.Semaphore(CONCURRENCY)

    async def one(item: ItemT) -> Any:
        async with gate:
            return await work(item)

    return await asyncio.gather(*(one(item) for item in items))


async def wait_until(what: str, look: Callable[[], Awaitable[bool]], seconds: float = 60) -> None:
    """Look again and again until it is so. Fails the journey when it takes too long."""
    deadline = time.monotonic() + seconds
    while not await look():
        require(time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s")
        await asyncio.sleep(0.2)


async def open_house(journey: Journey) -> None:
    """Bring the house's money: LKR in the till, dollars bought for stock, dollars lent to execution."""
    for tenant in journey.address.tenants:
        clerk = await journey.staff(tenant["slug"], "treasurer")
        department = {"department_id": tenant["department_id"]}
        name = f"opening-{journey.mark}-{tenant['slug']}"

        async def post(clerk: Door, path: str, body: dict[str, str], name: str = name) -> None:
            named = body | {"bank_reference": f"{name}-{path}"}
            await clerk.call("POST", f"/staff/treasury/{path}", named, key=named["bank_reference"])

        await post(clerk, "contributions", department | {"lkr": OPENING["contribution"]})
        await post(
            clerk,
            "stock-purchases",
            department | {"lkr": OPENING["stock_lkr"], "usd": OPENING["stock_usd"]},
        )
        await post(clerk, "prefunds", department | {"usd": OPENING["prefund"]})
        await send(
            journey.client,
            "POST",
            f"{journey.address.exchange}/sandbox/deposit",
            json={"amount": OPENING["prefund"], "reference": name},
        )
        await command(
            journey.address,
            "execution",
            "float-deposit",
            "--tenant",
            tenant["id"],
            "--amount",
            OPENING["prefund"],
            "--json",
        )
    journey.screen.note(
        f"{len(journey.address.tenants)} tenants opened: LKR {OPENING['contribution']} brought, "
        f"USD {OPENING['stock_usd']} bought, USD {OPENING['prefund']} lent to execution, each"
    )


async def onboard(journey: Journey) -> None:
    """Register everybody and wait for identity, age and sanctions checks."""
    slugs = (journey.address.tenants[0]["slug"], journey.address.tenants[1]["slug"])
    await admit(journey, make_people(slugs, journey.size.people, journey.mark, datetime.now(UTC).date()))
    counts = Counter(customer.state for customer in journey.people)
    journey.screen.note(
        f"{len(journey.people)} registered: {counts['active']} active, {counts['refused']} refused "
        "(one is too young, one resembles a listed name)"
    )


async def admit(journey: Journey, people: list[Person]) -> None:
    """Register people, and wait until each has become what they must."""

    async def register(person: Person) -> Customer:
        door = Door(journey.client, journey.address.customer)
        await door.call(
            "POST",
            "/v1/customers",
            {
                "tenant": person.tenant,
                "email": person.email,
                "password": person.password,
                "full_name": person.full_name,
                "date_of_birth": person.date_of_birth.isoformat(),
                "residency": person.residency,
                "national_id": person.national_id,
                "phone": person.phone,
            },
        )
        session = await door.call(
            "POST",
            "/v1/sessions",
            {"tenant": person.tenant, "email": person.email, "password": person.password},
        )
        door.token = session["token"]
        return Customer(person, door)

    journey.people = await each_at_once(people, register)

    async def decided() -> bool:
        async def look(customer: Customer) -> None:
            customer.state = (await customer.door.call("GET", "/v1/me"))["status"]

        await each_at_once([each for each in journey.people if each.state not in {"active", "refused"}], look)
        return all(customer.state in {"active", "refused"} for customer in journey.people)

    await wait_until("onboarding", decided)
    for customer in journey.people:
        require(
            customer.state == customer.person.expected,
            f"{customer.person.expected} was expected of a customer who is {customer.state}",
        )


async def pay_at_bank(journey: Journey, pay_reference: str, amount: str) -> None:
    """Pay in at the bank. Whoever gets no answer looks at the statement before they pay again."""
    headers = {"Authorization": f"Bearer {journey.address.bank_key}"}
    bank = f"{journey.address.bank}/v1"

    async def landed() -> bool:
        after, more = 0, True
        while more:
            url = f"{bank}/statement?limit=1000&after={after}"
            page = (await send(journey.client, "GET", url, headers=headers)).raise_for_status().json()
            if any(entry["reference"] == pay_reference for entry in page["entries"]):
                return True
            after, more = after + len(page["entries"]), page["has_more"]
        return False

    body = {
        "pay_reference": pay_reference,
        "amount": amount,
        "currency": "LKR",
        "payer_account": "8001234567",
    }
    answer = await send(journey.client, "POST", f"{bank}/pay-ins", json=body, headers=headers, landed=landed)
    answer.raise_for_status()


async def deposit(journey: Journey) -> None:
    """Lock a rate each, pay in at the bank, wait for the signed webhook to convert. One pays too little."""
    short = journey.active[-1]

    async def pay_in(customer: Customer) -> None:
        quote = await customer.door.call("POST", "/v1/quotes", {"purpose": "deposit", "amount": DEPOSIT_LKR})
        amount = "29000.00" if customer is short else DEPOSIT_LKR
        await pay_at_bank(journey, quote["pay_reference"], amount)

    await each_at_once(journey.active, pay_in)

    async def arrived() -> bool:
        async def look(customer: Customer) -> bool:
            wallet = {
                line["currency"]: line for line in (await customer.door.call("GET", "/v1/wallet"))["balances"]
            }
            have = wallet.get("LKR" if customer is short else "USD", {"posted": "0"})
            return Decimal(have["posted"]) > 0

        return all(await each_at_once(journey.active, look))

    await wait_until("deposits", arrived)
    wallet = {line["currency"]: line for line in (await short.door.call("GET", "/v1/wallet"))["balances"]}
    require(Decimal(wallet["LKR"]["posted"]) == Decimal("29000.00"), "a short pay-in waits in LKR, whole")
    first = {
        line["currency"]: line
        for line in (await journey.active[0].door.call("GET", "/v1/wallet"))["balances"]
    }
    journey.screen.note(
        f"{len(journey.active) - 1} deposits of LKR {DEPOSIT_LKR} became USD {first['USD']['posted']} each; "
        "one short pay-in of LKR 29000.00 waits, unconverted"
    )


async def choose_markets(journey: Journey) -> None:
    """Take open markets with prices on both sides, away from the extremes."""

    async def found() -> bool:
        listed = await journey.people[0].door.every("/v1/markets")
        usable = [
            market
            for market in listed
            if market["status"] == "open"
            and market["yes_bid"]
            and market["yes_ask"]
            and Decimal("0.12") <= Decimal(market["yes_bid"])
            and Decimal(market["yes_ask"]) <= Decimal("0.88")
        ]
        journey.markets = usable[: journey.size.markets]
        return len(journey.markets) == journey.size.markets

    await wait_until("markets", found)


async def wager(journey: Journey) -> None:
    """Place hundreds of wagers, both sides, small and large; some are refused, some cancelled at once."""
    await choose_markets(journey)
    source = random.Random(11)  # noqa: S311 - a script of play, not a secret
    able, count = journey.active[:-1], len(journey.markets)

    def order(market: dict[str, Any], side: str, quantity: str) -> dict[str, str]:
        ask = Decimal(market["yes_ask"]) if side == "yes" else 1 - Decimal(market["yes_bid"])
        limit = min(ask + Decimal("0.02"), Decimal("0.97"))
        return {
            "market_id": market["id"],
            "side": side,
            "action": "buy",
            "quantity": quantity,
            "limit_price": f"{limit:.2f}",
        }

    async def place(customer: Customer, body: dict[str, str]) -> dict[str, Any] | None:
        try:
            made: dict[str, Any] = await customer.door.call("POST", "/v1/wagers", body)
        except Refused as refusal:
            journey.refusals[refusal.code] += 1
            return None
        customer.wagers.append(made)
        return made

    async def play(work: tuple[int, Customer]) -> None:
        round_number, customer = work
        market = journey.markets[(round_number + source.randrange(count)) % count]
        side = source.choice(("yes", "no"))
        quantity = source.choice(("1.00", "2.50", "4.00", "5.25", "7.75"))
        made = await place(customer, order(market, side, quantity))
        if made is not None and source.random() < 0.05:
            await customer.door.call("POST", f"/v1/wagers/{made['wager_id']}/cancellation")

    # Refusals first: nobody's money moves for them.
    poor, market = journey.active[-1], journey.markets[0]
    await place(poor, order(market, "yes", "5.00"))
    await place(able[0], order(market, "yes", "90000.00"))
    await place(able[1], order(market, "no", "100.00") | {"limit_price": "0.0001"})
    rounds = journey.size.rounds
    for number in range(rounds):
        await each_at_once([(number, customer) for customer in able], play)
        journey.screen.progress(f"round {number + 1} of {rounds}")
    # Large enough to eat through the book: filled in part.
    for customer in able[:3]:
        await place(customer, order(journey.markets[1], "yes", "60.00"))
    placed = sum(len(customer.wagers) for customer in journey.people)
    require(placed >= journey.size.wagers_at_least, f"only {placed} wagers were placed")
    require(sum(journey.refusals.values()) >= 2, "some wagers must be refused")
    journey.screen.note(
        f"{placed} wagers on {len(journey.markets)} markets, both sides; refused: "
        + ", ".join(f"{count} {code}" for code, count in sorted(journey.refusals.items()))
    )


async def await_execution(journey: Journey) -> None:
    """Wait until every wager has ended: pooled, sent as omnibus orders, filled, shared, reported."""

    async def ended() -> bool:
        async def look(customer: Customer) -> bool:
            customer.wagers = await customer.door.every("/v1/wagers")
            return all(each["state"] in SETTLED_WAGERS for each in customer.wagers)

        return all(await each_at_once(journey.active, look))

    await wait_until("execution", ended, 90)
    states = Counter(each["state"] for customer in journey.people for each in customer.wagers)
    require(states["filled"] > 0, "some wagers must fill")
    require(states["partly_filled"] > 0, "some wagers must fill in part")
    require(states["cancelled"] > 0, "some wagers must be cancelled before pooling")
    journey.screen.note(
        "every wager ended: " + ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
    )


async def sell(journey: Journey) -> None:
    """Let a few customers sell a part of what they hold before the markets resolve."""
    sold = 0
    for customer in journey.active[:8]:
        positions = await customer.door.every("/v1/positions")
        held = [each for each in positions if Decimal(each["quantity"]) >= 1]
        if not held:
            continue
        market = await customer.door.call("GET", f"/v1/markets/{held[0]['market_id']}")
        bid = market["yes_bid"] if held[0]["side"] == "yes" else str(1 - Decimal(market["yes_ask"] or "1"))
        limit = max(Decimal(bid or "0.05") - Decimal("0.03"), Decimal("0.02"))
        try:
            await customer.door.call(
                "POST",
                "/v1/wagers",
                {
                    "market_id": held[0]["market_id"],
                    "side": held[0]["side"],
                    "action": "sell",
                    "quantity": "1.00",
                    "limit_price": f"{limit:.2f}",
                },
            )
            sold += 1
        except Refused as refusal:
            journey.refusals[refusal.code] += 1
    require(sold > 0, "somebody must sell")
    await await_execution(journey)
    journey.screen.note(f"{sold} sales before resolution")


async def resolve(journey: Journey) -> None:
    """Resolve every market of the journey: YES, NO and void among them; wait for all payouts."""
    outcomes = ("yes", "no", "void", "yes", "no", "yes")[: journey.size.markets]
    for market, outcome in zip(journey.markets, outcomes, strict=True):
        body = {"result": outcome} | ({"value": "0.5000"} if outcome == "void" else {})
        url = f"{journey.address.exchange}/sandbox/markets/{market['ticker']}/resolve"
        answer = await send(journey.client, "POST", url, json=body)
        if answer.status_code != httpx.codes.CONFLICT:  # a try whose answer was lost had resolved it
            answer.raise_for_status()
    ours = {market["id"] for market in journey.markets}

    async def paid() -> bool:
        async def look(customer: Customer) -> bool:
            return not any(each["market_id"] in ours for each in await customer.door.every("/v1/positions"))

        return all(await each_at_once(journey.active, look))

    await wait_until("payouts", paid, 90)
    journey.screen.note(
        "resolved: "
        + ", ".join(
            f"{market['ticker']} {outcome}" for market, outcome in zip(journey.markets, outcomes, strict=True)
        )
    )


async def settle(journey: Journey) -> None:
    """Reconcile, propose the period's one instruction, have a second person approve it."""
    for tenant in journey.address.tenants:
        proposer = await journey.staff(tenant["slug"], "settlement_proposer")
        approver = await journey.staff(tenant["slug"], "settlement_approver")
        run = await proposer.call("POST", "/staff/reconciliation/runs", {})
        journey.checks += [
            {
                "name": f"{tenant['slug']}: {check['name']}",
                "held": check["held"],
                "detail": check.get("detail", ""),
            }
            for check in run["checks"]
        ]
        proposal = await proposer.call("POST", "/staff/settlements", {"purpose_code": "SETTLE"})
        approval = {"digest": proposal["digest"]}
        try:
            await proposer.call("POST", f"/staff/settlements/{proposal['id']}/approval", approval)
            raise StepFailed("the proposer approved their own settlement")
        except Refused as refusal:
            require(refusal.status in {403, 409, 422}, f"refused, but with {refusal.code}")
        approved = await approver.call("POST", f"/staff/settlements/{proposal['id']}/approval", approval)
        require(approved["state"] == "approved", "the settlement is approved")
        journey.settlements.append(approved)
        journey.screen.note(
            f"{tenant['slug']}: {approved['direction']} USD {approved['amount']} for reports to "
            f"{approved['to_sequence']}, digest {approved['digest'][:16]}…, approved by a second person"
        )


async def verify(journey: Journey) -> None:
    """Run every final check of both stacks and verify both audit chains."""
    for stack in ("customer", "execution"):
        journey.checks += [
            {**check, "name": f"{stack}: {check['name']}"}
            for check in await command(journey.address, stack, "checks", "--json")
        ]
        report = await command(journey.address, stack, "audit-verify", "--json")
        journey.checks.append(
            {
                "name": f"{stack}: audit chain verifies",
                "held": report["ok"],
                "detail": f"{report['sealed']} records, head {report['head'][:16]}…",
            }
        )
    placed = [each for customer in journey.people for each in customer.wagers]
    ids = Counter(each["wager_id"] for each in placed)
    journey.checks.append(
        {
            "name": "every wager accounted for exactly once",
            "held": all(each["state"] in SETTLED_WAGERS for each in placed) and max(ids.values()) == 1,
            "detail": f"{len(ids)} wagers",
        }
    )
    journey.screen.checks(journey.checks)
    broken = [check["name"] for check in journey.checks if not check["held"]]
    require(not broken, "checks that did not hold: " + "; ".join(broken))


STEPS: tuple[tuple[str, tuple[Callable[[Journey], Awaitable[None]], ...]], ...] = (
    ("Onboard", (open_house, onboard)),
    ("Deposit at a locked rate", (deposit,)),
    ("Place wagers", (wager,)),
    ("Aggregate, execute, allocate", (await_execution,)),
    ("Sell before resolution", (sell,)),
    ("Resolve and pay", (resolve,)),
    ("Settle, report, verify", (settle, verify)),
)


async def drive(state: Path) -> int:
    """Drive all steps. Returns the exit code."""
    address, screen = Address.read(state), Screen()
    limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
    async with httpx.AsyncClient(timeout=20, limits=limits) as client:
        journey = Journey(address, client, screen, mark=secrets.token_hex(3))
        for number, (title, works) in enumerate(STEPS, 1):
            screen.step(number, len(STEPS), title)
            try:
                for work in works:
                    await work(journey)
            except (StepFailed, Refused, httpx.HTTPError, RuntimeError, TimeoutError) as error:
                screen.failed(title, error)
                return 1
    screen.done()
    return 0


def main() -> None:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--state", type=Path, required=True, help="the state file of a running platform")
    sys.exit(asyncio.run(drive(parser.parse_args().state)))


if __name__ == "__main__":
    main()
