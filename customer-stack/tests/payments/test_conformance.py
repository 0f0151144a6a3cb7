"""Every source of pay-ins against the contract: the bank's messages, the gateway's page, the bank's files."""

import contextlib
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest

from customer_stack.checkouts.service import CheckoutsService
from customer_stack.payments.providers.hosted_checkout import HostedCheckoutVerifier
from customer_stack.payments.providers.sandbox import BankSignature, SandboxBank
from customer_stack.payments.tasks import build_handler
from shared.clock import FixedClock
from shared.errors import Refusal

from ..bank_files.conftest import Bank  # noqa: TID252 - test folders are no packages
from ..bank_files.test_service import House, clock, house  # noqa: F401, TID252
from .conformance import PayInConformance, Told
from .test_hosted_checkout import MERCHANT, ORDER, notification

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECRET = "a shared secret"


class SandboxSource:
    """The sandbox bank's signed messages, through the verifier and the handler of payments."""

    pay_reference = ORDER

    def __init__(self) -> None:
        self.told = Told()
        bank = SandboxBank("http://bank.invalid", "key", httpx.AsyncClient())
        self._verifier, self._handle = BankSignature(SECRET), build_handler(self.told, bank)  # type: ignore[arg-type]

    async def _say(self, kind: str, booking: str, **more: str) -> None:
        body = {
            "event_id": f"{kind}-{booking}",
            "type": kind,
            "bank_reference": booking,
            "amount": "30000.00",
            "currency": "LKR",
            "booked_at": NOW.isoformat(),
            **more,
        }
        await self._deliver(orjson.dumps(body), orjson.dumps(body))

    async def _deliver(self, signed: bytes, sent: bytes) -> None:
        time = str(int(NOW.timestamp()))
        digest = hmac.new(SECRET.encode(), f"{time}.".encode() + signed, hashlib.sha256).hexdigest()
        headers = {"bank-signature": f"t={time},v1={digest}"}
        await self._handle(self._verifier.open(sent, headers, NOW))

    async def say_paid(self, booking: str) -> None:
        await self._say("pay_in.received", booking, pay_reference=ORDER, payer_account="8001112223")

    async def say_taken_back(self, booking: str) -> None:
        await self._say("pay_in.taken_back", booking, reversal_reference=f"R{booking}")

    async def say_pending(self, booking: str) -> None:
        await self._say("pay_in.pending", booking)

    async def say_something_else(self, booking: str) -> None:
        await self._say("pay_in.unheard_of", booking)

    async def say_altered(self, booking: str) -> None:
        await self._deliver(b'{"amount":"1.00"}', b'{"amount":"9.00"}')


class CheckoutSource:
    """The gateway's signed notifications, through the verifier and the handler of checkouts."""

    pay_reference = ORDER

    def __init__(self, database: Any) -> None:
        self.told, clock_ = Told(), FixedClock(NOW)
        self._verifier = HostedCheckoutVerifier(MERCHANT)
        self._service = CheckoutsService(database.app, MERCHANT, self.told, None, None, clock_)  # type: ignore[arg-type]

    async def _say(self, status: str, booking: str, **altered: str) -> None:
        raw = urlencode(notification(status_code=status, payment_id=booking) | altered).encode()
        await self._service.handle(self._verifier.open(raw, {}, NOW))

    async def say_paid(self, booking: str) -> None:
        await self._say("2", booking)

    async def say_taken_back(self, booking: str) -> None:
        await self._say("-3", booking)

    async def say_pending(self, booking: str) -> None:
        for status in ("0", "-1", "-2"):
            await self._say(status, booking)

    async def say_something_else(self, booking: str) -> None:
        with contextlib.suppress(Refusal):
            await self._say("7", booking)

    async def say_altered(self, booking: str) -> None:
        await self._say("2", booking, payhere_amount="99999.00")


class FileSource:
    """The bank's files, through reading, taking and applying."""

    pay_reference = ORDER

    def __init__(self, house: House) -> None:  # noqa: F811 - the imported fixture's name
        # House has a recorder of its own, with the same lists; the suite reads ours.
        self.told, self._house, self._bank = Told(), house, Bank()
        house.files._pay_ins = self.told

    async def _say(self, kind: str, *knobs: Any, **more: Any) -> None:
        line = self._bank.line(*knobs, **more)
        await self._house.take(self._bank.notification([line], message=f"{kind}-{knobs[0]}"))

    async def say_paid(self, booking: str) -> None:
        await self._say("PAID", booking, "30000.00", remittance=f"deposit {ORDER}")

    async def say_taken_back(self, booking: str) -> None:
        await self._say("BACK", f"R{booking}", "30000.00", side="DBIT", reversal=True, original=booking)

    async def say_pending(self, booking: str) -> None:
        await self._say("WAIT", booking, "30000.00", status="<Sts><Cd>PDNG</Cd></Sts>")

    async def say_something_else(self, booking: str) -> None:
        await self._say("ELSE", booking, "30000.00", status="<Sts><Cd>FUTR</Cd></Sts>")

    async def say_altered(self, booking: str) -> None:
        raw = self._bank.statement([self._bank.line(booking, "30000.00")])
        await self._house.take(raw.replace(b">30000.00<", b">90000.00<", 1))


class TestSandbox(PayInConformance):
    @pytest.fixture
    def source(self):
        return SandboxSource()


class TestHostedCheckout(PayInConformance):
    @pytest.fixture
    def source(self, customer_database):
        return CheckoutSource(customer_database)


class TestBankFile(PayInConformance):
    @pytest.fixture
    def source(self, house):  # noqa: F811 - the imported fixture
        return FileSource(house)
