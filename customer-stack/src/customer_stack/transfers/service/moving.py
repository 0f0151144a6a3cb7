"""Moving money between customers: the lane's batch.

One batch is one transaction and a fixed number of statements, however many commands it carries: find who
the account codes name, lock the books of both sides in id order, read given answers, standings,
capabilities, terms, codes, debts and balances; decide each command in arrival order over running sums;
write orders, transfers, deals, audit and answers.

Guaranteed:
- a denial is recorded and answered like an acceptance, and a repeated request gets the same answer;
- commands of one batch see each other's money, debts and paid codes;
- two transfers in opposite directions never wait for each other in a ring;
- nothing moves on a session that has ended, nor on a standing read before the books were locked.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.domain import Standing as CustomerStanding
from customer_stack.ledger.domain import (
    Account,
    build_debt_clearance,
    decide_debt_clearance,
)
from customer_stack.ledger.service import advance_deals, insert_items, load_debts
from customer_stack.tenancy.domain import Capability
from customer_stack.transfers.domain import flows, gate
from customer_stack.transfers.domain.codes import make_code
from customer_stack.transfers.domain.gate import Facts, QrFacts
from customer_stack.transfers.domain.orders import FIRST_TERMS, IssuedCode, Order, OrderKind, Terms
from customer_stack.transfers.errors import SessionEnded
from customer_stack.transfers.service.commands import MoveMoney, Texts
from customer_stack.transfers.service.outcomes import (
    Decided,
    deal_steps,
    decode_answer,
    encode_answer,
    first_item,
    record_of,
)
from customer_stack.transfers.store import moving as store
from shared import audit
from shared.clock import Clock
from shared.database import Transaction
from shared.errors import Refusal, invariant
from shared.idempotency import NewAnswer, StoredAnswer, mismatch, read_answers, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import AccountKey, Balance, Movement, Transfer

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
class _Books:
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
        if order.is_single_use and order.qr_code_id is not None:
            self.issued[order.qr_code_id] = replace(self.issued[order.qr_code_id], is_paid=True)

    def debt_of(self, customer_id: UUID) -> int:
        """Return a sum that is above zero when the customer owes in any currency."""
        return sum(owed for (book_id, _), owed in self.debts.items() if book_id == customer_id)


class MoneyMoving:
    """Decides batches of transfers and QR payments. `handle` is the lane's handler."""

    def __init__(
        self,
        register: Register,
        texts: Texts,
        draw: Callable[[int], int],
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Judge by what `register` reads in the batch's transaction; `draw` returns that many random bits."""
        self._register = register
        self._texts = texts
        self._draw = draw
        self._clock = clock
        self._ids = ids

    async def handle(self, tx: Transaction, wanted: Sequence[MoveMoney]) -> list[bytes | Refusal]:
        """Answer every request: the JSON of what was sent, or a refusal."""
        holders = await store.load_holders(tx, [(want.tenant_id, want.to) for want in wanted])
        senders = {want.customer_id for want in wanted}
        await ledger.lock_books(tx, senders.union(holders.values()))
        now = self._clock.now()
        given = await read_answers(tx, [want.claim for want in wanted])
        books = await self._load(tx, wanted, holders, now)
        answers: list[bytes | Refusal] = []
        decided: list[Decided] = []
        new: list[NewAnswer] = []
        for want in wanted:
            standing = books.standings.get((want.session_id, want.customer_id))
            if standing is not None and not standing.session_valid:
                answers.append(SessionEnded())
                continue
            key = (want.claim.book_id, want.claim.key)
            earlier = given.get(key)
            if earlier is None:
                each = self._decide(want, standing, books, now)
                decided.append(each)
                earlier = given[key] = StoredAnswer(want.claim.digest, encode_answer(each))
                new.append(NewAnswer(want.tenant_id, want.claim, earlier.answer))
            answers.append(
                mismatch() if earlier.digest != want.claim.digest else decode_answer(earlier.answer)
            )
        await self._write(tx, decided, new)
        return answers

    async def _load(
        self,
        tx: Transaction,
        wanted: Sequence[MoveMoney],
        holders: Mapping[tuple[UUID, str], UUID],
        now: datetime,
    ) -> _Books:
        tenants = sorted({want.tenant_id for want in wanted})
        people = sorted({want.customer_id for want in wanted}.union(holders.values()))
        keys: list[AccountKey] = []
        for want in wanted:
            asset = flows.asset_of(want.currency)
            holder = holders.get((want.tenant_id, want.to), want.customer_id)
            keys += [(book_id, asset, Account.WALLET.value) for book_id in (want.customer_id, holder)]
        return _Books(
            holders=holders,
            standings=await self._register.load_standings(
                tx, list(dict.fromkeys((want.session_id, want.customer_id) for want in wanted)), now
            ),
            accounts=await self._register.load_accounts(tx, sorted(set(holders.values()))),
            capabilities=await self._register.load_capabilities(tx, tenants),
            terms=await store.load_terms(tx, tenants),
            issued=await store.load_issued(tx, [want.scan.code_id for want in wanted if want.scan]),
            balances=await ledger.load_balances(tx, keys),
            debts=dict(await load_debts(tx, people)),
        )

    def _decide(
        self, want: MoveMoney, standing: CustomerStanding | None, books: _Books, now: datetime
    ) -> Decided:
        order_id = self._ids.new()
        holder = books.holders.get((want.tenant_id, want.to))
        account = None if holder is None else books.accounts.get(holder)
        wallet = (want.customer_id, flows.asset_of(want.currency), Account.WALLET.value)
        reason = gate.decide(
            Facts(
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
        )
        if reason is not None or holder is None:
            return Decided(want, order_id, now, reason)
        code = None if want.scan is None else books.issued[want.scan.code_id]
        order = _build_order(want, order_id, holder, now, code)
        transfers, cleared = self._build_transfers(order, books)
        books.move(order, cleared)
        return Decided(want, order_id, now, None, order, transfers)

    def _build_transfers(self, order: Order, books: _Books) -> tuple[tuple[Transfer, ...], int]:
        """Return what the order posts, and how much of the recipient's debt it clears."""
        ids = flows.TransferIds(self._ids.new(), self._ids.new())
        halves = flows.build_transfers(order, ids)
        asset = flows.asset_of(order.currency)
        wallet = books.balances[(order.recipient_id, asset, Account.WALLET.value)]
        after = replace(wallet, posted=wallet.posted + order.amount)
        cleared = decide_debt_clearance(books.debts.get((order.recipient_id, asset), 0), after)
        if not cleared:
            return halves, 0
        clearance = build_debt_clearance(
            transfer_id=self._ids.new(),
            movement_id=order.id,
            tenant_id=order.tenant_id,
            book_id=order.recipient_id,
            asset=asset,
            amount=cleared,
            at=order.at,
        )
        return (*halves, clearance), cleared

    async def _write(self, tx: Transaction, decided: Sequence[Decided], answers: Sequence[NewAnswer]) -> None:
        if not decided:
            return
        moved = [each for each in decided if each.order is not None]
        orders = [each.order for each in moved if each.order is not None]
        if orders:
            await self._ensure_codes(tx, orders)
            await store.insert_orders(
                tx,
                [(order, self._seal(each.want, order.id)) for each, order in zip(moved, orders, strict=True)],
            )
            await ledger.post(tx, Movement(transfers=tuple(one for each in moved for one in each.transfers)))
            await advance_deals(tx, [step for order in orders for step in deal_steps(order)])
            await insert_items(tx, [first_item(order, self._ids.new()) for order in orders])
        await audit.append(tx, [record_of(each) for each in decided])
        await store_answers(tx, answers)

    async def _ensure_codes(self, tx: Transaction, orders: Sequence[Order]) -> None:
        """Give an account code to senders without one, so that recipients see from whom money came."""
        senders = {order.sender_id: order for order in orders}
        known = await store.load_codes(tx, senders)
        missing = [order for sender_id, order in senders.items() if sender_id not in known]
        if missing:
            codes = [(order.tenant_id, order.sender_id, make_code(self._draw(50))) for order in missing]
            await store.insert_codes(tx, codes, missing[0].at)

    def _seal(self, want: MoveMoney, order_id: UUID) -> bytes | None:
        return None if want.note is None else self._texts.seal_note(order_id, want.note)


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


def _build_order(
    want: MoveMoney, order_id: UUID, recipient_id: UUID, at: datetime, code: IssuedCode | None
) -> Order:
    invariant(
        (want.kind is OrderKind.QR_PAYMENT) == (code is not None), "a QR payment, and only it, has a code"
    )
    return Order(
        id=order_id,
        tenant_id=want.tenant_id,
        sender_id=want.customer_id,
        recipient_id=recipient_id,
        kind=want.kind,
        currency=want.currency,
        amount=want.amount,
        at=at,
        qr_code_id=None if code is None else code.id,
        is_single_use=None if code is None else code.is_single_use,
    )
