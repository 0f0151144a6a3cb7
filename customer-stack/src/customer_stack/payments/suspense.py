"""Use cases of suspense: propose to whom money goes, approve or reject it, show what lies there."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.fx.service import Standings
from customer_stack.ledger.service import read_id_cursor
from customer_stack.payments import suspense_store as store
from customer_stack.payments.debts import clear_debts
from customer_stack.payments.domain import PayIn
from customer_stack.payments.domain.suspense import (
    Decision,
    Proposal,
    SuspenseItem,
    Way,
    build_assignment,
    require_decidable,
    require_open,
    stands_already,
)
from customer_stack.payments.errors import PayInNotFound, ProposalNotFound, ReceiverUnsuitable
from customer_stack.payments.records import record_of_proposal
from customer_stack.payments.service import Payer, PaymentsService
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import Ids
from shared.ledger import store as ledger


class Returns(Protocol):
    """Who sends money back: payouts."""

    async def order_return(self, tx: Transaction, pay_in: PayIn, account: str, actor: str) -> UUID:
        """Order a payout of a pay-in to an account, in the caller's transaction. Returns the payout's id."""
        ...


@dataclass(frozen=True, slots=True)
class Person:
    """A member of staff who acts. `department_id`: the only department they reach; None: every one."""

    tenant_id: UUID
    staff_id: UUID
    department_id: UUID | None = None

    @property
    def actor(self) -> str:
        """Return who acts, as the audit says it."""
        return f"staff:{self.staff_id}"


@dataclass(frozen=True, slots=True)
class SuspensePage:
    """What lies in suspense, newest first, and where the next page begins."""

    items: tuple[SuspenseItem, ...]
    next_cursor: str | None


async def end_return(tx: Transaction, pay_in: PayIn, movement_id: UUID, clock: Clock) -> None:
    """Say that the bank sent a pay-in back, in the transaction that posts it. The book is locked."""
    item = await store.load_item(tx, pay_in.id)
    invariant(item is not None and item.proposal is not None, "a return was proposed and approved")
    if item is not None and item.proposal is not None:
        await store.insert_resolution(tx, item.proposal, movement_id, clock.now())


async def reopen(tx: Transaction, pay_in: PayIn) -> None:
    """Say that a return failed, or came back: the money is in suspense as before. The book is locked."""
    item = await store.load_item(tx, pay_in.id)
    if item is not None and item.proposal is not None:
        await store.delete_claim(tx, item.proposal.id)


class SuspenseService:
    """Money that arrived and is not anybody's yet."""

    def __init__(
        self,
        database: Database,
        payments: PaymentsService,
        standings: Standings,
        returns: Returns,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """`standings` says who may receive money; `returns` sends it back."""
        self._database = database
        self._payments = payments
        self._standings = standings
        self._returns = returns
        self._clock = clock
        self._ids = ids

    async def list_suspense(self, person: Person, limit: int, cursor: str | None) -> SuspensePage:
        """Return one page of what a person has to look at. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(person.tenant_id) as tx:
            found = await store.load_suspense(tx, person.department_id, before, limit + 1)
        page = found[:limit]
        return SuspensePage(page, str(page[-1].pay_in.id) if len(found) > limit else None)

    async def read_payer(self, person: Person, pay_in_id: UUID) -> Payer:
        """Return who paid, which the audit remembers. Raises PayInNotFound."""
        async with self._database.transaction(person.tenant_id) as tx:
            item = await _require_item(tx, pay_in_id, person)
            payer = await self._payments.read_payer(tx, item.pay_in)
            body = {"pay_in": str(pay_in_id)}
            now = self._clock.now()
            record = AuditRecord(person.tenant_id, "payments.payer_shown", body, now, person.actor)
            await append(tx, [record])
            customer_id = item.pay_in.customer_id
            look = Look(person.tenant_id, customer_id, pay_in_id, person.staff_id, "payments.payer", now)
            await disclosures.record(tx, look)
            return payer

    async def propose(self, person: Person, pay_in_id: UUID, customer_id: UUID | None) -> SuspenseItem:
        """Propose to give a pay-in to a customer, or to return it to the payer when none is named.

        What the same person proposed already and nobody decided is answered as the first time.

        Raises PayInNotFound, NotInSuspense, ProposalPending, ReceiverUnsuitable.
        """
        now = self._clock.now()
        async with self._database.transaction(person.tenant_id) as tx:
            department_id = (await _require_item(tx, pay_in_id, person)).pay_in.department_id
            await ledger.lock_books(tx, [department_id])
            item = await _require_item(tx, pay_in_id, person)
            if stands_already(item, person.staff_id, customer_id):
                return item
            require_open(item)
            await self._require_receiver(tx, customer_id)
            proposal = Proposal(
                id=self._ids.new(),
                tenant_id=person.tenant_id,
                pay_in_id=pay_in_id,
                way=Way.RETURN if customer_id is None else Way.ASSIGN,
                customer_id=customer_id,
                proposed_by=person.staff_id,
                proposed_at=now,
            )
            await store.insert_proposal(tx, proposal)
            await append(tx, [record_of_proposal(proposal, "proposed", person.actor, now)])
            return await _require_item(tx, pay_in_id, person)

    async def decide(self, person: Person, proposal_id: UUID, decision: Decision) -> SuspenseItem:
        """Approve or reject a proposal; an approval assigns the money or orders its return.

        The same decision again is answered as the first time. Raises ProposalNotFound, ProposalDecided,
        SamePerson, NotInSuspense, ReceiverUnsuitable.
        """
        async with self._database.transaction(person.tenant_id) as tx:
            proposal = await store.load_proposal(tx, proposal_id)
            if proposal is None:
                raise ProposalNotFound("There is no such proposal. Check the id.")
            pay_in = (await _require_item(tx, proposal.pay_in_id, person)).pay_in
            await ledger.lock_books(tx, {pay_in.department_id, proposal.customer_id or pay_in.department_id})
            proposal = await store.load_proposal(tx, proposal_id) or proposal
            item = await _require_item(tx, proposal.pay_in_id, person)
            if (proposal.decision, proposal.decided_by) == (decision, person.staff_id):
                return item
            require_decidable(item, proposal, decision, person.staff_id)
            now = self._clock.now()
            await store.insert_decision(tx, proposal, decision, person.staff_id, now)
            await append(tx, [record_of_proposal(proposal, decision.value, person.actor, now)])
            if decision is Decision.REJECTED:
                await store.delete_claim(tx, proposal.id)
            elif proposal.customer_id is not None:
                await self._assign(tx, item.pay_in, proposal, proposal.customer_id)
            else:
                payer = await self._payments.read_payer(tx, item.pay_in)
                await self._returns.order_return(tx, item.pay_in, payer.account, person.actor)
            return await _require_item(tx, proposal.pay_in_id, person)

    async def _assign(self, tx: Transaction, pay_in: PayIn, proposal: Proposal, customer_id: UUID) -> None:
        """Give the money to the customer; what the customer owes is paid first."""
        await self._require_receiver(tx, customer_id)
        now, movement_id = self._clock.now(), self._ids.new()
        movement = build_assignment(pay_in, customer_id, movement_id=movement_id, ids=self._ids, now=now)
        await ledger.post(tx, movement)
        await store.insert_resolution(tx, proposal, movement_id, now)
        await clear_debts(tx, pay_in.tenant_id, customer_id, movement_id=movement_id, ids=self._ids, now=now)
        await self._payments.count(tx, pay_in, customer_id)

    async def _require_receiver(self, tx: Transaction, customer_id: UUID | None) -> None:
        if customer_id is not None and not await self._standings.is_active(tx, customer_id):
            raise ReceiverUnsuitable("No active customer has this id. Check the id, or return the money.")


async def _require_item(tx: Transaction, pay_in_id: UUID, person: Person) -> SuspenseItem:
    item = await store.load_item(tx, pay_in_id)
    if item is None or person.department_id not in (None, item.pay_in.department_id):
        raise PayInNotFound("No pay-in with this id came into suspense. Look at the list of suspense.")
    return item
