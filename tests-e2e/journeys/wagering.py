"""Steps three to six: wagers, execution, sales, resolution and payouts."""

import asyncio
import random
from collections import Counter
from decimal import Decimal
from typing import Any

import httpx

from journeys.doors import Refused, command, send
from journeys.journey import Customer, Journey, each_at_once, require, wait_until

BETWEEN_ROUNDS_SECONDS = 0.4
SETTLED_WAGERS = {"filled", "partly_filled", "unfilled", "cancelled", "refused"}


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
        limit = min(ask + Decimal("0.04"), Decimal("0.97"))
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
        quantity = source.choice(("0.50", "1.00", "1.25", "2.00", "3.75"))
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
        await asyncio.sleep(BETWEEN_ROUNDS_SECONDS)  # so that the wagers fall into several windows
    # Large enough to eat through the book: filled in part.
    for customer in able[:6]:
        await place(customer, order(journey.markets[1], "yes", "110.00"))
    placed = sum(len(customer.wagers) for customer in journey.people)
    require(
        placed >= journey.size.wagers_at_least, f"only {placed} placed; refused: {dict(journey.refusals)}"
    )
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
    missing = [state for state in journey.size.ends if not states[state]]
    require(not missing, f"no wager ended as {', '.join(missing)}; they ended as {dict(states)}")
    journey.screen.note(
        "every wager ended: " + ", ".join(f"{n} {state}" for state, n in sorted(states.items()))
    )


async def show_allocation(journey: Journey) -> None:
    """Show what one customer got of the omnibus orders, and what execution says of all windows."""
    customer = journey.active[0]
    tickers = {market["id"]: market["ticker"] for market in journey.markets}
    journey.screen.note(f"{customer.person.full_name}'s shares of omnibus orders:")
    journey.screen.table(
        (
            "wager",
            "market",
            "side",
            "asked#",
            "limit#",
            "filled#",
            "cost USD#",
            "fee USD#",
            "max_total#",
            "state",
        ),
        [
            (
                each["wager_id"][-12:],
                tickers.get(each["market_id"], ""),
                each["side"],
                each["quantity"],
                each["limit_price"],
                each["filled_quantity"],
                each["filled_cost"],
                each["filled_fee"],
                each["max_total"],
                each["state"],
            )
            for each in customer.wagers[:8]
        ],
    )
    for check in await command(journey.address, "execution", "checks", "--json"):
        if check["name"] in {"x5_windows", "x2_pairs"}:
            require(check["held"], f"{check['name']}: {check['detail']}")
            journey.screen.note(f"{check['name']}: {check['detail']}")


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
