"""What customers do besides wagering: convert, send, pay a QR code, withdraw, read a statement."""

import csv
import io
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

import httpx

from journeys.doors import send
from journeys.journey import Customer, Journey, require, wait_until

WITHDRAWN_USD = "20.00"
PAID_SECONDS = 120
"""What a killed worker had taken to send is taken again after a minute."""
PAID_LKR = "1250.00"


async def _wallet(customer: Customer) -> dict[str, Decimal]:
    balances = (await customer.door.call("GET", "/v1/wallet"))["balances"]
    return {line["currency"]: Decimal(line["posted"]) for line in balances}


async def spend(journey: Journey) -> None:
    """Convert what waited, send dollars to a code, pay a merchant's QR code."""
    short = journey.active[-1]
    friends = [each for each in journey.active[:-1] if each.person.tenant == short.person.tenant]
    friend, merchant = friends[0], friends[1]
    kept = Decimal("2000.00")
    waits = (await _wallet(short))["LKR"]
    quote = await short.door.call(
        "POST", "/v1/quotes", {"purpose": "conversion", "amount": str(waits - kept)}
    )
    await short.door.call("POST", "/v1/conversions", {"quote_id": quote["id"]})

    code = (await friend.door.call("GET", "/v1/account-code"))["account_code"]
    before = (await _wallet(friend))["USD"]
    sent = {"to": code, "currency": "USD", "amount": "5.00", "note": "lunch"}
    await short.door.call("POST", "/v1/transfers", sent)
    require((await _wallet(friend))["USD"] == before + 5, "what was sent arrived, and only that")

    printed = await merchant.door.call(
        "POST",
        "/v1/qr-codes",
        {"amount": PAID_LKR, "name": "Kade No 7", "city": "Galle", "reference": "T-12"},
    )
    seen = await short.door.call("POST", "/v1/qr-codes/parse", {"payload": printed["payload"]})
    require(seen["amount"] == PAID_LKR, "a QR code says what it asks for")
    owned = (await _wallet(merchant)).get("LKR", Decimal(0))
    await short.door.call("POST", "/v1/qr-payments", {"payload": printed["payload"]})
    require((await _wallet(merchant))["LKR"] == owned + Decimal(PAID_LKR), "the merchant was paid")
    journey.screen.note(
        f"LKR {waits - kept} that waited became USD {quote['usd']}; USD 5.00 went to {code}; "
        f"LKR {PAID_LKR} paid a QR code of {len(printed['payload'])} characters"
    )


async def withdraw(journey: Journey) -> None:
    """Turn dollars into LKR at a locked rate and have the bank pay them out; one bank says no."""
    takers = journey.active[2:5]
    rows = []
    for number, taker in enumerate(takers):
        refused = number == len(takers) - 1
        account = await taker.door.call(
            "POST",
            "/v1/payout-accounts",
            {
                "account_number": f"81234{number}{'0000' if refused else '5678'}",
                "holder_name": taker.person.full_name,
            },
        )
        quote = await taker.door.call("POST", "/v1/quotes", {"purpose": "withdrawal", "usd": WITHDRAWN_USD})
        asked = await taker.door.call(
            "POST", "/v1/withdrawals", {"quote_id": quote["id"], "payout_account_id": account["id"]}
        )
        rows.append((taker, quote, asked, "refused" if refused else "paid"))

    async def decided() -> bool:
        return all([(await _state(taker, asked)) == expected for taker, _, asked, expected in rows])

    await wait_until("withdrawals", decided, PAID_SECONDS)
    journey.screen.table(
        ("who", "USD#", "rate#", "LKR#", "fee LKR#", "state"),
        [
            (
                taker.person.full_name,
                WITHDRAWN_USD,
                quote["agreed"],
                asked["gross"],
                asked["fee"],
                await _state(taker, asked),
            )
            for taker, quote, asked, _ in rows
        ],
    )


async def _state(customer: Customer, withdrawal: dict[str, Any]) -> str:
    return str((await customer.door.call("GET", f"/v1/withdrawals/{withdrawal['id']}"))["state"])


async def read_statements(journey: Journey) -> None:
    """Fetch a statement as CSV, whose lines add up, and as PDF."""
    reader = journey.active[2]
    today = datetime.now(UTC).date()
    sizes = {}
    for form in ("csv", "pdf"):
        asked = {"currency": "USD", "format": form, "from": str(today - timedelta(days=1)), "to": str(today)}
        answer = await _download(journey, reader, f"/v1/statements?{urlencode(asked)}")
        require(answer.status_code == httpx.codes.OK, f"a statement as {form}: {answer.text[:200]}")
        sizes[form] = len(answer.content)
        if form == "csv":
            lines = list(csv.DictReader(io.StringIO(answer.text)))
            require(lines, "a statement has lines")
    journey.screen.note(f"A statement in USD: CSV of {sizes['csv']} bytes, PDF of {sizes['pdf']} bytes")


async def _download(journey: Journey, customer: Customer, path: str) -> httpx.Response:
    """Fetch a file; whoever is told that it is not available now asks again for a while."""
    answers: list[httpx.Response] = []

    async def answered() -> bool:
        url, headers = journey.address.customer + path, {"Authorization": f"Bearer {customer.door.token}"}
        answers.append(await send(journey.client, "GET", url, headers=headers))
        return answers[-1].status_code != httpx.codes.SERVICE_UNAVAILABLE

    await wait_until("a file", answered)
    return answers[-1]
