"""Ask for packs, give them up, hand them out, and say to whom they were given."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.disclosures import service as disclosures
from customer_stack.disclosures.domain import Look
from customer_stack.edge.principals import StaffPrincipal
from customer_stack.evidence.domain.packs import (
    OF_ONE_PERSON,
    Delivery,
    Pack,
    Scope,
    State,
    Step,
    Wish,
    next_state,
    require_time,
)
from customer_stack.evidence.errors import (
    DeliveryUnusable,
    PackNotFound,
    PackNotInThisState,
    PacksWaiting,
    PersonalNotAllowed,
    ScopeUnknown,
)
from customer_stack.evidence.service.ground import Ground
from customer_stack.evidence.store import packs as store
from customer_stack.evidence.store import reading
from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Format
from customer_stack.exports.domain import Scope as ExportScope
from shared import audit
from shared.database import Transaction

WAITING_LIMIT: Final = 20
PERSONAL: Final = "tenant.evidence.personal"


@dataclass(frozen=True, slots=True)
class HandedOut:
    """A pack that leaves: its line in the register of exports and its bytes, part by part."""

    pack: Pack
    line: Export
    size_bytes: int
    content: AsyncIterator[bytes]


class Packs:
    """Packs, for staff."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground

    async def ask(self, staff: StaffPrincipal, wish: Wish) -> Pack:
        """Ask for a pack. Raises ScopeUnknown, TimeUnusable, PersonalNotAllowed, PacksWaiting."""
        if wish.is_personal and PERSONAL not in staff.permissions:
            raise PersonalNotAllowed(
                "You may not ask for personal data. Ask without it, or somebody who may."
            )
        needs = {source.permission for source in self._ground.sources if wish.scope in source.scopes}
        held = {each for each in needs if each is not None} & staff.permissions
        permissions = held | ({PERSONAL} if wish.is_personal else set())
        return await self.ask_as(staff.tenant_id, wish, permissions, staff.actor)

    async def ask_as(self, tenant_id: UUID, wish: Wish, permissions: set[str], actor: str) -> Pack:
        """Ask for a pack with the rows that `permissions` open. Raises as `ask`."""
        ground = self._ground
        now = ground.clock.now()
        require_time(wish, now)
        if (wish.scope is Scope.PERIOD) != (wish.scope_id is None):
            raise ScopeUnknown("A period has no id, and every other scope has one. Correct the request.")
        async with ground.database.transaction(tenant_id) as tx:
            customer_id = await self._require_scope(tx, wish)
            if await store.count_waiting(tx) >= WAITING_LIMIT:
                raise PacksWaiting("Many packs wait to be made. Ask again when some are ready.")
            pack = Pack(
                id=ground.ids.new(),
                tenant_id=tenant_id,
                wish=wish,
                customer_id=customer_id,
                permissions=tuple(sorted(permissions)),
                asked_by=actor,
                asked_at=now,
                state=State.ASKED,
                attempts=0,
                expires_at=None,
                made=None,
            )
            await store.insert(tx, pack)
            asked = ground.record_of(pack, "pack_asked", actor, personal=wish.is_personal)
            await audit.append(tx, [asked])
        return pack

    async def list_packs(
        self, staff: StaffPrincipal, scope_id: UUID | None, before: UUID | None, limit: int
    ) -> list[Pack]:
        """Return packs that this member of staff may have, newest first."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            return await store.list_packs(tx, scope_id, sorted(staff.permissions), before, limit)

    async def get(self, staff: StaffPrincipal, pack_id: UUID) -> Pack:
        """Return a pack. Raises PackNotFound."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            return _require(await store.load(tx, pack_id), staff)

    async def get_as(self, tenant_id: UUID, pack_id: UUID) -> Pack:
        """Return a pack to the operator of the machine. Raises PackNotFound."""
        async with self._ground.database.transaction(tenant_id) as tx:
            return _require(await store.load(tx, pack_id), None)

    async def list_as(self, tenant_id: UUID, limit: int = 200) -> list[Pack]:
        """Return packs to the operator of the machine, newest first."""
        every = {source.permission for source in self._ground.sources} | {PERSONAL}
        async with self._ground.database.transaction(tenant_id) as tx:
            return await store.list_packs(tx, None, sorted(each for each in every if each), None, limit)

    async def cancel(self, staff: StaffPrincipal, pack_id: UUID) -> Pack:
        """Give a pack up; what is made of it goes. Raises PackNotFound, PackNotInThisState."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            pack = _require(await store.lock(tx, pack_id), staff)
            await store.set_state(tx, pack_id, next_state(pack.state, Step.CANCEL), None)
            await store.delete_parts(tx, [pack_id])
            await audit.append(tx, [self._ground.record_of(pack, "pack_cancelled", staff.actor)])
            return _require(await store.load(tx, pack_id), staff)

    async def hand_out(self, staff: StaffPrincipal, pack_id: UUID) -> HandedOut:
        """Return a pack that is ready; that it left is registered, a look at personal data disclosed.

        Raises PackNotFound, PackNotInThisState, CustomerNotFound.
        """
        return await self.hand_out_as(staff.tenant_id, pack_id, staff.actor, staff)

    async def hand_out_as(
        self, tenant_id: UUID, pack_id: UUID, actor: str, staff: StaffPrincipal | None = None
    ) -> HandedOut:
        """Return a pack that is ready, to staff or, without, to the operator of the machine."""
        ground, now = self._ground, self._ground.clock.now()
        async with ground.database.transaction(tenant_id) as tx:
            pack = _require(await store.load(tx, pack_id), staff)
            made = pack.made
            if pack.state is not State.READY or made is None:
                raise PackNotInThisState(
                    f"The pack is {pack.state.value}. Only one that is ready is given out."
                )
            cipher = await ground.cipher_of(tx, pack)
            line = Export(
                id=ground.ids.new(),
                tenant_id=tenant_id,
                kind="evidence.pack",
                scope=ExportScope(pack.wish.scope.value, pack.wish.scope_id),
                row_count=made.row_count,
                sha256=made.sha256,
                first_at=pack.wish.first_at,
                last_at=pack.wish.last_at,
                operator=actor,
                format=Format.ZIP,
                at=now,
            )
            await exports.register(tx, line)
            if pack.wish.is_personal and staff is not None:
                look = Look(tenant_id, pack.customer_id, pack.id, staff.staff_id, "evidence.pack", now)
                await disclosures.record(tx, look)

        async def content() -> AsyncIterator[bytes]:
            number = 1
            while True:
                async with ground.database.transaction(tenant_id) as tx:
                    sealed = await store.load_part(tx, pack_id, number)
                if sealed is None:
                    return
                yield ground.open(cipher, pack, number, sealed)
                number += 1

        return HandedOut(pack, line, made.size_bytes, content())

    async def deliver(self, staff: StaffPrincipal, delivery: Delivery) -> Delivery:
        """Record that a pack was given to an authority or firm. Raises PackNotFound, DeliveryUnusable."""
        ground = self._ground
        async with ground.database.transaction(staff.tenant_id) as tx:
            pack = _require(await store.load(tx, delivery.pack_id), staff)
            made = pack.made
            if made is None or not made.made_at <= delivery.delivered_at <= delivery.recorded_at:
                raise DeliveryUnusable("A pack is delivered after it was made, and not in the future.")
            await store.insert_delivery(tx, staff.tenant_id, delivery)
            body = {
                "delivery_id": delivery.id,
                "channel": delivery.channel.value,
                "sha256": made.sha256.hex(),
            }
            await audit.append(tx, [ground.record_of(pack, "pack_delivered", staff.actor, **body)])
        return delivery

    async def list_deliveries(
        self, staff: StaffPrincipal, pack_id: UUID, before: UUID | None, limit: int
    ) -> list[Delivery]:
        """Return to whom a pack was given, newest first. Raises PackNotFound."""
        async with self._ground.database.transaction(staff.tenant_id) as tx:
            _require(await store.load(tx, pack_id), staff)
            return await store.load_deliveries(tx, pack_id, before, limit)

    async def _require_scope(self, tx: Transaction, wish: Wish) -> UUID | None:
        """Return whose data it is, if of one customer. Raises ScopeUnknown, PersonalNotAllowed."""
        customer_id = None
        if wish.scope_id is not None:
            is_there, customer_id = await reading.find_person(tx, wish.scope, wish.scope_id)
            if not is_there:
                raise ScopeUnknown(f"There is no such {wish.scope.value}. Check the id.")
        if wish.is_personal and (wish.scope not in OF_ONE_PERSON or customer_id is None):
            raise PersonalNotAllowed("A pack has personal data of one customer only. Ask for the customer's.")
        return customer_id


def _require(pack: Pack | None, staff: StaffPrincipal | None) -> Pack:
    if pack is None or (staff is not None and not set(pack.permissions) <= staff.permissions):
        raise PackNotFound("There is no such pack, or it has rows that you may not see.")
    return pack
