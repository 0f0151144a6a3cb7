"""A house that is open for deposits, over HTTP."""

import hashlib
import hmac
import time

import orjson
import pytest
import pytest_asyncio

from customer_stack.tenancy.service import root_department_of

from .counter import Counter


@pytest_asyncio.fixture
async def department(services, tenant):
    async with services.database.transaction(tenant.id) as tx:
        return str((await root_department_of(tx, tenant.id)).id)


@pytest_asyncio.fixture
async def house(client, services, tenant, department, staff):
    """Open till, stock and terms; return the treasurer's headers."""
    headers = await staff("treasurer")
    await services.payments.assign_collection(tenant.id, department)

    async def post(path, body, key):
        body = {"department_id": department, **body}
        answer = await client.post(path, json=body, headers={**headers, "Idempotency-Key": key})
        assert answer.status_code == 201, answer.text

    terms = {
        "sell_spread_basis": 100,
        "buy_spread_basis": 100,
        "fee_basis": 50,
        "fee_fixed": "0.00",
        "minimum_amount": "100.00",
        "maximum_amount": "1000000.00",
        "stock_share_basis": 10_000,
    }
    await post("/staff/fx/terms", terms, "terms")
    await post("/staff/treasury/contributions", {"lkr": "2000000.00", "bank_reference": "O1"}, "o1")
    purchase = {"lkr": "1492500.00", "usd": "5000.000000", "bank_reference": "O2"}
    await post("/staff/treasury/stock-purchases", purchase, "o2")
    await post("/staff/treasury/prefunds", {"usd": "1000", "bank_reference": "O3"}, "o3")
    return headers


@pytest.fixture
def bank_tells(client, services, settings):
    """Return a function that sends a signed message of the bank, and has it handled."""

    async def do(secret=None, **body):
        raw, moment = orjson.dumps(body), str(int(time.time()))
        key = (secret or settings.bank_secret.get_secret_value()).encode()
        digest = hmac.new(key, moment.encode() + b"." + raw, hashlib.sha256).hexdigest()
        headers = {"Bank-Signature": f"t={moment},v1={digest}"}
        answer = await client.post("/webhooks/bank", content=raw, headers=headers)
        if answer.status_code == 200:
            await services.webhooks.deliver()
        return answer

    return do


@pytest.fixture
def bank_says(bank_tells, services):
    """Return a function that says that money arrived."""
    booked_at = services.clock.now().isoformat()

    async def do(pay_reference, amount="30000.00", reference="IN1", event="e1", secret=None, **changes):
        body = {
            "event_id": event,
            "type": "pay_in.received",
            "bank_reference": reference,
            "pay_reference": pay_reference,
            "amount": amount,
            "currency": "LKR",
            "payer_account": "8001112223",
            "booked_at": booked_at,
        }
        return await bank_tells(secret=secret, **(body | changes))

    return do


@pytest_asyncio.fixture
async def counter(customer_database):
    made = Counter(customer_database)
    await made.open()
    await made.payments.assign_collection(made.tenant, made.department)
    return made
