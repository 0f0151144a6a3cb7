"""Steps of the compliance journey: what is frozen, limited, paused and excluded, and what stays open."""

from decimal import Decimal
from typing import Any

from journeys.holding import SMALL_QUANTITY, await_wager, buy, send_money
from journeys.journey import require, wait_until
from journeys.office import Office, refused

LIMIT_LKR, RAISED_LKR, ABOVE_LKR = "35000.00", "90000.00", "10000.00"
WITHDRAWN_USD, ONE_USD = "10.00", Decimal(1)


async def quote_deposit(office: Office, name: str, amount: str = "5000.00") -> dict[str, Any]:
    """Lock a rate for a deposit. Raises Refused."""
    quote: dict[str, Any] = await office.door(name).call(
        "POST", "/v1/quotes", {"purpose": "deposit", "amount": amount}
    )
    return quote


async def bank_account(office: Office, name: str) -> str:
    """Name the bank account that somebody is paid out to, and return its id."""
    body = {
        "account_number": f"81234567{len(office.ids) + sorted(office.ids).index(name):02d}",
        "holder_name": office.customers[name].person.full_name,
    }
    return str((await office.door(name).call("POST", "/v1/payout-accounts", body))["id"])


async def withdraw(office: Office, name: str, usd: str) -> dict[str, Any]:
    """Withdraw dollars to the own bank, and wait until they are paid. Raises Refused."""
    door, account = office.door(name), await bank_account(office, name)
    quote = await door.call("POST", "/v1/quotes", {"purpose": "withdrawal", "usd": usd})
    asked: dict[str, Any] = await door.call(
        "POST", "/v1/withdrawals", {"quote_id": quote["id"], "payout_account_id": account}
    )

    async def paid() -> bool:
        return bool((await door.call("GET", f"/v1/withdrawals/{asked['id']}"))["state"] == "paid")

    await wait_until(f"{name}'s withdrawal", paid)
    return asked


async def freeze(office: Office) -> None:
    """Freeze somebody, see what is refused and that they are told nothing, and release them."""
    name, clerk = "Farzana", office.clerk
    path = f"/staff/customers/{office.ids[name]}"
    account = await bank_account(office, name)
    quote = await office.door(name).call(
        "POST", "/v1/quotes", {"purpose": "withdrawal", "usd": WITHDRAWN_USD}
    )
    before = await office.wallet(name)
    frozen = await clerk.call("POST", f"{path}/freeze")
    require(frozen["status"] == "frozen", "they are frozen")
    await refused("fx.customer_not_active", quote_deposit(office, name))
    await refused("wagers.customer_not_active", buy(office, name, SMALL_QUANTITY))
    await refused("transfers.customer_not_active", send_money(office, name, "Kumari", ONE_USD))
    asking = {"quote_id": quote["id"], "payout_account_id": account}
    await refused("payouts.customer_not_active", office.door(name).call("POST", "/v1/withdrawals", asking))
    notice = await office.door(name).call("GET", "/v1/notice")
    require(notice["is_restricted"] and notice["notice"], "a neutral notice is shown")
    require(await office.wallet(name) == before, "their money stays theirs")
    await clerk.call("POST", f"{path}/release")
    require(await office.status(name) == "active", "they are active again")
    require(not (await office.door(name).call("GET", "/v1/notice"))["is_restricted"], "the notice is gone")
    office.journey.screen.note("frozen: no quote, wager, transfer, withdrawal; one neutral notice; released")


