"""A payout that the bank makes after the moment of a restore, and that its customer asks for again."""

from dataclasses import dataclass
from typing import Final

from journeys.journey import Journey, wait_until

AMOUNT_LKR: Final = "500.00"
PAID_SECONDS: Final = 60.0


@dataclass
class PayOuts:
    """Withdrawals of the customer whose rupees wait."""

    journey: Journey
    account: str = ""

    async def open_account(self) -> None:
        """Name an account of theirs."""
        waiting = self.journey.active[-1]
        body = {"account_number": "8001234567", "holder_name": waiting.person.full_name}
        self.account = (await waiting.door.call("POST", "/v1/payout-accounts", body))["id"]

    async def ask(self) -> str:
        """Ask for a payout; return its id."""
        body = {"payout_account_id": self.account, "amount_lkr": AMOUNT_LKR}
        made = await self.journey.active[-1].door.call("POST", "/v1/withdrawals", body)
        return str(made["id"])

    async def state(self, payout: str) -> str:
        """Return how far a payout is."""
        found = await self.journey.active[-1].door.call("GET", f"/v1/withdrawals/{payout}")
        return str(found["state"])

    async def wait_until_paid(self, payout: str) -> None:
        """Wait until the bank has paid."""

        async def paid() -> bool:
            return await self.state(payout) == "paid"

        await wait_until("the bank to pay out", paid, PAID_SECONDS)
