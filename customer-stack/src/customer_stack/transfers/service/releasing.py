"""Transfers that wait for a decision of compliance: release, deny, cancel.

A release runs what the lane would have run, over what stands now: both sides may still take part, debts of
the recipient are cleared, the money comes out of the hold. What is not possible any more ends as denied.

Guaranteed: however often and in whatever order compliance and the sender decide, a transfer ends once and
its money goes one way; a batch is a fixed number of statements, under the locks of all books it touches.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.aml.domain.events import Reversal
from customer_stack.cases.contract import HoldEnd
from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.facts.domain import CustomerFacts
from customer_stack.facts.service import load as load_facts
from customer_stack.gate.service.sitting import Gate
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import advance_deals, insert_items, load_debts
from customer_stack.tenancy.domain import Capability
from customer_stack.transfers.domain import flows
from customer_stack.transfers.domain.held import (
    HELD_KIND,
    End,
    HeldOrder,
    HeldOutcome,
    ReleaseFacts,
    Wish,
    build_release,
    build_void,
    decide_end,
    find_obstacle,
)
from customer_stack.transfers.domain.orders import Order
from customer_stack.transfers.domain.parties import may_receive, may_send
from customer_stack.transfers.errors import TransferUnknown
from customer_stack.transfers.service.batch import Register
from customer_stack.transfers.service.commands import Texts
from customer_stack.transfers.service.outcomes import first_item, last_step, record_of_end
from customer_stack.transfers.store import held as store
from customer_stack.transfers.store import moving
from shared import audit
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.ledger.domain import AccountKey, Balance, Movement, Transfer, join

_HOLD_ENDS: Final = {
    HeldOutcome.RELEASED: HoldEnd.RELEASED,
    HeldOutcome.DENIED: HoldEnd.DENIED,
    HeldOutcome.CANCELLED: HoldEnd.GONE,
}


@dataclass(slots=True)
class _Ground:
    """What a batch of releases is decided over; balances and debts are those of recipients, and run along."""

    now: datetime
    accounts: Mapping[UUID, CustomerAccount]
    facts: Mapping[UUID, CustomerFacts]
    capabilities: Mapping[UUID, frozenset[Capability]]
    balances: dict[AccountKey, Balance]
    debts: dict[tuple[UUID, int], int]

    def facts_of(self, order: Order) -> ReleaseFacts:
        """Return what an order's release depends on."""
        return ReleaseFacts(
            sender_may_send=self._may(order.sender_id, may_send),
            is_capable=Capability.TRANSFERS in self.capabilities.get(order.tenant_id, frozenset()),
            recipient_may_receive=self._may(order.recipient_id, may_receive),
            debt=sum(owed for (book_id, _), owed in self.debts.items() if book_id == order.sender_id),
        )

    def _may(self, customer_id: UUID, rule: Callable[[CustomerFacts, datetime], bool]) -> bool:
        """Tell whether somebody is active and a rule lets them; who is not known is not."""
        account, facts = self.accounts.get(customer_id), self.facts.get(customer_id)
        is_active = account is not None and account.status is Status.ACTIVE
        return is_active and facts is not None and rule(facts, self.now)


