"""How a relationship ends, what a person is told who asks to be erased, and what staff wishes about it.

Every act holds the customer's lock, so a hold that was proposed is seen by the erasure that comes after it.
"""

from dataclasses import dataclass
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.service import change_status, load_accounts, lock_customer
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.privacy.domain.consents import Channel
from customer_stack.privacy.domain.records import Answer, Erasure, ErasureRequest
from customer_stack.privacy.domain.retention import (
    Basis,
    Keeping,
    Outcome,
    Proposal,
    Standing,
    Wish,
    day_of,
    decide,
    due_at,
    require_decidable,
    require_proposable,
)
from customer_stack.privacy.errors import AccountNotEmpty, AccountRestricted, ProposalNotFound
from customer_stack.privacy.service.ground import Ground, has_money, load_standing, record_of
from customer_stack.privacy.store import retention as store
from shared import audit
from shared.database import Transaction


@dataclass(frozen=True, slots=True)
class PersonView:
    """How a person stands, as staff sees it."""

    account: CustomerAccount
    standing: Standing
    keeping: Keeping
    erasure: Erasure | None


class Leaving:
    """The end of relationships."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def close(self, tenant_id: UUID, customer_id: UUID, actor: str) -> CustomerAccount:
        """Close an empty account; its sessions end. Closing again is answered as the first time.

        Raises CustomerNotFound, AccountRestricted, AccountNotEmpty.
        """
        async with self._ground.database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            if account.status is Status.CLOSED:
                return account
            if account.status is Status.FROZEN:
                raise AccountRestricted("This account cannot be closed now. Ask our support.")
            if await has_money(tx, customer_id):
                raise AccountNotEmpty(
                    "Money or contracts are left, or something is under way. Take the money out first."
                )
            now = self._ground.clock.now()
            await change_status(
                tx, account, Status.CLOSED, actor=actor, now=now, event_id=self._ground.ids.new()
            )
            await audit.append(tx, [record_of(account, "account_closed", self._ground, actor)])
            return (await load_accounts(tx, [customer_id]))[customer_id]

    async def request_erasure(
        self, tenant_id: UUID, customer_id: UUID, channel: Channel, actor: str
    ) -> ErasureRequest:
        """Record that a person wants to be erased, and answer: done, or until when data must be kept.

        Raises CustomerNotFound.
        """
        ground, now = self._ground, self._ground.clock.now()
        async with ground.database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            standing = await load_standing(ground, tx, customer_id)
            keeping = decide(standing, ground.periods, now)
            until = due_at(standing.ended_at or now, ground.retention)
            request = ErasureRequest(
                id=ground.ids.new(),
                customer_id=customer_id,
                channel=channel,
                answer={Keeping.OPEN: Answer.ACCOUNT_OPEN, Keeping.ERASED: Answer.ERASED}.get(
                    keeping, Answer.RETAINED
                ),
                kept_until=None if keeping is Keeping.ERASED else day_of(until),
                taken_by=actor,
                asked_at=now,
            )
            await store.insert_request(tx, tenant_id, request)
            body = {"request_id": request.id, "answer": request.answer.value}
            await audit.append(tx, [record_of(account, "erasure_asked", ground, actor, **body)])
            return request

    async def list_requests(
        self, tenant_id: UUID, customer_id: UUID, after: UUID | None, limit: int
    ) -> list[ErasureRequest]:
        """Return a person's requests, oldest first."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await store.list_requests(tx, customer_id, after, limit)

    async def show(self, staff: StaffPrincipal, customer_id: UUID) -> PersonView:
        """Return how a person stands. Raises CustomerNotFound, DepartmentOutOfReach."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            account = await require_account(tx, staff, customer_id)
            standing = await load_standing(self._ground, tx, customer_id)
            keeping = decide(standing, self._ground.periods, self._ground.clock.now())
            return PersonView(account, standing, keeping, await store.load_erasure(tx, customer_id))

    async def propose(
        self, staff: StaffPrincipal, customer_id: UUID, wish: Wish, basis: Basis, reference: str
    ) -> Proposal:
        """Propose an early erasure, a hold, or the end of one. A hold counts from now on.

        Raises CustomerNotFound, DepartmentOutOfReach, ProposalNotPossible.
        """
        ground = self._ground
        async with ground.database.transaction(staff.tenant_id) as tx:
            await require_account(tx, staff, customer_id)
            account = await lock_customer(tx, customer_id)
            standing = await load_standing(ground, tx, customer_id)
            require_proposable(standing, wish, basis)
            proposal = Proposal(
                id=ground.ids.new(),
                customer_id=customer_id,
                number=len(standing.proposals) + 1,
                wish=wish,
                basis=basis,
                reference=reference,
                proposed_by=staff.staff_id,
                proposed_at=ground.clock.now(),
            )
            await store.insert_proposal(tx, staff.tenant_id, proposal)
            body = {"proposal_id": proposal.id, "wish": wish.value, "basis": basis.value}
            await audit.append(tx, [record_of(account, "proposed", ground, staff.actor, **body)])
            return proposal

    async def decide(self, staff: StaffPrincipal, proposal_id: UUID, outcome: Outcome) -> Proposal:
        """Approve, reject or withdraw. The same decision again is answered as the first time.

        Raises ProposalNotFound, OwnProposal, ProposalDecided, DepartmentOutOfReach.
        """
        ground, now = self._ground, self._ground.clock.now()
        async with ground.database.transaction(staff.tenant_id) as tx:
            found = await _require_proposal(tx, proposal_id)
            await require_account(tx, staff, found.customer_id)
            account = await lock_customer(tx, found.customer_id)
            found = await _require_proposal(tx, proposal_id)
            if (found.outcome, found.decided_by) == (outcome, staff.staff_id):
                return found
            standing = await load_standing(ground, tx, found.customer_id)
            require_decidable(standing, found, outcome, staff.staff_id)
            await store.insert_decision(tx, staff.tenant_id, found, outcome, staff.staff_id, now)
            body = {"proposal_id": found.id, "wish": found.wish.value}
            await audit.append(tx, [record_of(account, outcome.value, ground, staff.actor, **body)])
            return await _require_proposal(tx, proposal_id)

    async def list_proposals(
        self, staff: StaffPrincipal, *, is_open: bool | None, after: UUID | None, limit: int
    ) -> list[Proposal]:
        """Return proposals of the tenant."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            return await store.list_proposals(tx, staff.tenant_id, is_open=is_open, after=after, limit=limit)

    async def list_erasures(self, tenant_id: UUID, after: UUID | None, limit: int) -> list[Erasure]:
        """Return who was erased."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return await store.list_erasures(tx, tenant_id, after, limit)


async def require_account(tx: Transaction, staff: StaffPrincipal, customer_id: UUID) -> CustomerAccount:
    """Return a customer within reach. Raises CustomerNotFound, DepartmentOutOfReach."""
    account = (await load_accounts(tx, [customer_id])).get(customer_id)
    if account is None:
        raise CustomerNotFound("There is no such customer. Check the id.")
    staff.require_department(account.department_id)
    return account


async def _require_proposal(tx: Transaction, proposal_id: UUID) -> Proposal:
    found = await store.load_proposal(tx, proposal_id)
    if found is None:
        raise ProposalNotFound("There is no such proposal. Check the id.")
    return found
