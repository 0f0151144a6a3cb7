"""A department that takes cards at the sandbox's acquirer, whose time moves only when a test says so."""

import hashlib
import hmac
import os
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import orjson
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import SecretStr

from customer_stack.cards.domain.views import ChargeRow
from customer_stack.cards.providers.issuer import issuer_messages
from customer_stack.cards.providers.sandbox import SandboxAcquirer
from customer_stack.cards.service.asking import ChargeRequest, ChargesService, RefundRequest
from customer_stack.cards.service.counting import CardCounting
from customer_stack.cards.service.hearing import ReportKeeping
from customer_stack.cards.service.issuing import IssuingService
from customer_stack.cards.service.settling import SettlementRequest, SettlementsService
from customer_stack.cards.service.working import CardWork
from customer_stack.cards.tasks import handle_reports
from customer_stack.customers.instruments import Instruments
from customer_stack.customers.sealing import FieldKeys, Sealing
from customer_stack.ledger.domain import Account, Action, TransferKind
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import capability_off
from customer_stack.webhooks.domain import Envelope
from sandbox.acquirer.app import create_app
from sandbox.http_edge import now_ms
from sandbox.settings import AcquirerSettings
from shared.idempotency import Claim, digest_of, key_of
from shared.ledger import store as ledger
from shared.ledger.domain import LKR, USD, Posting
from shared.ledger.rebuild import rebuild_differences

from ..fx.conftest import IDS, Desk  # noqa: TID252 - test folders are no packages

KEY = "the key of the acquirer"
ISSUER_SECRET = "the secret of the issuer"
BANK = "sandbox-bank"


class Gate:
    """Everything is on and everybody is active, except what a test says."""

    def __init__(self) -> None:
        self.funding = self.issuing = True
        self.barred: set[UUID] = set()
        self.frozen: set[UUID] = set()

    async def require_funding(self, tx: Any, tenant_id: UUID) -> None:
        if not self.funding:
            raise capability_off(Capability.CARD_FUNDING)

    async def is_issuing(self, tx: Any, tenant_id: UUID) -> bool:
        return self.issuing

    async def is_known(self, tx: Any, customer_id: UUID) -> bool:
        return True

    async def is_active(self, tx: Any, customer_id: UUID) -> bool:
        return customer_id not in self.barred | self.frozen

    async def is_frozen(self, tx: Any, customer_id: UUID) -> bool:
        return customer_id in self.frozen


class Sealed:
    def __init__(self) -> None:
        self._key = AESGCM(AESGCM.generate_key(256))

    def seal(self, charge_id: UUID, token: str) -> bytes:
        nonce = os.urandom(12)
        return nonce + self._key.encrypt(nonce, token.encode(), charge_id.bytes)

    def open(self, charge_id: UUID, sealed: bytes) -> str:
        return self._key.decrypt(sealed[:12], sealed[12:], charge_id.bytes).decode()


