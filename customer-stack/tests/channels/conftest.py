"""Every way on, over HTTP: a gateway, a bank that takes files, and the sandbox bank in this process."""

from urllib.parse import urlencode

import httpx
import pytest
import pytest_asyncio

from customer_stack.payments.providers.open_banking_sandbox import SandboxOpenBank
from customer_stack.wiring.channels import ChannelSettings
from sandbox.bank.app import create_app
from sandbox.http_edge import now_ms
from sandbox.settings import BankSettings

from ..bank_files.conftest import ACCOUNT, Bank  # noqa: TID252 - test folders are no packages
from ..payments.conftest import department, house  # noqa: F401, TID252
from ..payments.test_hosted_checkout import md5  # noqa: TID252

SECRET = "MzQ1Njc4OTA="


@pytest.fixture(autouse=True)
def configured(monkeypatch):
    """Set the environment of every way before the services are opened."""
    for name, value in {
        "HOSTED_CHECKOUT_MERCHANT_ID": "1213817",
        "HOSTED_CHECKOUT_SECRET": SECRET,
        "HOSTED_CHECKOUT_ACTION_URL": "https://gateway.example/pay/checkout",
        "HOSTED_CHECKOUT_NOTIFY_URL": "https://us.example/webhooks/hosted-checkout",
        "HOSTED_CHECKOUT_RETURN_URL": "https://us.example/paid",
        "HOSTED_CHECKOUT_CANCEL_URL": "https://us.example/canceled",
        "BANK_FILE_NAME": "Lanka Event Exchange",
        "BANK_FILE_ACCOUNT": ACCOUNT,
        "BANK_FILE_BIC": "BCEYLKLX",
    }.items():
        monkeypatch.setenv(f"CUSTOMER_{name}", value)
    assert ChannelSettings().merchant is not None


@pytest.fixture
def bank():
    return Bank()


class OpenBankProgram:
    """The sandbox bank, and a person in front of its page."""

    def __init__(self, app, http):
        self.app, self.http = app, http

    async def decide(self, url, decision="approve", account="8001112223"):
        answer = await self.http.post(url, content=urlencode({"decision": decision, "account": account}))
        assert answer.status_code == 303, answer.text

    def advance(self):
        self.app.state.bank.advance(now_ms() + 60_000)

    @property
    def events(self):
        return [event.body.encode() for event in self.app.state.bank.outbox.values()]

    def entries(self):
        return self.app.state.bank.accounts["collection"].entries


@pytest_asyncio.fixture
async def open_bank_program():
    settings = BankSettings.model_validate({"bank_api_key": "bank-key"})
    app = create_app(settings)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://bank.invalid") as http:
        yield OpenBankProgram(app, http)


@pytest_asyncio.fixture
async def open_bank(services, open_bank_program):
    """Have open banking speak to the sandbox bank of this process."""
    adapter = SandboxOpenBank("http://bank.invalid", "bank-key", open_bank_program.http)
    services.channels.open_banking._bank = adapter
    return open_bank_program


@pytest.fixture
def quote(client):
    async def do(headers, amount="30000.00", purpose="deposit", key="q1"):
        body = {"purpose": purpose, "amount": amount}
        answer = await client.post("/v1/quotes", json=body, headers={**headers, "Idempotency-Key": key})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return do


@pytest.fixture
def wallet(client):
    async def do(headers):
        answer = (await client.get("/v1/wallet", headers=headers)).json()
        return {line["currency"]: line["posted"] for line in answer["balances"]}

    return do


@pytest.fixture
def notify(client, services):
    """Return a function that sends the gateway's signed notification, and has it handled."""

    async def do(order, status="2", payment="320025157750", amount="30000.00", secret=SECRET):
        signed = f"1213817{order}{amount}LKR{status}{md5(secret)}"
        body = {
            "merchant_id": "1213817",
            "order_id": order,
            "payment_id": payment,
            "payhere_amount": amount,
            "payhere_currency": "LKR",
            "status_code": status,
            "md5sig": md5(signed),
        }
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        answer = await client.post("/webhooks/hosted-checkout", content=urlencode(body), headers=form)
        await services.webhooks.deliver()
        return answer

    return do


@pytest_asyncio.fixture
async def ready(services, tenant, department, house):  # noqa: F811 - the imported fixtures
    """A house that also has the gateway's and the file bank's account; the treasurer's headers."""
    for provider in ("hosted-checkout", "bank-file"):
        await services.payments.assign_collection(tenant.id, department, provider)
    return house
