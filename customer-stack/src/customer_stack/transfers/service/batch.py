"""What a batch of transfers is decided over, and how it runs along while the batch is decided."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.domain import Standing as CustomerStanding
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import load_debts
from customer_stack.tenancy.domain import Capability
from customer_stack.transfers.domain import flows
from customer_stack.transfers.domain.gate import Facts, QrFacts
from customer_stack.transfers.domain.orders import FIRST_TERMS, IssuedCode, Order, Terms
from customer_stack.transfers.service.commands import MoveMoney
from customer_stack.transfers.store import moving as store
from shared.database import Transaction
from shared.ledger import store as ledger
from shared.ledger.domain import AccountKey, Balance

LoadStandings = Callable[
    [Transaction, Sequence[tuple[UUID, UUID]], datetime],
    Awaitable[Mapping[tuple[UUID, UUID], CustomerStanding]],
]
"""(session, customer) pairs -> what the customer register says."""

LoadAccounts = Callable[[Transaction, Sequence[UUID]], Awaitable[Mapping[UUID, CustomerAccount]]]
"""Customers -> what the customer register says of them."""

LoadCapabilities = Callable[[Transaction, Sequence[UUID]], Awaitable[Mapping[UUID, frozenset[Capability]]]]
"""Tenants -> what is switched on."""


@dataclass(frozen=True, slots=True)
class Register:
    """How the lane reads what other modules own."""

    load_standings: LoadStandings
    load_accounts: LoadAccounts
    load_capabilities: LoadCapabilities


@dataclass(slots=True)
class Books:
    """A batch's running view of its customers, their money and the codes that they pay."""

    holders: Mapping[tuple[UUID, str], UUID]
    standings: Mapping[tuple[UUID, UUID], CustomerStanding]
    accounts: Mapping[UUID, CustomerAccount]
    capabilities: Mapping[UUID, frozenset[Capability]]
    terms: Mapping[UUID, Terms]
    issued: dict[UUID, IssuedCode]
    balances: dict[AccountKey, Balance]
    debts: dict[tuple[UUID, int], int]

    def move(self, order: Order, cleared: int) -> None:
        """Count an order of this batch, and what of a debt it cleared."""
        asset = flows.asset_of(order.currency)
        for book_id, change in (
            (order.sender_id, -order.amount),
            (order.recipient_id, order.amount - cleared),
        ):
            key = (book_id, asset, Account.WALLET.value)
            balance = self.balances[key]
            self.balances[key] = replace(balance, posted=balance.posted + change)
        owed = (order.recipient_id, asset)
        self.debts[owed] = self.debts.get(owed, 0) - cleared
        self._spend_code(order)

    def hold(self, order: Order) -> None:
        """Count an order of this batch that waits."""
        key = (order.sender_id, flows.asset_of(order.currency), Account.WALLET.value)
        balance = self.balances[key]
        self.balances[key] = replace(balance, held=balance.held + order.amount)
        self._spend_code(order)

    def _spend_code(self, order: Order) -> None:
        if order.is_single_use and order.qr_code_id is not None:
            self.issued[order.qr_code_id] = replace(self.issued[order.qr_code_id], is_paid=True)

    def debt_of(self, customer_id: UUID) -> int:
        """Return a sum that is above zero when the customer owes in any currency."""
        return sum(owed for (book_id, _), owed in self.debts.items() if book_id == customer_id)


async def load_books(
    register: Register,
    tx: Transaction,
    wanted: Sequence[MoveMoney],
    holders: Mapping[tuple[UUID, str], UUID],
    now: datetime,
) -> Books:
    """Read what a batch is decided over; the books of both sides are locked."""
    tenants = sorted({want.tenant_id for want in wanted})
    people = sorted({want.customer_id for want in wanted}.union(holders.values()))
    keys: list[AccountKey] = []
    for want in wanted:
        asset = flows.asset_of(want.currency)
        holder = holders.get((want.tenant_id, want.to), want.customer_id)
        keys += [(book_id, asset, Account.WALLET.value) for book_id in (want.customer_id, holder)]
    return Books(
        holders=holders,
        standings=await register.load_standings(
            tx, list(dict.fromkeys((want.session_id, want.customer_id) for want in wanted)), now
        ),
        accounts=await register.load_accounts(tx, sorted(set(holders.values()))),
        capabilities=await register.load_capabilities(tx, tenants),
        terms=await store.load_terms(tx, tenants),
        issued=await store.load_issued(tx, [want.scan.code_id for want in wanted if want.scan]),
        balances=await ledger.load_balances(tx, keys),
        debts=dict(await load_debts(tx, people)),
    )


def facts_of(want: MoveMoney, standing: CustomerStanding | None, books: Books) -> Facts:
    """Return what our own decision depends on, as the batch stands."""
    holder = books.holders.get((want.tenant_id, want.to))
    account = None if holder is None else books.accounts.get(holder)
    wallet = (want.customer_id, flows.asset_of(want.currency), Account.WALLET.value)
    return Facts(
        amount=want.amount,
        sender_active=None if standing is None else standing.status is Status.ACTIVE,
        is_capable=Capability.TRANSFERS in books.capabilities.get(want.tenant_id, frozenset()),
        qr=_qr_facts(want, holder, books.issued),
        recipient_active=None if account is None else account.status is Status.ACTIVE,
        is_to_sender=holder == want.customer_id,
        maximum=books.terms.get(want.tenant_id, FIRST_TERMS).maximum(want.currency),
        debt=books.debt_of(want.customer_id),
        funds=books.balances[wallet].available(),
    )


def _qr_facts(want: MoveMoney, holder: UUID | None, issued: Mapping[UUID, IssuedCode]) -> QrFacts | None:
    """Compare a scanned code with the one that was issued: payload, merchant, amount."""
    if want.scan is None:
        return None
    code = issued.get(want.scan.code_id)
    if code is None or code.tenant_id != want.tenant_id:
        return QrFacts(is_issued=False, is_unaltered=False, is_paid=False)
    return QrFacts(
        is_issued=True,
        is_unaltered=code.payload_digest == want.scan.payload_digest
        and code.merchant_id == holder
        and code.amount in (None, want.amount),
        is_paid=code.is_paid,
    )
