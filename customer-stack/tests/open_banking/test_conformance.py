"""Every bank with open banking against the contract; and words of a bank that are bent on purpose."""

from typing import Any
from urllib.parse import urlencode

import httpx
import orjson
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from customer_stack.payments.errors import BankUnavailable
from customer_stack.payments.providers.open_banking import ConsentState, PaymentState
from customer_stack.payments.providers.open_banking_sandbox import SandboxOpenBank
from sandbox.bank.app import create_app
from sandbox.http_edge import now_ms
from sandbox.settings import BankSettings
from shared.ids import SystemIds

from .conformance import OpenBankingConformance

ODD = {"status": "settling", "bank_reference": "IN1", "account": "1", "authorise_url": "http://x/"}


class SandboxCounterparty:
    """The sandbox bank in this process, and a person in front of its page."""

    def __init__(self, app: Any, http: httpx.AsyncClient) -> None:
        self.app, self.http, self.odd = app, http, False
        self.bank = SandboxOpenBank("http://bank.invalid", "bank-key", http)
        self.silent = SandboxOpenBank("http://127.0.0.1:9", "bank-key", httpx.AsyncClient())

    async def _decide(self, url: str, **fields: str) -> None:
        assert (await self.http.post(url, content=urlencode(fields))).status_code == 303

    async def agree(self, authorise_url: str, account: str) -> None:
        await self._decide(authorise_url, decision="approve", account=account)

    async def refuse(self, authorise_url: str) -> None:
        await self._decide(authorise_url, decision="reject")

    async def pass_time(self) -> None:
        self.app.state.bank.advance(now_ms() + 60_000)

    def speak_oddly(self) -> None:
        self.odd = True

    def count_payments(self) -> int:
        return sum(entry.kind == "pay_in" for entry in self.app.state.bank.accounts["collection"].entries)


class OddTransport(httpx.ASGITransport):
    """The bank, until it is told to speak oddly."""

    counterparty: SandboxCounterparty

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.counterparty.odd:
            return httpx.Response(200, content=orjson.dumps(ODD))
        return await super().handle_async_request(request)


class TestSandbox(OpenBankingConformance):
    @pytest_asyncio.fixture
    async def counterparty(self):
        app = create_app(BankSettings.model_validate({"bank_api_key": "bank-key"}))
        transport = OddTransport(app)
        async with httpx.AsyncClient(transport=transport) as http:
            transport.counterparty = SandboxCounterparty(app, http)
            yield transport.counterparty
            await transport.counterparty.silent._client.aclose()


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
words = st.fixed_dictionaries(
    {},
    optional={
        name: anything | st.sampled_from(["completed", "failed", "authorised", "rejected", "IN1"])
        for name in ("status", "bank_reference", "reason", "account", "authorise_url")
    },
)


@given(words | anything, st.sampled_from([200, 201, 202, 400, 404, 409, 500]))
async def test_whatever_a_bank_says_is_a_word_or_no_answer(found: Any, status: int):
    raw = orjson.dumps(found, option=orjson.OPT_NON_STR_KEYS, default=str) if _fits(found) else b"{}"

    def answer(_request: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=raw)

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        bank, one = SandboxOpenBank("http://bank.invalid", "key", client), SystemIds().new()
        try:
            consent, payment = await bank.look_up_consent(one), await bank.look_up_payment(one)
        except BankUnavailable:
            return
    yes = isinstance(found, dict) and status < 300
    if payment.state is PaymentState.PAID:
        assert yes
        assert (found["status"], found["bank_reference"]) == ("completed", payment.bank_reference)
    if payment.state is PaymentState.FAILED:
        assert yes
        assert found["status"] == "failed"
    if consent.state is not ConsentState.PENDING:
        assert yes
        assert found["status"] in ("authorised", "rejected")


def _fits(found: Any) -> bool:
    """Tell whether JSON can carry it: integers of 64 bits, texts without lone surrogates."""
    try:
        orjson.dumps(found)
    except (TypeError, UnicodeEncodeError):
        return False
    return True