class HeldTransfers:
    """The ends of transfers that wait."""

    kind: str = HELD_KIND

    def __init__(
        self, database: Database, register: Register, gate: Gate, texts: Texts, clock: Clock, ids: Ids
    ) -> None:
        """Judge by what `register` reads; `gate` has counted what waits, and takes it back.

        `texts` seals a note anew where it comes to stand.
        """
        self._database = database
        self._register = register
        self._gate = gate
        self._texts = texts
        self._clock = clock
        self._ids = ids

    async def release(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """Make what is still possible of transfers that wait; the rest ends as denied."""
        return await self._end(tx, ids, Wish.RELEASE, actor, at)

    async def deny(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """Give the money of transfers that wait back to their senders' wallets."""
        return await self._end(tx, ids, Wish.DENY, actor, at)

    async def cancel(self, tenant_id: UUID, customer_id: UUID, transfer_id: UUID) -> None:
        """Let a sender take back a transfer that waits; once more changes nothing.

        Raises TransferUnknown, TransferEnded.
        """
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_held(tx, [transfer_id])
            if not found or found[0].order.sender_id != customer_id:
                raise TransferUnknown
            await self._end(tx, [transfer_id], Wish.CANCEL, f"customer:{customer_id}", self._clock.now())

    async def _end(
        self, tx: Transaction, ids: Sequence[UUID], wish: Wish, actor: str, at: datetime
    ) -> dict[UUID, HoldEnd]:
        """End transfers by a wish; return how each ended, now or before."""
        books = {
            book_id
            for held in await store.load_held(tx, ids)
            for book_id in (held.order.sender_id, held.order.recipient_id)
        }
        await ledger.lock_books(tx, books)
        waiting = await store.load_held(tx, ids)
        ground = await self._load(tx, [held.order for held in waiting]) if wish is Wish.RELEASE else None
        ends: list[tuple[HeldOrder, End]] = []
        made: list[tuple[Order, bytes | None]] = []
        movements: list[Movement] = []
        for held in waiting:
            obstacle = None if ground is None else find_obstacle(ground.facts_of(held.order))
            end = decide_end(held.ended, wish, obstacle)
            if end is None:
                continue
            ends.append((held, end))
            if end.outcome is HeldOutcome.RELEASED and ground is not None:
                order = replace(held.order, at=at)
                made.append((order, self._reseal(held)))
                movements.append(build_release(held, self._make(order, held.received_id, ground)))
            else:
                movements.append(build_void(held))
        if ends:
            await self._write(tx, ends, made, join(movements), actor, at)
        outcomes = {held.order.id: held.ended for held in waiting if held.ended is not None}
        outcomes |= {held.order.id: end.outcome for held, end in ends}
        return {transfer_id: _HOLD_ENDS[outcome] for transfer_id, outcome in outcomes.items()}

    def _reseal(self, held: HeldOrder) -> bytes | None:
        """Return an order's note as it is kept once the order is made. Of who was erased it is empty."""
        if not held.note_sealed:
            return None
        text = self._texts.open_held_note(held.order.id, held.note_sealed)
        return self._texts.seal_note(held.order.id, text)

    async def _load(self, tx: Transaction, orders: Sequence[Order]) -> _Ground:
        tenants = sorted({order.tenant_id for order in orders})
        people = sorted({each for order in orders for each in (order.sender_id, order.recipient_id)})
        keys = [
            (order.recipient_id, flows.asset_of(order.currency), Account.WALLET.value) for order in orders
        ]
        return _Ground(
            now=self._clock.now(),
            accounts=await self._register.load_accounts(tx, people),
            facts=await load_facts(tx, people),
            capabilities=await self._register.load_capabilities(tx, tenants),
            balances=await ledger.load_balances(tx, keys),
            debts=dict(await load_debts(tx, people)),
        )

    def _make(self, order: Order, received_id: UUID, ground: _Ground) -> tuple[Transfer, ...]:
        """Return what a released order posts, and count it for the rest of the batch."""
        asset = flows.asset_of(order.currency)
        key, owed = (order.recipient_id, asset, Account.WALLET.value), (order.recipient_id, asset)
        wallet, debt = ground.balances[key], ground.debts.get(owed, 0)
        transfers, cleared = flows.build_made(order, received_id, wallet, debt, self._ids)
        ground.balances[key] = replace(wallet, posted=wallet.posted + order.amount - cleared)
        ground.debts[owed] = debt - cleared
        return transfers

    async def _write(
        self,
        tx: Transaction,
        ends: Sequence[tuple[HeldOrder, End]],
        made: Sequence[tuple[Order, bytes | None]],
        movement: Movement,
        actor: str,
        at: datetime,
    ) -> None:
        await store.insert_ends(tx, ends, actor, at)
        if made:
            await moving.insert_orders(tx, made)
        await ledger.post(tx, movement)
        await advance_deals(tx, [last_step(held.order, end, actor, at) for held, end in ends])
        await insert_items(tx, [first_item(order, self._ids.new()) for order, _ in made])
        await self._gate.reverse(tx, self._uncount(ends, at))
        await audit.append(tx, [record_of_end(held, end, actor, at) for held, end in ends])

    def _uncount(self, ends: Sequence[tuple[HeldOrder, End]], at: datetime) -> list[Reversal]:
        """Return what takes back the events of both sides of what was not made after all."""
        return [
            Reversal(self._ids.new(), event_id, at)
            for held, end in ends
            if end.outcome is not HeldOutcome.RELEASED
            for event_id in (held.order.id, held.received_id)
        ]
