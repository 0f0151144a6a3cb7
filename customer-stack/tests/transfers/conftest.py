"""A counter: a tenant, customers with LKR and USD and sessions, and the lane's handler on a real database."""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest_asyncio

from customer_stack.customers.service import load_accounts, load_standings
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Screening
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService, load_capabilities
from customer_stack.transfers.domain.orders import OrderKind
from customer_stack.transfers.domain.qr import read_our_payload
from customer_stack.transfers.service.batch import Register
from customer_stack.transfers.service.commands import MoveMoney, Scan, digest_payload
from customer_stack.transfers.service.moving import MoneyMoving
from customer_stack.transfers.service.reading import TransfersService
from customer_stack.transfers.service.releasing import HeldTransfers
from shared.clock import FixedClock
from shared.database import Database
from shared.idempotency import Claim, digest_of, key_of
from shared.ids import SystemIds
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences
from shared.money import Currency

from ..gates import build_gate, publish  # noqa: TID252 - the folder of tests has no name of its own

NOW = datetime(2026, 11, 20, 12, 30, tzinfo=UTC)

_INSERT_ACCOUNT = """
INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at, refusal)
VALUES ($1, $2, $3, $4, $5, $5, CASE $4::customer_status WHEN 'refused' THEN 'onboarding.declined' END)
"""
_INSERT_SESSION = """
INSERT INTO customer_session (tenant_id, id, customer_id, token_hash, started_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""


class OpenTexts:
    """Seals by turning texts around: enough to see that what is stored is not what was typed."""

    def seal_note(self, order_id, text):
        return order_id.bytes + text.encode()[::-1]

    def open_note(self, order_id, sealed):
        assert sealed[:16] == order_id.bytes
        return sealed[16:][::-1].decode()

    seal_payload, open_payload = seal_note, open_note

    def seal_held_note(self, order_id, text):
        return b"held" + self.seal_note(order_id, text)

    def open_held_note(self, order_id, sealed):
        assert sealed[:4] == b"held"
        return self.open_note(order_id, sealed[4:])

    def index(self, tenant_id, text):
        return hashlib.sha256(tenant_id.bytes + text.encode()).digest()


class Person:
    def __init__(self, tenant_id, customer_id, session_id, code):
        self.tenant_id, self.id, self.session_id, self.code = tenant_id, customer_id, session_id, code


class Counter:
    """Everything open over one fresh database."""

    def __init__(self, database):
        self.database = database
        self.clock, self.ids, self.texts = FixedClock(NOW), SystemIds(), OpenTexts()
        self.tenancy = TenancyService(database, self.clock, self.ids)
        register = Register(load_standings, load_accounts, load_capabilities)
        self.gate = build_gate()
        self.moving = MoneyMoving(register, self.gate, self.texts, secrets.randbits, self.clock, self.ids)
        self.held = HeldTransfers(database, register, self.gate, self.texts, self.clock, self.ids)
        self.service = TransfersService(
            database, self.texts, self._is_active, secrets.randbits, self.clock, self.ids
        )

    async def publish(self, **rule):
        """Let a rule of AML count, which holds transfers unless it says something else."""
        await publish(self.database, self.tenant_id, self.clock, **({"applies_to": ["transfer_out"]} | rule))

    async def know(self, person, **changes):
        """Change what the gate knows of somebody."""
        async with self.database.transaction(self.tenant_id) as tx:
            await ledger.lock_books(tx, [person.id])
            await facts.change(tx, person.id, NOW, Changes(**changes))

    async def release(self, *ids):
        async with self.database.transaction(self.tenant_id) as tx:
            return await self.held.release(tx, ids, "staff:1", self.clock.now())

    async def deny(self, *ids):
        async with self.database.transaction(self.tenant_id) as tx:
            return await self.held.deny(tx, ids, "staff:1", self.clock.now())

    async def _is_active(self, tx, customer_id):
        return (await load_accounts(tx, [customer_id]))[customer_id].status == "active"

    async def open(self, slug="acme", capabilities=(Capability.TRANSFERS,)):
        tenant, department = await self.tenancy.ensure_tenant(slug, slug.title(), capabilities)
        self.tenant_id, self.department_id = tenant.id, department.id
        return self

    async def add(self, lkr=100_000_00, usd=100_000_000, status="active", has_code=True):
        person = Person(self.tenant_id, self.ids.new(), self.ids.new(), None)
        async with self.database.transaction(self.tenant_id) as tx:
            await tx.execute(_INSERT_ACCOUNT, self.tenant_id, person.id, self.department_id, status, NOW)
            await facts.create(tx, self.tenant_id, person.id, country="LK", at=NOW)
            await facts.change(tx, person.id, NOW, Changes(screening=Screening.CLEAR))
            await tx.execute(
                "INSERT INTO customer_pseudonym (tenant_id, customer_id, account_reference) "
                "VALUES ($1, $2, $3)",
                self.tenant_id,
                person.id,
                self.ids.new(),
            )
            token, end = hashlib.sha256(person.id.bytes).digest(), NOW + timedelta(hours=12)
            await tx.execute(_INSERT_SESSION, self.tenant_id, person.session_id, person.id, token, NOW, end)
            await ledger.open_books(tx, [(person.id, self.tenant_id, "customer")])
        await self.give(person, "collection", LKR, lkr)
        await self.give(person, "execution", USD, usd)
        if has_code:
            person.code = await self.service.get_account_code(self.tenant_id, person.id)
        return person

    async def give(self, person, source, asset, amount, target="wallet", at=NOW):
        if not amount:
            return
        posting = Posting(asset, source, target, amount, "inflow")
        transfer = Transfer(
            self.ids.new(), self.ids.new(), person.tenant_id, person.id, "pay_in", at, (posting,)
        )
        async with self.database.transaction(person.tenant_id) as tx:
            await ledger.post(tx, Movement(transfers=(transfer,)))

    async def owe(self, person, asset, amount):
        """Make somebody owe: the bank took money back that was spent."""
        await self.give(person, "debt", asset, amount, target="collection" if asset == LKR else "execution")

    def want(self, sender, to, amount=1_000_00, currency=Currency.LKR, key="k", note=None):
        code = to if isinstance(to, str) else to.code
        digest = digest_of("send", f"{code}{currency}{amount}{note}".encode())
        return MoveMoney(
            sender.tenant_id,
            sender.id,
            sender.session_id,
            Claim(sender.id, key_of(key), digest),
            OrderKind.TRANSFER,
            code,
            currency,
            amount,
            note,
        )

    def pay(self, sender, payload, amount=None, key="k", digest=None):
        code = read_our_payload(payload)
        return MoveMoney(
            sender.tenant_id,
            sender.id,
            sender.session_id,
            Claim(sender.id, key_of(key), digest_of("pay", f"{payload}{amount}".encode())),
            OrderKind.QR_PAYMENT,
            code.account_code,
            Currency.LKR,
            amount if code.amount is None else code.amount,
            None,
            Scan(code.code_id, digest or digest_payload(payload)),
        )

    async def issue(self, merchant, amount=None):
        shown = await self.service.issue_qr_code(
            merchant.tenant_id, merchant.id, amount, "Kandy Tea", "Kandy", "INV-7"
        )
        return shown.payload

    async def move(self, *wanted):
        async with self.database.transaction(*{want.tenant_id for want in wanted}) as tx:
            return await self.moving.handle(tx, wanted)

    async def wallet(self, person, asset=LKR):
        key = (person.id, asset, "wallet")
        async with self.database.transaction(person.tenant_id) as tx:
            return (await ledger.load_balances(tx, [key]))[key].posted

    async def rows(self, sql, *arguments):
        async with self.database.transaction(*(await self.tenancy.list_tenant_ids())) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *arguments)]

    async def check_books(self):
        tenants = await self.tenancy.list_tenant_ids()
        async with self.database.transaction(*tenants) as tx:
            assert await rebuild_differences(tx) == []
            assert {total for _, total in await ledger.trial_balance(tx)} <= {0}
            assert await ledger.sum_account(tx, "desk") == {}


@pytest_asyncio.fixture
async def counter(customer_database):
    return await Counter(customer_database.app).open()


@pytest_asyncio.fixture
async def second_process(customer_database):
    """A pool of its own, as another process has."""
    database = await Database.connect(customer_database.dsn("app"), name="second")
    yield database
    await database.close()


def is_uuid(text):
    return str(UUID(text)) == text
