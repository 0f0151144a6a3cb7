"""Steps of the compliance journey: rules that two people publish, what they hold, and how a case ends it."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from journeys.doors import Refused, command
from journeys.journey import each_at_once, require, wait_until
from journeys.office import Office, refused
from journeys.wagering import SETTLED_WAGERS, choose_markets

HOLDING_LKR_CENTS = 250_000
DEPOSIT_LKR = "30000.00"
PAYERS = {"Nimal": "8002000011", "Farzana": "8002000022", "Kumari": "8002000033", "Thiri": "8002000044"}
SENT_USD = Decimal("15.00")
SMALL_QUANTITY = "2.00"
QUANTITY, LIMIT_PRICE = "24.00", "0.97"
HOUSE_RULE = {
    "schema": 1,
    "key": "house_large_at_once",
    "title": "More at once than the house lets pass unseen",
    "purpose": "A wager or a transfer of LKR 2,500 or more waits for somebody to look.",
    "family": "velocity",
    "applies_to": ["wager", "transfer_out"],
    "when": {"at_least": [{"fact": "event.amount"}, {"lkr": HOLDING_LKR_CENTS}]},
    "score": 10,
    "effect": "hold",
    "fail": "closed",
}


async def publish(office: Office) -> None:
    """Publish the starter set and a rule that holds: one officer writes and proposes, another approves."""
    clerk, approver = office.clerk, office.approver
    await clerk.call("POST", "/staff/aml/starter-set")
    written = await clerk.call("POST", "/staff/aml/versions", {"rule": HOUSE_RULE})
    await clerk.call("POST", f"/staff/aml/versions/{written['id']}/proposal")
    await refused("permission", clerk.call("POST", f"/staff/aml/versions/{written['id']}/approval"))
    proposed = await approver.every("/staff/aml/versions?state=proposed")

    async def approve(version: dict[str, Any]) -> None:
        await approver.call("POST", f"/staff/aml/versions/{version['id']}/approval")

    await each_at_once(proposed, approve)
    published = await clerk.every("/staff/aml/versions?state=published")
    require(len(published) == len(proposed) > 25, f"{len(published)} of {len(proposed)} rules are published")
    require(HOUSE_RULE["key"] in {each["key"] for each in published}, "the house's rule counts")
    office.journey.screen.note(f"{len(published)} rules published, each by two people")


async def pay_in(office: Office, name: str) -> None:
    """Lock a rate and pay in from an account of one's own."""
    quote = await office.door(name).call("POST", "/v1/quotes", {"purpose": "deposit", "amount": DEPOSIT_LKR})
    body = {"pay_reference": quote["pay_reference"], "amount": DEPOSIT_LKR, "currency": "LKR"}
    journey = office.journey
    paid = await journey.client.post(
        f"{journey.address.bank}/v1/pay-ins",
        json=body | {"payer_account": PAYERS[name]},
        headers={"Authorization": f"Bearer {journey.address.bank_key}"},
    )
    paid.raise_for_status()


async def deposit(office: Office) -> None:
    """Let four people pay in, each from a bank account of their own; nothing is held against them."""
    await each_at_once(PAYERS, lambda name: pay_in(office, name))

    async def arrived() -> bool:
        return all([(await office.wallet(name))["posted"] > 0 for name in PAYERS])

    await wait_until("deposits", arrived)
    for name in PAYERS:
        require(not await office.cases_of(name, "open"), f"nothing was found against {name}")
    balance = (await office.wallet("Nimal"))["posted"]
    office.journey.screen.note(f"{len(PAYERS)} deposits of LKR {DEPOSIT_LKR} became USD {balance} each")


async def buy(office: Office, name: str, quantity: str) -> dict[str, Any]:
    """Buy at any price that is asked, so that it is filled however the market moves. Raises Refused."""
    (market,) = office.journey.markets
    made: dict[str, Any] = await office.door(name).call(
        "POST",
        "/v1/wagers",
        {
            "market_id": market["id"],
            "side": "yes",
            "action": "buy",
            "quantity": quantity,
            "limit_price": LIMIT_PRICE,
        },
    )
    return made


async def send_money(office: Office, name: str, to: str, usd: Decimal) -> dict[str, Any]:
    """Send dollars to somebody's account code. Raises Refused."""
    code = (await office.door(to).call("GET", "/v1/account-code"))["account_code"]
    body = {"to": code, "currency": "USD", "amount": str(usd)}
    made: dict[str, Any] = await office.door(name).call("POST", "/v1/transfers", body)
    return made


