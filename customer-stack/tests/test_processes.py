"""The commands and processes as they are run: seed, API, worker, audit verification."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

from bulkhead_local.layout import free_ports
from shared.audit.keys import make_key, origin_of

BIN = Path(sys.executable).parent
WAIT_SECONDS = 60.0

pytestmark = pytest.mark.system


@pytest.fixture
def environment(customer_database, field_keys_file, boundary_keys_file, settlement_key_file, tmp_path):
    http, management, worker, identity = free_ports(4)
    return {
        "PATH": os.environ["PATH"],
        "HTTP": f"http://127.0.0.1:{http}",
        "MANAGEMENT": f"http://127.0.0.1:{management}",
        "WORKER": f"http://127.0.0.1:{worker}",
        "IDENTITY": f"http://127.0.0.1:{identity}",
        "CUSTOMER_ENVIRONMENT": "sandbox",
        "CUSTOMER_DATABASE_URL": customer_database.dsn("app"),
        "CUSTOMER_OWNER_DATABASE_URL": customer_database.dsn("owner"),
        "CUSTOMER_SEALER_DATABASE_URL": customer_database.dsn("sealer"),
        "CUSTOMER_AUDITOR_DATABASE_URL": customer_database.dsn("auditor"),
        "CUSTOMER_FIELD_KEYS_FILE": str(field_keys_file),
        **_make_audit_key(tmp_path),
        "CUSTOMER_SETTLEMENT_KEY_FILE": str(settlement_key_file),
        "CUSTOMER_BOUNDARY_KEYS_FILE": str(boundary_keys_file),
        "CUSTOMER_EXECUTION_TARGET": "127.0.0.1:9",
        "CUSTOMER_BANK_URL": "http://127.0.0.1:9",
        "CUSTOMER_BANK_API_KEY": "key",
        "CUSTOMER_BANK_SECRET": "the secret of the bank",
        "CUSTOMER_SEED_STAFF_PASSWORD": "a long staff password",
        "CUSTOMER_SEED_STAFF_CODE_SECRET": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
        "CUSTOMER_HTTP_PORT": str(http),
        "CUSTOMER_MANAGEMENT_PORT": str(management),
        "CUSTOMER_WORKER_MANAGEMENT_PORT": str(worker),
        "CUSTOMER_IDENTITY_URL": f"http://127.0.0.1:{identity}",
        "CUSTOMER_IDENTITY_API_KEY": "key",
        "CUSTOMER_IDENTITY_POLL_SECONDS": "0.1",
        "SANDBOX_IDENTITY_PORT": str(identity),
        "SANDBOX_IDENTITY_API_KEY": "key",
        "SANDBOX_IDENTITY_DELAY_MS": "100",
        "SANDBOX_IDENTITY_WEBHOOK_URL": f"http://127.0.0.1:{http}/webhooks/identity",
        "SANDBOX_IDENTITY_WEBHOOK_SECRET": "the secret of the identity vendor",
        "CUSTOMER_IDENTITY_SECRET": "the secret of the identity vendor",
    } | {name: value for name, value in os.environ.items() if name.startswith("CUSTOMER_ARGON2_")}


def _make_audit_key(folder):
    secret, public = folder / "audit_key.txt", folder / "audit_public_keys.txt"
    make_key(secret, public, origin_of("sandbox", "customer"))
    other = folder / "other_audit_public_keys.txt"
    make_key(folder / "other_audit_key.txt", other, origin_of("sandbox", "execution"))
    return {
        "CUSTOMER_AUDIT_KEY_FILE": str(secret),
        "CUSTOMER_AUDIT_PUBLIC_KEYS_FILE": str(public),
        "CUSTOMER_OTHER_AUDIT_PUBLIC_KEYS_FILE": str(other),
    }


def run(environment, *arguments):
    done = subprocess.run(
        [BIN / "customer-stack", *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest_asyncio.fixture
async def platform(environment):
    async with AsyncExitStack() as stack:

        async def start(*command):
            process = await asyncio.create_subprocess_exec(
                *command, env=environment, stdout=asyncio.subprocess.DEVNULL
            )

            async def end():
                if process.returncode is None:
                    process.kill()
                    await process.wait()

            stack.push_async_callback(end)
            return process

        yield start


async def until(condition):
    async with asyncio.timeout(WAIT_SECONDS):
        while not await condition():  # noqa: ASYNC110 - another process is waited for
            await asyncio.sleep(0.1)


async def answers(client, url):
    try:
        return (await client.get(url)).status_code == 200
    except httpx.TransportError:
        return False


async def correct_a_document_that_was_rejected(client, base, registration):
    """Register with a number that is in no register, and try again with the right one."""
    body = registration(national_id="199004110000")
    assert (await client.post(f"{base}/v1/customers", json=body)).status_code == 201
    session = await client.post(
        f"{base}/v1/sessions", json={name: body[name] for name in ("tenant", "email", "password")}
    )
    headers = {"Authorization": f"Bearer {session.json()['token']}"}

    async def sent_back():
        answer = await client.get(f"{base}/v1/kyc/session", headers=headers)
        return answer.status_code == 200 and answer.json()["attempt"] == 2

    await until(sent_back)
    kyc = f"{base}/v1/kyc/session"
    changed = await client.put(f"{kyc}/document", json={"national_id": "199004110001"}, headers=headers)
    assert changed.status_code == 200, changed.text
    assert (await client.post(f"{kyc}/submit", headers=headers)).json()["state"] == "pending"

    async def active():
        return (await client.get(f"{base}/v1/me", headers=headers)).json()["status"] == "active"

    await until(active)


async def test_a_registration_becomes_an_active_customer_across_all_processes(
    platform, environment, registration
):
    code, out, err = run(environment, "seed", "--json")
    assert code == 0, err
    seeded = json.loads(out)
    assert [tenant["slug"] for tenant in seeded["tenants"]] == ["lanka", "serendib"]
    assert json.loads(run(environment, "seed", "--json")[1]) == seeded
    assert {member["role"] for member in seeded["staff"]} >= {"treasurer", "compliance", "auditor"}

    await platform(BIN / "sandbox", "identity")
    api = await platform(BIN / "customer-stack", "api")
    worker = await platform(BIN / "customer-stack", "worker")
    async with httpx.AsyncClient() as client:
        for place in (f"{environment['MANAGEMENT']}/ready", f"{environment['WORKER']}/ready"):
            await until(lambda place=place: answers(client, place))
        base = environment["HTTP"]
        body = registration()
        assert (await client.post(f"{base}/v1/customers", json=body)).status_code == 201
        session = await client.post(
            f"{base}/v1/sessions", json={name: body[name] for name in ("tenant", "email", "password")}
        )
        headers = {"Authorization": f"Bearer {session.json()['token']}"}

        async def active():
            return (await client.get(f"{base}/v1/me", headers=headers)).json()["status"] == "active"

        await until(active)
        await correct_a_document_that_was_rejected(client, base, registration)

        async def callbacks_heard():
            health = (await client.get(f"{environment['IDENTITY']}/health")).json()
            return health["undelivered"] == 0

        await until(callbacks_heard)

        async def sealed():
            report = json.loads(run(environment, "audit-verify", "--json")[1])
            return report["good"] and report["sealed"] > 5 and report["unsealed"] == 0

        await until(sealed)
    for process in (api, worker):
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), WAIT_SECONDS) == 0


def test_a_missing_setting_is_named_and_nothing_else_is_said(environment):
    del environment["CUSTOMER_DATABASE_URL"]
    code, out, err = run(environment, "seed", "--json")
    assert (code, out) == (2, "")
    assert (
        err.strip() == "Settings are missing or unusable: CUSTOMER_DATABASE_URL. Set them in the environment."
    )


def test_seed_is_refused_in_production(environment):
    code, _, err = run(environment | {"CUSTOMER_ENVIRONMENT": "production"}, "seed")
    assert code == 2
    assert "sandboxes" in err


def test_migrate_is_safe_to_run_again(environment):
    assert run(environment, "migrate")[0] == 0
