"""What steps of the compliance journey share: an operator's officers and customers, and how doors refuse."""

from collections.abc import Awaitable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import httpx

from journeys.doors import Door, Refused, send
from journeys.journey import Customer, Journey, require, wait_until
from journeys.people import Person

ROLES = ("compliance", "compliance_approver", "kyc_analyst", "auditor")


@dataclass
class Office:
    """One operator's officers, by role, and its customers, by given name."""

    journey: Journey
    officers: dict[str, Door] = field(default_factory=dict)
    customers: dict[str, Customer] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)
    case: dict[str, Any] = field(default_factory=dict)
    began: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def tenant(self) -> str:
        """Return the operator's slug."""
        return self.journey.address.tenants[0]["slug"]

    @property
    def clerk(self) -> Door:
        """Return the officer who works and proposes."""
        return self.officers["compliance"]

    @property
    def approver(self) -> Door:
        """Return the officer who approves."""
        return self.officers["compliance_approver"]

    def door(self, name: str) -> Door:
        """Return a customer's door."""
        return self.customers[name].door

    async def sign_in_officers(self) -> None:
        """Sign everybody of the compliance department in, and the second officer who looks at documents."""
        for role in ROLES:
            self.officers[role] = await self.journey.staff(self.tenant, role)
        second = [
            each
            for each in self.journey.address.staff
            if (each["tenant"], each["role"]) == (self.tenant, "compliance")
        ][1]
        self.officers["second"] = door = Door(self.journey.client, self.journey.address.customer)
        session = await door.call(
            "POST",
            "/staff/sessions",
            {"tenant": self.tenant, "username": second["username"], "password": second["password"]},
        )
        door.token = session["token"]

    async def admit(self, person: Person, document: dict[str, object]) -> Customer:
        """Register somebody with their consents, and sign them in. Raises Refused."""
        door = Door(self.journey.client, self.journey.address.customer)
        shown = (await door.call("GET", "/v1/privacy/texts"))["texts"]
        body = {
            "tenant": person.tenant,
            "email": person.email,
            "password": person.password,
            "full_name": person.full_name,
            "date_of_birth": person.date_of_birth.isoformat(),
            "residency": person.residency,
            "phone": person.phone,
            "consents": {text["purpose"]: text["version"] for text in shown if text["required"]},
        }
        await door.call("POST", "/v1/customers", body | document)
        signing = {"tenant": person.tenant, "email": person.email, "password": person.password}
        door.token = (await door.call("POST", "/v1/sessions", signing))["token"]
        name = person.full_name.split()[0]
        self.customers[name] = Customer(person, door)
        self.ids[name] = (await door.call("GET", "/v1/me"))["customer_id"]
        return self.customers[name]

    async def status(self, name: str) -> str:
        """Return how a customer stands, as they are told."""
        return str((await self.door(name).call("GET", "/v1/me"))["status"])

    async def await_status(self, name: str, expected: str) -> None:
        """Wait until a customer stands so."""

        async def so() -> bool:
            return await self.status(name) == expected

        await wait_until(f"{name} becomes {expected}", so)

    async def wallet(self, name: str, currency: str = "USD") -> dict[str, Decimal]:
        """Return a customer's balance in a currency: what is posted and what is available."""
        lines = (await self.door(name).call("GET", "/v1/wallet"))["balances"]
        found: dict[str, str] = next((line for line in lines if line["currency"] == currency), {})
        return {key: Decimal(found.get(key, "0")) for key in ("posted", "available")}

    async def cases_of(self, name: str, state: str) -> list[dict[str, Any]]:
        """Return a customer's cases in a state, as the officer sees them."""
        path = f"/staff/cases?customer_id={self.ids[name]}&state={state}"
        found: list[dict[str, Any]] = await self.clerk.every(path)
        return found

    async def close_case(self, case_id: str, outcome: str, reason: str) -> None:
        """Close a case that the officer works on: who proposes does not approve."""
        path = f"/staff/cases/{case_id}"
        await self.clerk.call("POST", f"{path}/proposal", {"outcome": outcome, "reason": reason})
        await refused("permission", self.clerk.call("POST", f"{path}/approval"))
        closed = await self.approver.call("POST", f"{path}/approval")
        require(
            (closed["state"], closed["outcome"]) == ("closed", outcome), f"the case closed: {closed['state']}"
        )

    async def fetch(self, door: Door, method: str, path: str, content: bytes | None = None) -> httpx.Response:
        """Send or fetch a file. Fails the journey when it is refused."""
        url, headers = self.journey.address.customer + path, {"Authorization": f"Bearer {door.token}"}
        if content is None:
            answer = await send(self.journey.client, method, url, headers=headers)
        else:
            answer = await self.journey.client.request(method, url, content=content, headers=headers)
        require(answer.is_success, f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


async def refused(code: str, asked: Awaitable[Any]) -> Refused:
    """Require that a door says no with a code; `permission` stands for whatever a missing one is called."""
    try:
        answer = await asked
    except Refused as refusal:
        is_right = refusal.status == 403 if code == "permission" else refusal.code == code
        require(is_right, f"refused as {code}, and not as {refusal}")
        return refusal
    require(condition=False, message=f"{code} was expected of what was answered {str(answer)[:200]}")
    raise AssertionError
