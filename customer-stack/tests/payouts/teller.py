"""A desk that pays out: customers with money, own accounts, and a bank that answers what the test wants."""

from typing import Any
from uuid import UUID

from customer_stack.payments.suspense import Person, SuspenseService
from customer_stack.payouts.domain.answers import PayoutAnswer, PayoutOrder, PayoutState
from customer_stack.payouts.domain.payouts import PayoutStanding, Terms
from customer_stack.payouts.errors import ProviderUnavailable
from customer_stack.payouts.service import (
    Admission,
    NewAccount,
    PayoutAccounts,
    PayoutReading,
    PayoutRequests,
    PayoutSettlement,
    Refund,
    Withdrawal,
)
from customer_stack.payouts.service.compliance import Compliance
from customer_stack.payouts.service.holding import HeldPayouts
from customer_stack.tenancy import store as tenancy
from customer_stack.tenancy.domain import Capability, Department, Tenant
from customer_stack.tenancy.service import capability_off
from shared.idempotency import digest_of, key_of
from shared.ledger import store as ledger
from shared.ledger.domain import LKR

from ..payments.counter import IDS, Counter, Sealed  # noqa: TID252 - test folders are no packages

TERMS = Terms(version=0, fee=100_00, minimum_amount=500_00, maximum_amount=1_000_000_00, is_fee_returned=True)


class ScriptedBank:
    """A bank from outside: it hears orders and answers what it is told to."""

    name = "sandbox-bank"

    def __init__(self) -> None:
        self.heard: list[PayoutOrder] = []
        self.looked_up: list[UUID] = []
        self.is_down = False
        self.says = PayoutAnswer(PayoutState.PENDING)
        self.says_of: dict[UUID, PayoutAnswer] = {}

    async def send(self, order: PayoutOrder) -> PayoutAnswer:
        self.heard.append(order)
        if self.is_down:
            raise ProviderUnavailable("down")
        return self.says_of.get(order.payout_id, self.says)

    async def look_up(self, payout_id: UUID) -> PayoutAnswer:
        self.looked_up.append(payout_id)
        if self.is_down:
            raise ProviderUnavailable("down")
        return self.says


class SealedFields:
    """Encrypts each field for its row."""

    def __init__(self) -> None:
        self._sealed = Sealed()

    def seal(self, place: str, row_id: UUID, text: str) -> bytes:
        return self._sealed.seal(row_id, f"{place}|{text}")

    def open(self, place: str, row_id: UUID, sealed: bytes) -> str:
        found, _, text = self._sealed.open(row_id, sealed).partition("|")
        assert found == place
        return text

    def index(self, tenant_id: UUID, number: str) -> bytes:
        return digest_of(str(tenant_id), number.encode())


class Teller(Counter):
    """A counter that also pays out."""

    def __init__(self, database: Any) -> None:
        super().__init__(database)
        self.outside = ScriptedBank()
        self.switched_off: set[UUID] = set()
        app, sealing = database.app, SealedFields()
        self.accounts = PayoutAccounts(app, sealing, self.clock, IDS)
        compliance = Compliance(self.compliance, self.instruments, IDS)
        self.held = HeldPayouts(compliance)
        self.requests = PayoutRequests(
            app,
            sealing,
            self.payments,
            Admission(self.standings, self.require_withdrawals, compliance),
            self.clock,
            IDS,
            provider=self.outside.name,
        )
        self.settlement = PayoutSettlement(
            app, self.outside, sealing, self.tenants, compliance, self.clock, IDS
        )
        self.reading = PayoutReading(app)
        self.suspense_desk = SuspenseService(
            app, self.payments, self.standings, self.requests, self.clock, IDS
        )
        self.anna, self.bandu = Person(self.tenant, IDS.new()), Person(self.tenant, IDS.new())
        self.account = IDS.new()

    async def require_withdrawals(self, _tx: Any, tenant_id: UUID) -> None:
        if tenant_id in self.switched_off:
            raise capability_off(Capability.WITHDRAWALS)

    async def open_for_business(self, terms: Terms = TERMS) -> "Teller":
        await self.open()
        await self.payments.assign_collection(self.tenant, self.department)
        await self.accounts.set_terms(self.tenant, self.department, terms, "staff:1")
        async with self.database.app.transaction(self.tenant) as tx:
            now = self.clock.now()
            await tenancy.insert_tenant(tx, Tenant(self.tenant, "lanka", "Lanka"), now)
            root = Department(self.department, self.tenant, None, self.department, "Lanka")
            await tenancy.insert_department(tx, root, now)
            await tx.execute(
                "INSERT INTO customer_account (id, tenant_id, department_id, status, registered_at, "
                "changed_at) VALUES ($1, $2, $3, 'active', now(), now())",
                self.customer,
                self.tenant,
                self.department,
            )
        new = NewAccount(self.tenant, self.customer, "8001 2345-6789", "Nimal Perera")
        self.account = (await self.accounts.add(new)).id
        return self

    async def deposit(self, amount: str = "30000.00", reference: str = "IN1") -> None:
        quote = await self.quote(int(amount.replace(".", "")))
        await self.pay(quote.pay_reference, amount, reference)

    async def wait_with(self, amount: str = "30000.00", reference: str = "IN1") -> UUID:
        """Let LKR wait in the wallet; return the pay-in."""
        quote = await self.quote(100_00)
        await self.pay(quote.pay_reference, amount, reference)
        return (await self.standings_of())[0].pay_in.id

    def wish(self, key: str | None = None, **what: Any) -> Withdrawal:
        values = {"account_id": self.account, "quote_id": None, "amount": None, **what}
        claim = self.claim(str(sorted(what.items())), key)
        return Withdrawal(self.tenant, self.department, self.customer, claim=claim, **values)

    async def withdraw(self, usd: int = 50_000000, key: str | None = None) -> UUID:
        quote = await self.quote(usd, "withdrawal")
        return (await self.requests.withdraw(self.wish(key, quote_id=quote.id))).payout.id

    async def withdraw_lkr(self, amount: int, key: str | None = None) -> UUID:
        return (await self.requests.withdraw(self.wish(key, amount=amount))).payout.id

    async def refund(self, pay_in: UUID, key: str = "refund", customer: UUID | None = None) -> UUID:
        wish = Refund(
            self.tenant,
            pay_in,
            customer or self.customer,
            f"customer:{self.customer}",
            key_of(key),
            digest_of("refund", str(pay_in).encode()),
        )
        return (await self.requests.refund(wish)).payout.id

    async def answer(self, payout: UUID, answer: PayoutAnswer) -> PayoutStanding:
        return await self.settlement.record_answer(self.outside.name, payout, answer)

    async def set_status(self, status: str) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            await tx.execute(
                "UPDATE customer_account SET status = $2::customer_status WHERE id = $1",
                self.customer,
                status,
            )

    async def standing(self, payout: UUID) -> PayoutStanding:
        return await self.reading.get(self.tenant, self.customer, payout)

    async def wallet_lkr(self) -> tuple[int, int]:
        return (await self.balances())["wallet LKR"]

    async def books_are_sound(self) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            assert all(total == 0 for _, total in await ledger.trial_balance(tx))
            assert await ledger.sum_account(tx, "desk") == {}

    async def collection(self) -> int:
        async with self.database.app.transaction(self.tenant) as tx:
            return (await ledger.sum_account(tx, "collection")).get(LKR, 0)
