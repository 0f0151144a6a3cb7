"""A desk with a bank, over a fresh database: what comes through the bank's door is handled when told to."""

import hashlib
import hmac
import os
from typing import Any
from uuid import UUID

import httpx
import orjson
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import FieldKeys, Sealing
from customer_stack.payments.counting import DepositCounting
from customer_stack.payments.domain import PayIn, PayInStanding
from customer_stack.payments.providers.sandbox import BankSignature, SandboxBank
from customer_stack.payments.service import PaymentsService
from customer_stack.payments.tasks import build_handler
from customer_stack.webhooks.domain import Door, State
from customer_stack.webhooks.service import WebhooksService
from shared.ledger import store as ledger
from shared.ledger.domain import LKR

from ..fx.conftest import IDS, Desk  # noqa: TID252 - test folders are no packages

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
        self.at_own_bank: set[UUID] = set()
        self.instruments = Instruments(Sealing(FieldKeys(1, {1: bytes(32)}, bytes(32))))
        counting = DepositCounting(self.compliance, self.instruments, self.is_open_banking, IDS)
        self.payments = PaymentsService(
            database.app, sealed, self.standings, self.tenants, counting, self.clock, IDS, refund_days=7
        )
        door = Door(BankSignature(SECRET), build_handler(self.payments, self.bank))
        self.webhooks = WebhooksService(database.app, SealedBodies(sealed), [door], self.clock, IDS)

    async def is_open_banking(self, _tx: Any, quote_id: UUID) -> bool:
        return quote_id in self.at_own_bank

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
