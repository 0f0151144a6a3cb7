"""Pay-ins on a real database: settled once, exactly as quoted or not at all."""

import asyncio
import hashlib
import hmac
import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customer_stack.payments.domain import PayIn, PayInOutcome, PayInReason, PayInStanding
from customer_stack.payments.providers.sandbox import BankSignature, SandboxBank
from customer_stack.payments.service import PaymentsService
from customer_stack.payments.tasks import build_handler
from customer_stack.webhooks.domain import Door, State
from customer_stack.webhooks.service import WebhooksService
from customer_stack.webhooks.tasks import build_runners as build_webhook_runners
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD

from ..fx.test_service import IDS, Desk  # noqa: TID252 - test folders are no packages

SECRET = "a shared secret"


class Sealed:
    def __init__(self) -> None:
        self._key = AESGCM(AESGCM.generate_key(256))

    def seal(self, event_id: UUID, account: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._key.encrypt(nonce, account.encode(), event_id.bytes)

    def seal_text(self, event_id: UUID, text: str) -> bytes:
        return self.seal(event_id, text)

    def open(self, event_id: UUID, sealed: bytes) -> str:
        return self._key.decrypt(sealed[:12], sealed[12:], event_id.bytes).decode()

    def open_text(self, event_id: UUID, sealed: bytes) -> str:
        return self.open(event_id, sealed)


class SealedBodies:
    def __init__(self, sealed: Sealed) -> None:
        self._sealed = sealed

    def seal(self, message_id: UUID, body: bytes) -> bytes:
        return self._sealed.seal(message_id, body.decode("latin-1"))

    def open(self, message_id: UUID, sealed: bytes) -> bytes:
        return self._sealed.open(message_id, sealed).encode("latin-1")


class Counter(Desk):
    """A desk with a bank, whose messages come through the door and are handled when told to."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.bank = SandboxBank("http://bank", "key", httpx.AsyncClient())
        self.other_tenant = IDS.new()
        sealed = Sealed()
        self.payments = PaymentsService(
            database.app, sealed, self.standings, self.tenants, self.clock, IDS, refund_days=7
        )
        door = Door(BankSignature(SECRET), build_handler(self.payments, self.bank))
        self.webhooks = WebhooksService(database.app, SealedBodies(sealed), [door], self.clock, IDS)

    async def tenants(self) -> tuple[UUID, ...]:
        return (self.other_tenant, self.tenant)

    async def say(self, **body: Any) -> bool:
        body = {
            "event_id": str(IDS.new()),
            "currency": "LKR",
            "booked_at": self.clock.now().isoformat(),
        } | body
        raw, time = orjson.dumps(body), str(int(self.clock.now().timestamp()))
        digest = hmac.new(SECRET.encode(), time.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return await self.webhooks.take("bank", raw, {"bank-signature": f"t={time},v1={digest}"})

    async def take(self, *, reference: str, pay_reference: str, amount: str, event: str = "") -> bool:
        return await self.say(
            type="pay_in.received",
            event_id=event or str(IDS.new()),
            bank_reference=reference,
            pay_reference=pay_reference,
            amount=amount,
            payer_account="0123456789",
        )

    async def take_back(self, amount: str = "30000.00", reference: str = "IN1", **more: Any) -> None:
        names = {"bank_reference": reference, "reversal_reference": f"BACK-{reference}"} | more
        await self.say(type="pay_in.taken_back", amount=amount, **names)
        await self.settle_all()

    async def settle_all(self) -> None:
        while await self.webhooks.deliver():
            pass

    async def held_back(self) -> list[str | None]:
        """Return why messages that are not done failed."""
        page = await self.webhooks.list_messages(self.tenant, None, 50, None)
        return [message.problem for message in page.messages if message.state is not State.DONE]

    async def pay(self, pay_reference: str, amount: str = "30000.00", reference: str = "IN1") -> None:
        assert await self.take(reference=reference, pay_reference=pay_reference, amount=amount)
        await self.settle_all()

    async def standings_of(self, customer: UUID | None = None) -> tuple[PayInStanding, ...]:
        page = await self.payments.list_pay_ins(self.tenant, customer or self.customer, 50, None)
        return page.pay_ins

    async def pay_ins(self) -> tuple[PayIn, ...]:
        return tuple(each.pay_in for each in await self.standings_of())

    async def suspense(self) -> int:
        return await self.unchecked(self.department, "suspense")

    async def unchecked(self, book: UUID, account: str) -> int:
        async with self.database.app.transaction(self.tenant) as tx:
            sums = await ledger.sum_unchecked(tx, [book], [account])
        return sums.get((book, LKR, account), 0)


@pytest.fixture
async def counter(customer_database: Any) -> Counter:
    made = Counter(customer_database)
    await made.open()
    await made.payments.assign_collection(made.tenant, made.department)
    return made


async def test_a_pay_in_as_quoted_is_converted_at_the_locked_rate(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    assert await counter.balances() == {
        "wallet LKR": (0, 0),
        "wallet USD": (98_514851, 0),
        "till LKR": (537_350_00, 0),
        "stock USD": (3_901_485149, 0),
    }
    (pay_in,) = await counter.pay_ins()
    assert (pay_in.outcome, pay_in.quote_id) == (PayInOutcome.CONVERTED, quote.id)
    assert pay_in.conversion_id is not None
    async with counter.database.app.transaction(counter.tenant) as tx:
        assert await ledger.trial_balance(tx) == [(LKR, 0), (USD, 0)]
        assert await ledger.sum_account(tx, "desk") == {}
        assert await ledger.sum_account(tx, "collection") == {LKR: -30_000_00}


async def test_the_same_event_and_the_same_bank_reference_settle_once(counter: Counter):
    quote = await counter.quote()
    names = {"pay_reference": quote.pay_reference, "amount": "30000.00"}
    assert await counter.take(reference="IN1", event="e1", **names)
    assert not await counter.take(reference="IN1", event="e1", **names)
    assert await counter.take(reference="IN1", event="e2", **names)
    await counter.settle_all()
    await counter.settle_all()
    assert len(await counter.pay_ins()) == 1
    assert (await counter.balances())["wallet USD"] == (98_514851, 0)


async def test_repeats_at_the_same_moment_settle_once(counter: Counter):
    quote = await counter.quote()
    names = {"pay_reference": quote.pay_reference, "amount": "30000.00", "reference": "IN1"}
    taken = await asyncio.gather(*(counter.take(event="e1", **names) for _ in range(4)))
    assert sorted(taken) == [False, False, False, True]
    await counter.take(event="e2", **names)
    await asyncio.gather(*(counter.webhooks.deliver() for _ in range(4)))
    await counter.settle_all()
    assert len(await counter.pay_ins()) == 1


async def test_a_late_pay_in_waits_in_lkr_and_is_converted_on_consent(counter: Counter):
    quote = await counter.quote()
    counter.clock.advance(timedelta(minutes=5))
    await counter.pay(quote.pay_reference)
    (pay_in,) = await counter.pay_ins()
    assert (pay_in.outcome, pay_in.reason) == (PayInOutcome.WAITING, PayInReason.QUOTE_EXPIRED)
    balances = await counter.balances()
    assert (balances["wallet LKR"], balances["stock USD"]) == ((30_000_00, 0), (4_000_000000, 0))
    fresh = await counter.quote(30_000_00, "conversion")
    await counter.service.accept_quote(
        counter.tenant, counter.department, counter.customer, fresh.id, counter.claim("accept")
    )
    assert (await counter.balances())["wallet LKR"] == (0, 0)


@pytest.mark.parametrize(
    ("amount", "reason"),
    [("29000.00", PayInReason.AMOUNT_SHORT), ("30500.00", PayInReason.AMOUNT_OVER)],
)
async def test_another_amount_waits_whole_and_the_quote_lives_on(counter: Counter, amount: str, reason: Any):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference, amount)
    assert [pay_in.reason for pay_in in await counter.pay_ins()] == [reason]
    balances = await counter.balances()
    assert balances["wallet LKR"] == (int(amount.replace(".", "")), 0)
    assert balances["stock USD"] == (4_000_000000, quote.usd)


async def test_a_used_quote_is_not_used_again(counter: Counter):
    quote = await counter.quote()
    await counter.pay(quote.pay_reference)
    await counter.pay(quote.pay_reference, reference="IN2")
    reasons = [pay_in.reason for pay_in in await counter.pay_ins()]
    assert reasons == [PayInReason.QUOTE_CLOSED, PayInReason.AS_QUOTED]
    assert (await counter.balances())["wallet LKR"] == (30_000_00, 0)


@pytest.mark.parametrize("pay_reference", ["", "rent november", "BH0000000000000"])
async def test_money_of_nobody_known_lies_in_suspense(counter: Counter, pay_reference: str):
    await counter.pay(pay_reference)
    assert await counter.suspense() == 30_000_00


async def test_money_for_somebody_who_may_not_receive_it_is_kept_apart(counter: Counter):
    quote = await counter.quote()
    counter.standings.barred.add(counter.customer)
    await counter.pay(quote.pay_reference)
    assert await counter.suspense() == 30_000_00
    assert (await counter.balances())["wallet LKR"] == (0, 0)


async def test_a_notice_without_a_home_waits_until_there_is_one(customer_database: Any):
    made = Counter(customer_database)
    await made.open()
    await made.take(reference="IN1", pay_reference="unknown", amount="1.00")
    await made.webhooks.deliver()
    assert await made.held_back() == ["payments.collection_missing"]
    await made.payments.assign_collection(made.tenant, made.department)
    made.clock.advance(timedelta(seconds=1))
    await made.settle_all()
    assert (await made.held_back(), await made.suspense()) == ([], 1_00)


async def test_the_payers_account_is_not_readable_in_the_database(counter: Counter):
    await counter.pay("unknown")
    async with counter.database.app.transaction(counter.tenant) as tx:
        sealed = await tx.fetch_value("SELECT payer_account_sealed FROM payment_bank_event")
    assert b"0123456789" not in sealed


async def test_what_a_payer_types_instead_of_a_reference_is_kept_encrypted(counter: Counter):
    await counter.pay("for the birthday of Kumari Perera")
    async with counter.database.app.transaction(counter.tenant) as tx:
        row = await tx.fetch_row("SELECT pay_reference, payer_text_sealed FROM payment_bank_event")
    assert row["pay_reference"] is None
    assert b"Kumari" not in row["payer_text_sealed"]


async def test_the_database_refuses_a_second_settlement_of_a_bank_reference(counter: Counter):
    await counter.pay("unknown")
    with pytest.raises(asyncpg.UniqueViolationError):
        async with counter.database.app.transaction(counter.tenant) as tx:
            await tx.execute(
                "INSERT INTO payment_pay_in SELECT tenant_id, department_id, customer_id, gen_random_uuid(), "
                "provider, event_id, bank_reference, amount, outcome, reason, quote_id, conversion_id, "
                "movement_id, booked_at, decided_at FROM payment_pay_in"
            )


async def test_pay_ins_are_listed_in_pages(counter: Counter):
    for number in range(3):
        quote = await counter.quote(15_000_00)
        await counter.pay(quote.pay_reference, "15000.00", f"IN{number}")
    first = await counter.payments.list_pay_ins(counter.tenant, counter.customer, 2, None)
    rest = await counter.payments.list_pay_ins(counter.tenant, counter.customer, 2, first.next_cursor)
    references = [each.pay_in.bank_reference for each in (*first.pay_ins, *rest.pay_ins)]
    assert references == ["IN2", "IN1", "IN0"]
    assert rest.next_cursor is None


async def test_the_worker_settles_what_was_announced(counter: Counter):
    quote = await counter.quote()
    await counter.take(reference="IN1", pay_reference=quote.pay_reference, amount="30000.00")
    stop = asyncio.Event()
    runners = build_webhook_runners(counter.webhooks)
    running = asyncio.create_task(runners["webhooks.deliver"](stop))
    async with asyncio.timeout(20):
        while not await counter.pay_ins():  # noqa: ASYNC110 - the other side is a database
            await asyncio.sleep(0.05)
        stop.set()
        await running
    assert (await counter.balances())["wallet USD"] == (98_514851, 0)
