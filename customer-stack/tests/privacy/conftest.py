"""Privacy over a real database and a clock that a test moves, and somebody about whom everything is kept."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from types import SimpleNamespace
from uuid import UUID

import httpx
import pytest
import pytest_asyncio
from PIL import Image

from customer_stack.customers.sealing import FieldKeys, RecordSealing
from customer_stack.wiring.privacy import PrivacyGround, open_privacy
from shared.clock import FixedClock, SystemClock

from ..payments.conftest import bank_says, bank_tells, department, house  # noqa: F401, TID252 - fixtures
from ..routes import quick_application  # noqa: TID252 - the folder of tests has no name of its own

SECRETS = ("Canaryperson", "8001112223", "80012345", "rent for the canary", "Canary Works")


@pytest.fixture
def clock():
    return FixedClock(SystemClock().now())


@pytest.fixture
def records(field_keys_file):
    return RecordSealing(FieldKeys.read(field_keys_file))


@pytest.fixture
def privacy(services, records, settings, clock):
    async def all_tenants():
        return await services.tenancy.list_tenant_ids()

    ground = PrivacyGround(services.database, services.customers, records, all_tenants, clock, services.ids)
    return open_privacy(settings, ground)


@pytest_asyncio.fixture
async def door(services, privacy):
    """A client of an application whose privacy is that of the test."""
    transport = httpx.ASGITransport(app=quick_application(replace(services, privacy=privacy)))
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as opened:
        yield opened


@pytest.fixture
def picture():
    out = BytesIO()
    Image.new("RGB", (60, 40), (200, 30, 30)).save(out, "JPEG")
    return out.getvalue()


@pytest.fixture
def later(clock):
    """Let years pass."""

    def go(years):
        clock.advance(timedelta(days=366 * years + 2))

    return go


@pytest_asyncio.fixture
async def person(client, services, tenant, house, department, active_customer, bank_says, records, picture):  # noqa: F811, PLR0917
    """Somebody with money history, notes, accounts: everything that other keys than theirs seal too."""
    customer_id, headers = await active_customer()
    keyed = {**headers, "Idempotency-Key": "q1"}
    body = {"purpose": "deposit", "amount": "30000.00"}
    quote = (await client.post("/v1/quotes", json=body, headers=keyed)).json()
    await bank_says(quote["pay_reference"])
    account = {"account_number": "8001 2345-6789", "holder_name": "Nimal Canaryperson"}
    answer = await client.post("/v1/payout-accounts", json=account, headers=headers)
    assert answer.status_code == 201, answer.text
    other, _ = await active_customer()
    await put_records(services, tenant, department, customer_id, other, answer.json()["id"], records)
    async with services.database.transaction(tenant.id) as tx:
        await services.kyc.drafts.begin(tx, tenant.id, customer_id)
    return SimpleNamespace(id=customer_id, headers=headers, other=other)


async def put_records(services, tenant, department, customer_id, other, account_id, records):  # noqa: F811
    """Put what the lanes, cards, open banking and bank files would."""
    now, ids = services.clock.now(), services.ids
    order, held, code, charge, consent, payout, entry, file = (ids.new() for _ in range(8))
    digest = hashlib.sha256(b"").digest()
    at = (tenant.id, UUID(department))

    def seal(table, column, row_id, text):
        return records.seal((table, column, row_id), text)

    async with services.database.transaction(tenant.id) as tx:
        await tx.execute(
            "INSERT INTO transfer_order (tenant_id, id, sender_id, recipient_id, amount, currency, kind, "
            "note_sealed, made_at) VALUES ($1, $2, $3, $4, 100, 'LKR', 'transfer', $5, $6)",
            tenant.id, order, customer_id, other,
            seal("transfer_order", "note_sealed", order, "rent for the canary"), now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO transfer_held (tenant_id, id, sender_id, recipient_id, amount, currency, kind, "
            "note_sealed, hold_id, received_id, asked_at) "
            "VALUES ($1, $2, $3, $4, 100, 'LKR', 'transfer', $5, $2, $2, $6)",
            tenant.id, held, customer_id, other,
            seal("transfer_held", "note_sealed", held, "rent that waits for the canary"), now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO transfer_qr_code (tenant_id, id, merchant_id, is_single_use, payload_sealed, "
            "payload_digest, issued_at) VALUES ($1, $2, $3, false, $4, $5, $6)",
            tenant.id, code, customer_id,
            seal("transfer_qr_code", "payload_sealed", code, "Canary Works"), digest, now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO cards_charge (tenant_id, department_id, customer_id, id, provider, quote_id, "
            "amount, token_sealed, asked_at) VALUES ($1, $2, $3, $4, 'bank', $4, 100, $5, $6)",
            *at, customer_id, charge, seal("cards_charge", "token_sealed", charge, "Canaryperson"), now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO open_banking_consent (tenant_id, department_id, customer_id, id, provider, purpose, "
            "amount, payment_id, asked_at, expires_at) "
            "VALUES ($1, $2, $3, $4, 'bank', 'verification', 1, $4, $5, "
            "$5::timestamptz + interval '1 day')",
            *at, customer_id, consent, now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO open_banking_step (tenant_id, consent_id, state, account_sealed, happened_at) "
            "VALUES ($1, $2, 'asked', $3, $4)",
            tenant.id, consent, seal("open_banking_step", "account_sealed", consent, "8001112223"), now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO payout_order (tenant_id, department_id, customer_id, id, purpose, provider, amount, "
            "fee, is_fee_returned, reference, destination_sealed, account_id, hold_id, requested_by, "
            "requested_at) VALUES ($1, $2, $3, $4, 'withdrawal', 'bank_file', 100, 0, false, 'REF1', $5, $6, "
            "$4, 'customer', $7)",
            *at, customer_id, payout,
            seal("payout_order", "destination_sealed", payout, "8001112223"), account_id, now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO bank_file_payout (tenant_id, payout_id, amount, account_sealed, reference_sealed, "
            "queued_at) VALUES ($1, $2, 100, $3, $4, $5)",
            tenant.id, payout,
            seal("bank_file_payout", "account_sealed", payout, "8001112223"),
            seal("bank_file_payout", "reference_sealed", payout, "Canaryperson"), now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO bank_file (tenant_id, id, kind, message_id, digest, opening, closing, imported_by, "
            "imported_at) VALUES ($1, $2, 'statement', 'M1', $3, 0, 0, 'staff', $4)",
            tenant.id, file, digest, now,
        )  # fmt: skip
        await tx.execute(
            "INSERT INTO bank_file_entry (tenant_id, id, file_id, number, bank_reference, amount, direction, "
            "meaning, payout_id, remittance_sealed, counterparty_sealed, booked_at) "
            "VALUES ($1, $2, $3, 1, 'B1', 100, 'debit', 'payout_paid', $4, $5, $6, $7)",
            tenant.id, entry, file, payout,
            seal("bank_file_entry", "remittance_sealed", entry, "rent for the canary"),
            seal("bank_file_entry", "counterparty_sealed", entry, "8001112223"), now,
        )  # fmt: skip


@pytest.fixture
def spend(customer_database):
    """Take everything out of a book, as if it had been withdrawn. For the tests' superuser only."""

    async def do(customer_id):
        connection = await customer_database.connect("superuser")
        await connection.execute("SET session_replication_role = replica")
        await connection.execute(
            "UPDATE ledger_balance SET posted = 0, held = 0 WHERE book_id = $1", customer_id
        )
        await connection.execute("SET session_replication_role = origin")

    return do