async def hold(office: Office) -> None:
    """Let a small wager pass; hold a large one and two transfers, with their money reserved, in one case."""
    journey = office.journey
    journey.people = [office.customers["Nimal"]]
    await choose_markets(journey)
    small = await buy(office, "Nimal", SMALL_QUANTITY)
    require(small["state"] != "held", "a small wager passes")
    await await_wager(office, "Nimal", small["wager_id"])
    before = await office.wallet("Nimal")
    wager = await buy(office, "Nimal", QUANTITY)
    require(
        (wager["state"], bool(wager["notice"])) == ("held", True), f"a large wager waits: {wager['state']}"
    )
    arriving = await send_money(office, "Nimal", "Farzana", SENT_USD)
    returning = await send_money(office, "Nimal", "Farzana", SENT_USD)
    require({arriving["state"], returning["state"]} == {"held"}, "large transfers wait")
    after = await office.wallet("Nimal")
    reserved = Decimal(wager["max_total"]) + 2 * SENT_USD
    require(after["posted"] == before["posted"], "what waits has not left")
    require(before["available"] - after["available"] == reserved, f"USD {reserved} are reserved")
    (case,) = await office.cases_of("Nimal", "open")
    whole = await office.clerk.call("GET", f"/staff/cases/{case['id']}")
    held = {each["id"]: each["kind"] for each in whole["held"]}
    waiting = {wager["wager_id"], arriving["transfer_id"], returning["transfer_id"]}
    require(set(held) == waiting, f"the case holds all three: {held}")
    office.case = case | {
        "wager": wager["wager_id"],
        "arriving": arriving["transfer_id"],
        "returning": returning["transfer_id"],
    }
    journey.screen.note(f"case {case['id']} ({case['family']}, due {case['due_at']}) holds USD {reserved}")


async def await_wager(office: Office, name: str, wager_id: str) -> dict[str, Any]:
    """Wait until a wager has ended, and return it."""
    found: list[dict[str, Any]] = []

    async def ended() -> bool:
        found[:] = [await office.door(name).call("GET", f"/v1/wagers/{wager_id}")]
        return found[0]["state"] in SETTLED_WAGERS

    await wait_until("a wager's end", ended)
    return found[0]


async def decide(office: Office) -> None:
    """Release the wager and a transfer by two people, deny the other transfer: each ends as decided."""
    clerk, approver, path = office.clerk, office.approver, f"/staff/cases/{office.case['id']}"
    await clerk.call("POST", f"{path}/take")
    await clerk.call("POST", f"{path}/notes", {"text": "Asked for the purpose of the transfers by letter."})
    start = {name: await office.wallet(name) for name in ("Nimal", "Farzana")}
    for held in ("wager", "arriving"):
        place = f"{path}/held/{office.case[held]}"
        await refused("permission", clerk.call("POST", f"{place}/release"))
        await clerk.call("POST", f"{place}/request")
        ended = await approver.call("POST", f"{place}/release")
        require(ended["ended_as"] == "released", f"released by two people: {ended['ended_as']}")
    denied = await clerk.call("POST", f"{path}/held/{office.case['returning']}/denial")
    require(denied["ended_as"] == "denied", f"denied: {denied['ended_as']}")
    wager = await await_wager(office, "Nimal", office.case["wager"])
    require(wager["state"] in {"filled", "partly_filled"}, f"a released wager is filled: {wager['state']}")
    states = {
        name: (await office.door("Nimal").call("GET", f"/v1/transfers/{office.case[name]}"))["state"]
        for name in ("arriving", "returning")
    }
    require(states == {"arriving": "made", "returning": "denied"}, f"transfers ended as decided: {states}")
    end = {name: await office.wallet(name) for name in ("Nimal", "Farzana")}
    cost = Decimal(wager["filled_cost"]) + Decimal(wager["filled_fee"])
    require(end["Farzana"]["posted"] == start["Farzana"]["posted"] + SENT_USD, "what was released arrived")
    require(end["Nimal"]["posted"] == start["Nimal"]["posted"] - SENT_USD - cost, "only that has left")
    require(end["Nimal"]["available"] == end["Nimal"]["posted"], "what was denied is the sender's again")
    office.journey.screen.note(
        f"released: the wager ({wager['state']}, USD {cost}) and a transfer of USD {SENT_USD}; "
        "denied: the other transfer, whose money is the sender's again"
    )


async def close(office: Office) -> None:
    """Close the case by two people."""
    outcome, reason = "confirmed", "Money passed on to another customer without a purpose; reported."
    await office.close_case(office.case["id"], outcome, reason)
    steps = await office.clerk.every(f"/staff/cases/{office.case['id']}/steps")
    office.journey.screen.note("case: " + ", ".join(each["step"] for each in steps))


async def replay(office: Office) -> None:
    """Make every decision since the beginning again, and show one node by node."""
    since = (office.began - timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    run = await command(office.journey.address, "customer", "gate", "replay", "--since", since, "--json")
    require(not run["differing"] and run["complete"], f"every decision comes out again: {run}")
    listed = await office.clerk.every(f"/staff/decisions?customer={office.ids['Nimal']}")
    require(run["replayed"] >= len(listed) > 0, f"{run['replayed']} decisions replayed")
    held = [each for each in listed if each["answer"] == "hold"]
    require(len(held) == 3, f"three of Nimal's were held: {len(held)}")
    shown = await office.clerk.call("GET", f"/staff/decisions/{held[0]['id']}")
    require(f"aml.{HOUSE_RULE['key']}" in str(shown), "a decision names the rule that held it")
    try:
        await office.door("Nimal").call("GET", f"/staff/decisions/{held[0]['id']}")
        require(condition=False, message="no customer reads decisions")
    except Refused as refusal:
        require(refusal.status in {401, 403}, f"no customer reads decisions: {refusal}")
    office.journey.screen.note(f"{run['replayed']} decisions replayed, none differs")