class CardDesk(Desk):
    """A desk with an acquirer and an issuer."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        settings = AcquirerSettings(acquirer_api_key=SecretStr(KEY), acquirer_delay_ms=0)
        self.app = create_app(settings)
        self.sandbox = self.app.state.acquirer
        transport = httpx.ASGITransport(app=self.app)
        self.http = httpx.AsyncClient(transport=transport)
        self.acquirer = SandboxAcquirer("http://acquirer.test", KEY, self.http)
        self.gate, tokens = Gate(), Sealed()
        instruments = Instruments(Sealing(FieldKeys(1, {1: bytes(32)}, bytes(32))))
        counting = CardCounting(self.compliance, instruments, tokens, IDS)
        self.keeping = ReportKeeping(database.app, self.gate, counting, self.clock, IDS)
        self.work = CardWork(database.app, self.acquirer, tokens, self.keeping, self.tenants, self.clock)
        self.charges = ChargesService(database.app, self.acquirer.name, tokens, self.gate, self.clock, IDS)
        self.settlements = SettlementsService(database.app, self.acquirer.name, BANK, self.clock, IDS)
        self.issuing = IssuingService(
            database.app, issuer_messages(ISSUER_SECRET), self.gate, self.tenants, self.clock, IDS
        )
        self.handle = handle_reports(self.work)

    async def tenants(self) -> tuple[UUID, ...]:
        return (self.tenant,)

    async def charge(self, token: str, *, amount: int = 30_000_00, key: str | None = None) -> ChargeRow:
        quote = await self.quote(amount)
        return await self.charge_quote(quote.id, token, key)

    async def charge_quote(self, quote_id: UUID, token: str, key: str | None = None) -> ChargeRow:
        request = ChargeRequest(self.tenant, self.department, self.customer, quote_id, token)
        return await self.charges.charge(request, self.claim(f"charge{quote_id}{token}", key))

    def advance(self) -> None:
        """Let the acquirer decide everything that it has to decide now."""
        self.sandbox.advance(now_ms() + 1000)

    async def poll(self, rounds: int = 5) -> None:
        for _ in range(rounds):
            self.clock.advance(timedelta(seconds=1))
            await self.work.work()
            self.advance()

    def envelopes(self) -> list[Envelope]:
        found = []
        for event in self.sandbox.outbox.values():
            body = orjson.loads(event.body)
            found.append(Envelope("acquirer", body["event_id"], body["type"], event.body.encode()))
        return found

    async def captured(self, token: str) -> ChargeRow:
        row = await self.charge(token)
        await self.poll()
        return await self.row(row)

    async def row(self, row: ChargeRow) -> ChargeRow:
        return await self.charges.get(self.tenant, self.customer, row.standing.charge.id)

    def refund_request(self, row: ChargeRow, amount: int, key: str | None = None) -> RefundRequest:
        charge = row.standing.charge
        actor = f"customer:{self.customer}"
        digest = digest_of("refund", str(amount).encode())
        keyed = key_of(key or str(IDS.new()))
        return RefundRequest(self.tenant, self.customer, charge.id, amount, actor, keyed, digest)

    async def settle(self, gross: int, fee: int, reference: str, key: str | None = None) -> UUID:
        claim = Claim(
            self.department, key_of(key or str(IDS.new())), digest_of("s", f"{gross}{fee}".encode())
        )
        actor = f"staff:{IDS.new()}"
        return await self.settlements.settle(
            SettlementRequest(self.tenant, actor, claim, reference, gross, fee)
        )

    async def account(self, account: str, asset: int = LKR) -> int:
        """Return an account summed over all books."""
        async with self.database.app.transaction(self.tenant) as tx:
            return (await ledger.sum_account(tx, account)).get(asset, 0)

    async def wallet(self) -> tuple[int, int]:
        return (await self.balances())["wallet LKR"]

    async def fund_usd(self, amount: int) -> None:
        payout = Posting(USD, Account.EXECUTION, Account.WALLET, amount, Action.PAYOUT)
        await self.post(self.transfer(self.customer, TransferKind.RESOLUTION_PAYOUT, payout))

    def signed(self, secret: str = ISSUER_SECRET, **body: Any) -> tuple[bytes, dict[str, str]]:
        raw, moment = orjson.dumps(body), str(int(self.clock.now().timestamp()))
        digest = hmac.new(secret.encode(), moment.encode() + b"." + raw, hashlib.sha256).hexdigest()
        return raw, {"issuer-signature": f"t={moment},v1={digest}"}

    async def check(self) -> None:
        """Everything balances, and every snapshot follows from the facts."""
        async with self.database.app.transaction(self.tenant) as tx:
            assert all(total == 0 for _, total in await ledger.trial_balance(tx))
            assert await ledger.sum_account(tx, "desk") == {}
            assert await rebuild_differences(tx) == []
        await self.counters_are_sound()


@pytest.fixture
async def desk(customer_database: Any) -> Any:
    made = CardDesk(customer_database)
    await made.open()
    yield made
    await made.check()
    await made.http.aclose()
