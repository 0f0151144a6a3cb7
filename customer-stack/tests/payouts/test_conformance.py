"""Every provider of payouts against the contract: the sandbox's bank over HTTP, the bank that takes files."""

from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
import pytest_asyncio

from customer_stack.bank_files.errors import NothingToSend
from customer_stack.payouts.providers.bank_file import BankFilePayouts
from customer_stack.payouts.providers.contract import PayoutAnswer, PayoutOrder
from customer_stack.payouts.providers.sandbox import SandboxPayouts
from sandbox.bank.app import create_app
from sandbox.http_edge import now_ms
from sandbox.settings import BankSettings
from shared.database import DatabaseUnavailable

from ..bank_files.conftest import Bank, money  # noqa: TID252 - test folders are no packages
from ..bank_files.test_service import House, clock, house  # noqa: F401, TID252
from .conformance import PayoutConformance


class SandboxCounterparty:
    """The sandbox bank in this process. What it decides lies in the end of the account number."""

    def __init__(self, app: Any, http: httpx.AsyncClient) -> None:
        self.app = app
        self.odd: set[str] = set()
        self.provider = SandboxPayouts("http://bank.invalid", "bank-key", http)
        self.silent = SandboxPayouts("http://127.0.0.1:9", "bank-key", httpx.AsyncClient())

    def answer(self, request: httpx.Request) -> httpx.Response | None:
        """Say something odd about the payouts that the test named."""
        payout_id = request.url.path.rpartition("/")[2]
        if payout_id not in self.odd:
            return None
        body = {"payout_id": payout_id, "status": "in_clearing", "bank_reference": "OUT1"}
        return httpx.Response(200, content=orjson.dumps(body))

    async def _pass_time(self, _order: PayoutOrder) -> None:
        for minutes in (1, 60):
            self.app.state.bank.advance(now_ms() + minutes * 60_000)

    say_yes = say_no = give_back = _pass_time

    async def say_something_else(self, order: PayoutOrder) -> None:
        self.odd.add(str(order.payout_id))

    async def count_payments(self, order: PayoutOrder) -> int:
        entries = self.app.state.bank.accounts["collection"].entries
        return sum(one.kind == "payout" and one.counterparty == order.account for one in entries)


class OddTransport(httpx.ASGITransport):
    """The bank, except where the counterparty answers itself."""

    counterparty: SandboxCounterparty

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.counterparty.answer(request) or await super().handle_async_request(request)


class TestSandbox(PayoutConformance):
    @pytest_asyncio.fixture
    async def counterparty(self):
        settings = {"bank_api_key": "bank-key", "bank_opening_balance": "1000000.00"}
        app = create_app(BankSettings.model_validate(settings))
        transport = OddTransport(app)
        async with httpx.AsyncClient(transport=transport) as http:
            transport.counterparty = SandboxCounterparty(app, http)
            yield transport.counterparty
            await transport.counterparty.silent._client.aclose()


class Gone:
    """Files whose database went away."""

    async def queue(self, order: PayoutOrder) -> None:
        raise DatabaseUnavailable("gone")

    async def answer_of(self, payout_id: UUID) -> PayoutAnswer:
        raise DatabaseUnavailable("gone")


class FileCounterparty:
    """A bank that takes files, and gives reports and statements back."""

    def __init__(self, house: House) -> None:  # noqa: F811 - the imported fixture's name
        self.house, self.bank, self.messages = house, Bank(), 0
        self.provider, self.silent = house.provider, BankFilePayouts(Gone())

    async def _file(self) -> None:
        try:
            await self.house.make(f"key {self.messages}")
        except NothingToSend:
            return

    async def _take(self, build: Any, *content: Any) -> None:
        await self._file()
        self.messages += 1
        await self.house.take(build(*content, message=f"M{self.messages}"))

    async def say_yes(self, order: PayoutOrder) -> None:
        line = self.bank.line(f"OUT{order.payout_id.hex}", money(order.amount), side="DBIT")
        await self._take(self.bank.notification, [self._named(line, order)])

    async def say_no(self, order: PayoutOrder) -> None:
        await self._take(self.bank.report, [(order.payout_id.hex, "RJCT", "")])

    async def give_back(self, order: PayoutOrder) -> None:
        line = self.bank.line(f"BACK{order.payout_id.hex}", money(order.amount), reason="AC04")
        await self._take(self.bank.notification, [self._named(line, order)])

    async def say_something_else(self, order: PayoutOrder) -> None:
        await self._take(self.bank.report, [(order.payout_id.hex, "ACWC", "OUT1")])

    async def count_payments(self, order: PayoutOrder) -> int:
        async with self.house.database.app.transaction(self.house.tenant) as tx:
            return int(
                await tx.fetch_value(
                    "SELECT count(*) FROM bank_file_answer WHERE payout_id = $1 AND verdict = 'paid'",
                    order.payout_id,
                )
            )

    def _named(self, line: Any, order: PayoutOrder) -> Any:
        return type(line)(**{**vars(line), "end_to_end": order.payout_id.hex})


class TestBankFile(PayoutConformance):
    @pytest.fixture
    def counterparty(self, house):  # noqa: F811 - the imported fixture
        return FileCounterparty(house)
