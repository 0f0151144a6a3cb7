"""Moving money between customers: the lane's batch.

One batch is one transaction and a fixed number of statements, however many commands it carries: find who
the account codes name, lock the books of both sides in id order, read given answers, standings,
capabilities, terms, codes, debts and balances, and what the gate needs; decide each command in arrival order
over running sums, first by our own rules, then by the gate's; write orders, transfers, deals, decisions,
audit and answers.

Guaranteed:
- what the gate holds is reserved and waits; nothing of it moves before it is released;
- a denial is recorded and answered like an acceptance, and a repeated request gets the same answer;
- commands of one batch see each other's money, debts and paid codes;
- two transfers in opposite directions never wait for each other in a ring;
- nothing moves on a session that has ended, nor on a standing read before the books were locked.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from customer_stack.customers.domain import Standing as CustomerStanding
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.service.sitting import Gate, Sitting
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import advance_deals, insert_items
from customer_stack.transfers.domain import events, flows, gate, records
from customer_stack.transfers.domain.codes import make_code
from customer_stack.transfers.domain.held import HELD_KIND, HeldOrder, build_hold
from customer_stack.transfers.domain.orders import IssuedCode, Order
from customer_stack.transfers.errors import SessionEnded
from customer_stack.transfers.service.batch import Books, Register, facts_of, load_books
from customer_stack.transfers.service.commands import MoveMoney, Texts
from customer_stack.transfers.service.outcomes import (
    Decided,
    deal_steps,
    decode_answer,
    encode_answer,
    first_item,
    record_of,
)
from customer_stack.transfers.store import held as held_store
from customer_stack.transfers.store import moving as store
from shared import audit
from shared.clock import Clock
from shared.database import Transaction
from shared.errors import Refusal, invariant
from shared.idempotency import NewAnswer, StoredAnswer, mismatch, read_answers, store_answers
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import Movement, join
from shared.money import Currency


@dataclass(frozen=True, slots=True)
class _Wanted:
    """A command that is new, with the order that it would be, and what the gate is asked about it.

    Without a holder of the account code there is no order.
    """

    want: MoveMoney
    order_id: UUID
    order: Order | None
    ask: Ask | None


class MoneyMoving:
    """Decides batches of transfers and QR payments. `handle` is the lane's handler."""

    def __init__(
        self,
        register: Register,
        gate: Gate,
        texts: Texts,
        draw: Callable[[int], int],
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Judge by what `register` and `gate` read in the batch's transaction.

        `draw` returns that many random bits.
        """
        self._register = register
        self._gate = gate
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
        books = await load_books(self._register, tx, wanted, holders, now)
        fresh = self._prepare(wanted, given, books, now)
        sitting = await self._gate.open(tx, [each.ask for each in fresh.values() if each.ask], now)
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
                each = self._decide(fresh[key], standing, books, sitting, now)
                decided.append(each)
                earlier = given[key] = StoredAnswer(want.claim.digest, encode_answer(each))
                new.append(NewAnswer(want.tenant_id, want.claim, earlier.answer))
            answers.append(
                mismatch() if earlier.digest != want.claim.digest else decode_answer(earlier.answer)
            )
        if decided:
            await self._write(tx, decided, new)
            await sitting.write(tx)
        return answers

    def _prepare(
        self,
        wanted: Sequence[MoveMoney],
        given: Mapping[tuple[UUID, bytes], StoredAnswer],
        books: Books,
        now: datetime,
    ) -> dict[tuple[UUID, bytes], _Wanted]:
        """Return what is new in a batch, by claim: the first of those with one key, of live sessions."""
        fresh: dict[tuple[UUID, bytes], _Wanted] = {}
        for want in wanted:
            key = (want.claim.book_id, want.claim.key)
            standing = books.standings.get((want.session_id, want.customer_id))
            if key in given or key in fresh or (standing is not None and not standing.session_valid):
                continue
            order_id = self._ids.new()
            holder = books.holders.get((want.tenant_id, want.to))
            if holder is None:
                fresh[key] = _Wanted(want, order_id, None, None)
                continue
            order = _build_order(want, order_id, holder, now, books.issued)
            fresh[key] = _Wanted(want, order_id, order, self._ask(want, order, standing))
        return fresh

    def _ask(self, want: MoveMoney, order: Order, standing: CustomerStanding | None) -> Ask:
        device_id = None if standing is None else standing.device_id
        rate = self._gate.rate_of(order.tenant_id)
        to_other = order.recipient_id != order.sender_id
        return Ask(
            id=self._ids.new(),
            event=events.event_out(order, rate, device_id),
            lane=HELD_KIND,
            country=want.country,
            rate=None if order.currency is Currency.LKR else rate,
            incoming=events.event_in(order, self._ids.new(), rate) if to_other else None,
        )

    def _decide(
        self,
        wanted: _Wanted,
        standing: CustomerStanding | None,
        books: Books,
        sitting: Sitting,
        now: datetime,
    ) -> Decided:
        want, order, ask = wanted.want, wanted.order, wanted.ask
        facts = facts_of(want, standing, books)
        reason = gate.decide(facts)
        product = records.write(facts, reason)
        if reason is not None or order is None or ask is None:
            if ask is not None and reason is not None:
                sitting.refuse(ask, [records.reason_code(reason)], product)
            return Decided(want, wanted.order_id, now, reason)
        before = events.balance_before(order, facts.funds, self._gate.rate_of(order.tenant_id))
        ruling = sitting.decide(ask, product, {"event.balance_before": before})
        invariant(ask.incoming is not None, "who is not the recipient themself sends to another customer")
        if ruling.is_denied or ask.incoming is None:
            return Decided(want, order.id, now, ruling.reasons[0])
        if ruling.is_held:
            books.hold(order)
            note = None if want.note is None else self._texts.seal_held_note(order.id, want.note)
            held = HeldOrder(order, self._ids.new(), ask.incoming.id, note)
            return Decided(want, order.id, now, None, order, held=held)
        wallet = books.balances[(order.recipient_id, flows.asset_of(order.currency), Account.WALLET.value)]
        owed = books.debts.get((order.recipient_id, flows.asset_of(order.currency)), 0)
        transfers, cleared = flows.build_made(order, ask.incoming.id, wallet, owed, self._ids)
        books.move(order, cleared)
        return Decided(want, order.id, now, None, order, transfers)

    async def _write(self, tx: Transaction, decided: Sequence[Decided], answers: Sequence[NewAnswer]) -> None:
        made = [(each, each.order) for each in decided if each.order is not None and each.held is None]
        held = [each.held for each in decided if each.held is not None]
        orders = [order for _, order in made]
        waiting = [each.order for each in held]
        if orders or waiting:
            await self._ensure_codes(tx, [*orders, *waiting])
            await store.insert_orders(tx, [(order, self._seal(each.want, order.id)) for each, order in made])
            await held_store.insert_held(tx, held)
            transfers = Movement(transfers=tuple(one for each, _ in made for one in each.transfers))
            await ledger.post(tx, join([transfers, *(build_hold(each) for each in held)]))
            steps = [step for order in orders for step in deal_steps(order, is_held=False)]
            steps += [step for order in waiting for step in deal_steps(order, is_held=True)]
            await advance_deals(tx, steps)
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


def _build_order(
    want: MoveMoney, order_id: UUID, recipient_id: UUID, at: datetime, issued: Mapping[UUID, IssuedCode]
) -> Order:
    code = None if want.scan is None else issued.get(want.scan.code_id)
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
