"""Fixtures of the customer stack: everything wired as in a process, over a fresh database."""

import base64
import json
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from customer_stack.customers.domain import ClearanceKind
from customer_stack.customers.service import begin_verification, record_clearance
from customer_stack.main import open_services
from customer_stack.settings import Settings
from customer_stack.tenancy.domain import Capability
from shared.boundary.keys import dump_keys, make_keys

from . import routes

_numbers = count(1)


@pytest.fixture(autouse=True)
def light_passwords(monkeypatch):
    monkeypatch.setenv("CUSTOMER_ARGON2_MEMORY_KIB", "8192")
    monkeypatch.setenv("CUSTOMER_ARGON2_PASSES", "1")
    monkeypatch.setenv("CUSTOMER_ARGON2_LANES", "1")


@pytest.fixture
def field_keys_file(tmp_path):
    key = base64.b64encode(bytes(range(32))).decode()
    other = base64.b64encode(bytes(range(32, 64))).decode()
    file = tmp_path / "field_keys.json"
    document = {"current": 1, "encryption": {"1": key}, "blind_index": other, "subjects": "subjects.bin"}
    file.write_text(json.dumps(document))
    file.chmod(0o600)
    return file


@pytest.fixture
def boundary_keys_file(tmp_path):
    now = datetime.now(UTC)
    keys = make_keys(
        "customer.sandbox", "execution.sandbox", not_before=now - timedelta(1), not_after=now + timedelta(1)
    )
    file = tmp_path / "boundary_keys.json"
    file.write_bytes(dump_keys(keys))
    file.chmod(0o600)
    return file


@pytest.fixture
def settlement_key_file(tmp_path):
    file = tmp_path / "settlement_key.pem"
    key = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
    file.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    file.chmod(0o600)
    return file


@pytest.fixture
def settings(customer_database, field_keys_file, boundary_keys_file, settlement_key_file):
    """Settings whose counterparties do not answer; give services of your own where they must."""
    return Settings.model_validate(
        {
            "environment": "sandbox",
            "database_url": customer_database.dsn("app"),
            "field_keys_file": field_keys_file,
            "boundary_keys_file": boundary_keys_file,
            "settlement_key_file": settlement_key_file,
            "execution_target": "127.0.0.1:9",
            "bank_url": "http://bank.invalid",
            "bank_api_key": "not used",
            "bank_secret": "the secret of the bank",
            "identity_url": "http://identity.invalid",
            "identity_api_key": "not used",
            "erasure_register_file": field_keys_file.with_name("erased.jsonl"),
        }
    )


@pytest_asyncio.fixture
async def services(settings):
    async with AsyncExitStack() as stack:
        yield await open_services(settings, stack, name="test")


@pytest_asyncio.fixture
async def tenant(services):
    found, _ = await services.tenancy.ensure_tenant("lanka", "Lanka Event Exchange", tuple(Capability))
    return found


@pytest_asyncio.fixture
async def client(services):
    transport = httpx.ASGITransport(app=routes.quick_application(services), raise_app_exceptions=True)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.fixture
def changing_nothing():
    """Return a context whose requests find everything as they want it, so that they leave no audit record."""
    return routes.changing_nothing


@pytest.fixture
def registration(tenant):
    """A valid registration; every call is another person."""

    def build(**changes):
        number = next(_numbers)
        body = {
            "tenant": tenant.slug,
            "email": f"nimal.{number}@example.lk",
            "password": "correct horse battery",
            "full_name": "Nimal Perera",
            "date_of_birth": "1990-02-10",
            "residency": "LK",
            "national_id": f"1990041{number:05d}",
            "phone": "+94771234567",
            "consents": {"terms": 1, "privacy_notice": 1, "identity_vendor": 1},
        }
        return {name: value for name, value in (body | changes).items() if value is not None}

    return build


@pytest.fixture
def sign_in(client):
    async def do(body):
        wanted = {name: body[name] for name in ("tenant", "email", "password")}
        answer = await client.post("/v1/sessions", json=wanted)
        assert answer.status_code == 201, answer.text
        client.cookies.clear()
        return answer.json()["token"]

    return do


@pytest.fixture
def staff(services, tenant):
    """Return a function that gives the headers of a member of staff with a role."""

    async def do(role):
        username = role.replace("_", "-")
        await services.access.ensure_staff(tenant.id, username, role, "a long password")
        session = await services.access.sign_in(tenant.slug, username, "a long password")
        return {"Authorization": f"Bearer {session.token}"}

    return do


@pytest.fixture
def active_customer(client, services, tenant, registration, sign_in):
    """Return a function that registers somebody whose checks are clear: customer id and headers."""

    async def do():
        body = registration()
        answer = await client.post("/v1/customers", json=body)
        assert answer.status_code == 201, answer.text
        customer_id = UUID(answer.json()["customer_id"])
        now = services.clock.now()
        async with services.database.transaction(tenant.id) as tx:
            await begin_verification(tx, customer_id, now, services.ids.new())
        for kind in ClearanceKind:
            async with services.database.transaction(tenant.id) as tx:
                await record_clearance(
                    tx, customer_id, kind, refusal=None, now=now, event_id=services.ids.new()
                )
        return customer_id, {"Authorization": f"Bearer {await sign_in(body)}"}

    return do