async def order(office: Office) -> None:
    """Place a court's order for debits only; one officer proposes its end and another agrees."""
    name, clerk, approver = "Farzana", office.clerk, office.approver
    path = f"/staff/customers/{office.ids[name]}/restrictions"
    body = {
        "kind": "debit_only",
        "cause": "order",
        "reason": "court_order",
        "order_id": office.case["id"],
        "text": "DC/COL/1234/2026",
    }
    placed = await clerk.call("POST", path, body)
    await refused("gate.not_possible", buy(office, name, SMALL_QUANTITY))
    place = f"{path}/{placed['restriction_id']}"
    await refused("restrictions.step_not_possible", clerk.call("POST", f"{place}/lift", {}))
    await clerk.call("POST", f"{place}/lift-proposal", {"text": "The order was set aside."})
    await refused("permission", clerk.call("POST", f"{place}/lift-approval", {}))
    lifted = await approver.call("POST", f"{place}/lift-approval", {})
    require(lifted["state"] == "lifted", "two people lifted the order")
    made = await buy(office, name, SMALL_QUANTITY)
    ended = await await_wager(office, name, made["wager_id"])
    require(ended["state"] == "filled", f"afterwards a wager is filled: {ended['state']}")
    paid = await withdraw(office, name, WITHDRAWN_USD)
    office.journey.screen.note(
        f"an order for debits only: no wager; lifted by two; then a wager {ended['state']} "
        f"and USD {WITHDRAWN_USD} paid out as LKR {paid['gross']}"
    )


async def limit(office: Office) -> None:
    """Lower a limit, which counts at once; raise it, which waits."""
    name = "Kumari"
    path = "/v1/protection/limits/deposit/24h"
    lowered = await office.door(name).call("PUT", path, {"amount": LIMIT_LKR})
    require(
        (lowered["limit"], lowered["set_by"], lowered["left"]) == (LIMIT_LKR, "own", "5000.00"),
        f"it counts at once, with what came before: {lowered}",
    )
    await refused("protection.deposit_limit", quote_deposit(office, name, ABOVE_LKR))
    await quote_deposit(office, name, "4000.00")
    raised = await office.door(name).call("PUT", path, {"amount": RAISED_LKR})
    require(raised["limit"] == LIMIT_LKR and raised["pending"]["amount"] == RAISED_LKR, "a raise waits")
    await refused("protection.too_early", office.door(name).call("POST", f"{path}/pending/confirmation"))
    await refused("protection.deposit_limit", quote_deposit(office, name, ABOVE_LKR))
    await office.door(name).call("PUT", "/v1/protection/limits/stake/24h", {"amount": "0.50"})
    await refused("protection.stake_limit", buy(office, name, SMALL_QUANTITY))
    office.journey.screen.note(
        f"LKR {LIMIT_LKR} in 24 h from now on, with what came before; "
        f"LKR {RAISED_LKR} waits until {raised['pending']['ready_at']}"
    )


async def pause(office: Office) -> None:
    """Cool off, then exclude oneself: no deposit and no buy, and withdrawing stays open."""
    name, door = "Thiri", office.door("Thiri")
    await door.call("POST", "/v1/protection/cool-off", {"days": 7})
    await refused("gate.cooling_off", quote_deposit(office, name))
    await refused("gate.cooling_off", buy(office, name, SMALL_QUANTITY))
    await refused("gate.cooling_off", send_money(office, name, "Kumari", ONE_USD))
    await door.call("POST", "/v1/protection/self-exclusion", {"months": 6})
    paused = await door.call("GET", "/v1/protection/pauses")
    require(paused["is_excluded"] and paused["cooling_until"], f"both stand: {paused}")
    await refused("gate.excluded", quote_deposit(office, name))
    await refused("gate.excluded", buy(office, name, SMALL_QUANTITY))
    await refused("protection.term_not_over", door.call("POST", "/v1/protection/self-exclusion/return"))
    paid = await withdraw(office, name, WITHDRAWN_USD)
    seen = await office.clerk.call("GET", f"/staff/protection/customers/{office.ids[name]}/pauses")
    require(len(seen["items"]) == 2, f"officers see both pauses: {seen}")
    office.journey.screen.note(
        f"cooling off and excluded until {paused['excluded_until']}: no deposit, no buy, no transfer; "
        f"USD {WITHDRAWN_USD} paid out as LKR {paid['gross']}"
    )
