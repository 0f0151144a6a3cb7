"""Use cases of staff: place, propose, approve, lift, read restrictions; and what a customer is told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

from customer_stack.access.domain import Officer
from customer_stack.customers.domain import CustomerAccount, Status, require_transition
from customer_stack.customers.errors import CustomerNotFound
from customer_stack.customers.sealing import PersonCipher
from customer_stack.customers.service import load_accounts, lock_customer
from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.restrictions import store
from customer_stack.restrictions.domain import (
    Cause,
    CauseKind,
    Kind,
    Restriction,
    Step,
    Taken,
    first_step,
    take,
)
from customer_stack.restrictions.errors import RestrictionNotFound, TextMissing
from customer_stack.restrictions.service import build, load_strictest, place_locked, step_locked
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction

FROZEN_BY_STAFF: Final = "frozen_by_staff"
_TABLE: Final = "restriction_step"

CipherOf = Callable[[Transaction, UUID], Awaitable[PersonCipher]]
"""What seals and opens a person's texts. Raises CustomerNotFound, also when the person was erased."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an officer wants to place. `text`: their own words, sealed."""

    kind: Kind
    cause: Cause
    reason: str
    text: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class History:
    """A restriction with all its steps and what was written at each."""

    restriction: Restriction
    steps: tuple[tuple[Taken, str | None], ...] = field(repr=False)


