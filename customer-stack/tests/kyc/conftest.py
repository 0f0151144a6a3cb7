"""Identity checks over a real database, with a vendor that says what a test wants and a clock that stands."""

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from PIL import Image

from customer_stack.kyc.configuration import Routes, load_document, open_routes
from customer_stack.kyc.domain.claims import Pending
from customer_stack.kyc.providers.contract import VendorUnavailable
from customer_stack.kyc.service.ground import Ground
from customer_stack.screening.service.standing import are_clear
from customer_stack.webhooks.service import WebhooksService
from customer_stack.wiring.kyc import build_kyc
from shared.clock import FixedClock, SystemClock

from ..routes import quick_application  # noqa: TID252 - the folder of tests has no name of its own

CALLBACK_SECRET = "the secret of the identity vendor"


class ScriptedVendor:
    """A vendor that answers what the test says."""

    def __init__(self):
        self.submitted, self.claims, self.verdict = [], [], Pending()

    async def submit(self, check_id, claim):
        self.submitted.append(check_id)
        self.claims.append(claim)
        if self.verdict is None:
            raise VendorUnavailable("silent")

    async def fetch(self, check_id):
        if self.verdict is None:
            raise VendorUnavailable("silent")
        return self.verdict


@pytest.fixture
def vendor():
    return ScriptedVendor()


@pytest.fixture
def clock():
    return FixedClock(SystemClock().now())


@pytest.fixture
def document():
    """The document of routes; a test may change it before it asks for `kyc`."""
    return load_document()


@pytest.fixture
def ground(services, vendor, clock, document):
    known = open_routes({"identity"})
    routes = Routes(document, known._vocabulary)
    return Ground(
        services.database,
        services.tenancy,
        services.customers,
        {"identity": vendor},
        routes,
        clock,
        services.ids,
    )


@pytest.fixture
def kyc(ground):
    return build_kyc(ground, are_clear, secret=CALLBACK_SECRET)


@pytest.fixture
def register(client, registration, services, tenant, kyc):
    """Register somebody and let their first session begin, as the listener does: customer id and body."""

    async def do(**changes):
        body = registration(**changes)
        answer = await client.post("/v1/customers", json=body)
        assert answer.status_code == 201, answer.text
        customer_id = UUID(answer.json()["customer_id"])
        async with services.database.transaction(tenant.id) as tx:
            await kyc.drafts.begin(tx, tenant.id, customer_id)
        return customer_id, body

    return do


@pytest.fixture
def work(kyc, clock):
    async def do(rounds=2):
        for _ in range(rounds):
            await kyc.working.work()
            clock.advance(timedelta(minutes=20))

    return do


@pytest_asyncio.fixture
async def door(services, kyc):
    """An HTTP client of an application whose identity checks are those of the test, and its webhooks."""
    webhooks = WebhooksService(
        services.database, services.webhooks._bodies, kyc.doors, services.clock, services.ids
    )
    app = quick_application(replace(services, kyc=kyc, webhooks=webhooks))
    transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened, webhooks


@pytest.fixture
def make_picture():
    """Return a function that makes a picture's bytes."""

    def make(kind="JPEG", size=(60, 40), colour=(200, 30, 30)):
        out = BytesIO()
        Image.new("RGB", size, colour).save(out, kind)
        return out.getvalue()

    return make


@pytest.fixture
def picture(make_picture):
    return make_picture()
