"""Steps one and two: the house brings its money, people register, deposits convert at locked rates."""

from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from journeys.doors import Door, command, send
from journeys.journey import Customer, Journey, each_at_once, require, wait_until
from journeys.people import Person, make_people

DEPOSIT_LKR = "30000.00"
OPENING = {
    "contribution": "20000000.00",
    "stock_lkr": "14925000.00",
    "stock_usd": "50000.00",
    "prefund": "20000.00",
}


async def open_house(journey: Journey) -> None:
    """Bring the house's money: LKR in the till, dollars bought for stock, dollars lent to execution."""
    for tenant in journey.address.tenants:
        clerk = await journey.staff(tenant["slug"], "treasurer")
        department = {"department_id": tenant["department_id"]}
        name = f"opening-{journey.mark}-{tenant['slug']}"

        async def post(clerk: Door, path: str, body: dict[str, str], name: str = name) -> None:
            named = body | {"bank_reference": f"{name}-{path}"}
            await clerk.call("POST", f"/staff/treasury/{path}", named, key=named["bank_reference"])

        async def book(path: str, direction: str, amount: str, name: str = name) -> None:
            """Move the house's own LKR at the bank, under the reference that the clerk posts."""
            booked = await send(
                journey.client,
                "POST",
                f"{journey.address.bank}/v1/transfers",
                json={
                    "reference": f"{name}-{path}",
                    "direction": direction,
                    "amount": amount,
                    "currency": "LKR",
                    "counterparty": "house",
                },
                headers={"Authorization": f"Bearer {journey.address.bank_key}"},
            )
            booked.raise_for_status()

        await book("contributions", "in", OPENING["contribution"])
        await post(clerk, "contributions", department | {"lkr": OPENING["contribution"]})
        await book("stock-purchases", "out", OPENING["stock_lkr"])
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
        "(one is too young; one resembles a listed name, and two of staff said that it is them)"
    )
    shown = [*journey.people[:3], *(each for each in journey.people if each.state == "refused")]
    rows = [(each, await each.door.call("GET", "/v1/me")) for each in shown]
    journey.screen.table(
        ("who", "operator", "customer id", "became", "because"),
        [
            (each.person.full_name, each.person.tenant, me["customer_id"], me["status"], me["refusal"] or "")
            for each, me in rows
        ],
    )


async def confirm(journey: Journey, listed: Customer) -> None:
    """Wait for the alert of somebody who resembles a listed name; two of staff say that it is them."""
    customer_id = (await listed.door.call("GET", "/v1/me"))["customer_id"]
    clerk = await journey.staff(listed.person.tenant, "compliance")
    approver = await journey.staff(listed.person.tenant, "compliance_approver")
    alerts: list[dict[str, Any]] = []

    async def found() -> bool:
        queue = await clerk.every("/staff/screening/alerts?state=open")
        alerts[:] = [alert for alert in queue if alert["customer_id"] == customer_id]
        return bool(alerts)

    await wait_until("an alert", found)
    note = {"note": "name and place of birth agree"}
    for alert in alerts:
        place = f"/staff/screening/alerts/{alert['id']}"
        await clerk.call("POST", f"{place}/confirmation-proposal", note)
        await approver.call("POST", f"{place}/approval", note)


async def admit(journey: Journey, people: list[Person]) -> None:
    """Register people, and wait until each has become what they must."""

    async def register(person: Person) -> Customer:
        door = Door(journey.client, journey.address.customer)
        shown = await door.call("GET", "/v1/privacy/texts")
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
                "consents": {text["purpose"]: text["version"] for text in shown["texts"] if text["required"]},
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

    for customer in journey.people:
        if customer.person.is_listed:
            await confirm(journey, customer)

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
    quotes: dict[str, dict[str, str]] = {}

    async def pay_in(customer: Customer) -> None:
        quote = await customer.door.call("POST", "/v1/quotes", {"purpose": "deposit", "amount": DEPOSIT_LKR})
        quotes[customer.person.full_name] = quote
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
    rows = []
    for customer in (*journey.active[:2], short):
        quote = quotes[customer.person.full_name]
        pay_in_seen = (await customer.door.call("GET", "/v1/pay-ins"))["items"][0]
        rows.append(
            (
                customer.person.full_name,
                quote["pay_reference"],
                quote["mid"],
                quote["agreed"],
                quote["fee"],
                pay_in_seen["amount"],
                quote["usd"] if pay_in_seen["state"] == "converted" else "",
                pay_in_seen["state"],
            )
        )
    columns = ("who", "pay reference", "mid#", "agreed#", "fee LKR#", "paid in LKR#", "USD#", "state")
    journey.screen.table(columns, rows)