class RestrictionDesk:
    """Restrictions as staff works with them."""

    def __init__(self, database: Database, cipher_of: CipherOf, clock: Clock) -> None:
        """Work on `database`."""
        self._database = database
        self._cipher_of = cipher_of
        self._clock = clock

    async def place(self, officer: Officer, customer_id: UUID, wish: Wish) -> Restriction:
        """Restrict a customer by staff or by an order. Raises CustomerNotFound, TextMissing."""
        if wish.cause.kind is CauseKind.ORDER and wish.text is None:
            raise TextMissing("Write who ordered it and under which number, in the field text.")
        async with self._database.transaction(officer.tenant_id) as tx:
            account = await self._lock(tx, officer, customer_id)
            first = first_step(officer.actor, self._clock.now())
            restriction = build(account, wish.kind, wish.cause, wish.reason, first)
            return await place_locked(tx, account, restriction, await self._seal(tx, restriction, wish.text))

    async def step(
        self, officer: Officer, place: tuple[UUID, UUID], step: Step, text: str | None
    ) -> Restriction:
        """Take a step with a restriction; `place` is the customer's id and the restriction's.

        Raises CustomerNotFound, RestrictionNotFound, StepNotPossible, SamePerson.
        """
        customer_id, restriction_id = place
        async with self._database.transaction(officer.tenant_id) as tx:
            account = await self._lock(tx, officer, customer_id)
            found = await _require(tx, customer_id, restriction_id)
            stepped = take(found, step, officer.actor, self._clock.now())
            return await step_locked(tx, account, stepped, await self._seal(tx, stepped, text))

    async def freeze(self, officer: Officer, customer_id: UUID) -> CustomerAccount:
        """Place a full restriction by staff on a verified customer, unless one stands.

        Raises CustomerNotFound, StatusConflict.
        """
        async with self._database.transaction(officer.tenant_id) as tx:
            account = await self._lock_verified(tx, officer, customer_id)
            if not await _frozen_by_staff(tx, customer_id):
                first = first_step(officer.actor, self._clock.now())
                wanted = build(account, Kind.FULL, Cause(CauseKind.STAFF), FROZEN_BY_STAFF, first)
                await place_locked(tx, account, wanted, None)
            return (await load_accounts(tx, [customer_id]))[customer_id]

    async def release(self, officer: Officer, customer_id: UUID) -> CustomerAccount:
        """Lift every full restriction by staff; what others placed still stands.

        Raises CustomerNotFound, StatusConflict.
        """
        async with self._database.transaction(officer.tenant_id) as tx:
            account = await self._lock_verified(tx, officer, customer_id)
            for restriction in await _frozen_by_staff(tx, customer_id):
                lifted = take(restriction, Step.LIFT, officer.actor, self._clock.now())
                await step_locked(tx, account, lifted, None)
            return (await load_accounts(tx, [customer_id]))[customer_id]

    async def list_of_customer(
        self, officer: Officer, customer_id: UUID, *, before: UUID | None, limit: int
    ) -> list[Restriction]:
        """Return a customer's restrictions, newest first, without words. Raises CustomerNotFound."""
        async with self._database.transaction(officer.tenant_id) as tx:
            _require_reach(officer, (await load_accounts(tx, [customer_id])).get(customer_id))
            return await store.list_of_customer(tx, customer_id, before=before, limit=limit)

    async def list_standing(self, officer: Officer, *, before: UUID | None, limit: int) -> list[Restriction]:
        """Return what stands of all customers within reach, newest first."""
        async with self._database.transaction(officer.tenant_id) as tx:
            return await store.list_standing(
                tx, officer.tenant_id, officer.department_id, before=before, limit=limit
            )

    async def read_history(self, officer: Officer, customer_id: UUID, restriction_id: UUID) -> History:
        """Return every step with what was written, which the audit remembers.

        Raises CustomerNotFound, RestrictionNotFound.
        """
        async with self._database.transaction(officer.tenant_id) as tx:
            _require_reach(officer, (await load_accounts(tx, [customer_id])).get(customer_id))
            restriction = await _require(tx, customer_id, restriction_id)
            steps = await store.load_steps(tx, restriction_id)
            cipher = None
            if any(sealed is not None for _, sealed in steps):
                cipher = await self._cipher_of(tx, customer_id)
            body = {"restriction": restriction_id, "customer_id": customer_id}
            now = self._clock.now()
            await append(
                tx, [AuditRecord(officer.tenant_id, "restrictions.reasons_shown", body, now, officer.actor)]
            )
            look = Look(
                officer.tenant_id,
                customer_id,
                restriction_id,
                officer.staff_id,
                "restrictions.reasons",
                now,
            )
            await disclosures.record(tx, look)
        return History(
            restriction,
            tuple(
                (
                    taken,
                    None
                    if sealed is None or cipher is None
                    else cipher.open(_place(restriction_id, taken), sealed),
                )
                for taken, sealed in steps
            ),
        )

    async def is_restricted(self, tenant_id: UUID, customer_id: UUID) -> bool:
        """Tell a customer whether anything is restricted; never what or why."""
        async with self._database.transaction(tenant_id) as tx:
            return await load_strictest(tx, customer_id) is not None

    async def _lock(self, tx: Transaction, officer: Officer, customer_id: UUID) -> CustomerAccount:
        account = await lock_customer(tx, customer_id)
        _require_reach(officer, account)
        return account

    async def _lock_verified(self, tx: Transaction, officer: Officer, customer_id: UUID) -> CustomerAccount:
        account = await self._lock(tx, officer, customer_id)
        if account.status is not Status.FROZEN:
            require_transition(account.status, Status.FROZEN)
        return account

    async def _seal(self, tx: Transaction, restriction: Restriction, text: str | None) -> bytes | None:
        if text is None:
            return None
        cipher = await self._cipher_of(tx, restriction.customer_id)
        return cipher.seal(_place(restriction.id, restriction.last), text)


async def _frozen_by_staff(tx: Transaction, customer_id: UUID) -> list[Restriction]:
    found = await store.load_standing(tx, customer_id)
    return [each for each in found if each.kind is Kind.FULL and each.cause.kind is CauseKind.STAFF]


async def _require(tx: Transaction, customer_id: UUID, restriction_id: UUID) -> Restriction:
    found = await store.load_one(tx, restriction_id)
    if found is None or found.customer_id != customer_id:
        raise RestrictionNotFound("There is no such restriction. Look at the customer's restrictions.")
    return found


def _require_reach(officer: Officer, account: CustomerAccount | None) -> None:
    if account is None or officer.department_id not in (None, account.department_id):
        raise CustomerNotFound("There is no such customer. Check the id.")


def _place(restriction_id: UUID, taken: Taken) -> tuple[str, str, UUID]:
    """Return where a text is sealed: the column is of one step, so that none can be moved to another."""
    return _TABLE, f"text_sealed.{taken.number}", restriction_id
