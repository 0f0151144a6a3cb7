"""Erase who is due, empty what is old, and erase again after a restore.

An erasure is one transaction under the customer's lock: the register's line first, then the key, the blind
indexes, and every field that a key of records seals. When the transaction fails, the line stands and the
person is still due: the next round does it again. The other way round a restore could bring somebody back.

Guaranteed: without a register nobody is erased; a round does a bounded number of people, with pauses, and
those who are held are passed over until the next turn.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from customer_stack.customers.domain import CustomerAccount, Status
from customer_stack.customers.service import (
    change_status,
    erase_person,
    list_ended,
    load_accounts,
    load_known,
    lock_customer,
)
from customer_stack.privacy.domain.records import Erasure, ErasureCause
from customer_stack.privacy.domain.retention import Keeping, decide, latest_begin
from customer_stack.privacy.providers.register_file import Erased, RegisterFile
from customer_stack.privacy.service.ground import Ground, is_over, load_standing, record_of
from customer_stack.privacy.store import retention as store
from customer_stack.privacy.store import sweeping
from shared import audit
from shared.database import Transaction

BATCH: Final = 50
PAGE: Final = 500
SAMPLE: Final = 20
PAUSE_SECONDS: Final = 0.02

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a replay found: lines, who was known again and is erased now, and who is not in this database."""

    lines: int
    erased_again: int
    unknown: int


class Erasing:
    """Erasures and their replay."""

    def __init__(self, ground: Ground) -> None:
        """Work on `ground`."""
        self._ground = ground
        self._after: dict[UUID, UUID | None] = {}

    async def make_register(self) -> None:
        """Make the register while nobody was erased yet: one that is missing afterwards was lost.

        Raises RegisterUnusable.
        """
        register = self._ground.register
        if register is None or register.exists():
            return
        for tenant_id in await self._ground.all_tenants():
            async with self._ground.database.transaction(tenant_id) as tx:
                if await store.list_erasures(tx, tenant_id, None, 1):
                    _log.error("privacy.register_lost")
                    return
        await register.make()

    async def erase_due(self) -> int:
        """Erase people whose time is over. Return how many, and above zero also when more wait."""
        if self._ground.register is None:
            return 0
        done = 0
        for tenant_id in await self._ground.all_tenants():
            people, has_more = await self._candidates(tenant_id)
            for customer_id in people:
                done += await self._erase_if_due(tenant_id, customer_id, self._ground.register)
                await asyncio.sleep(PAUSE_SECONDS)
            done += has_more
        return done

    async def _candidates(self, tenant_id: UUID) -> tuple[list[UUID], bool]:
        """Return whom to look at in this round: a page of those whose time is over, and early ones."""
        before = latest_begin(self._ground.clock.now(), self._ground.retention)
        async with self._ground.database.transaction(tenant_id) as tx:
            ended = await list_ended(tx, tenant_id, before, self._after.get(tenant_id), BATCH)
            early = await store.list_early(tx, tenant_id, BATCH)
        has_more = len(ended) == BATCH
        self._after[tenant_id] = ended[-1][0] if has_more else None
        return list(dict.fromkeys([*early, *(customer_id for customer_id, _ in ended)])), has_more

    async def _erase_if_due(self, tenant_id: UUID, customer_id: UUID, register: RegisterFile) -> bool:
        now = self._ground.clock.now()
        async with self._ground.database.transaction(tenant_id) as tx:
            account = await lock_customer(tx, customer_id)
            standing = await load_standing(self._ground, tx, customer_id)
            if decide(standing, self._ground.periods, now) is not Keeping.DUE:
                return False
            await register.append(Erased(tenant_id, customer_id, now))
            cause = ErasureCause.EARLY if standing.may_go_early else ErasureCause.DUE
            await self._erase(tx, account, cause, now)
        _log.info("privacy.erased", customer_id=str(customer_id), cause=cause.value)
        return True

    async def _erase(
        self, tx: Transaction, account: CustomerAccount, cause: ErasureCause, now: datetime
    ) -> bool:
        """Erase a locked customer. Return whether there was anything left to erase."""
        inventory = self._ground.inventory
        had_key = await erase_person(tx, account, self._ground.customers.subjects, now)
        if had_key:
            await sweeping.scramble_indexes(tx, inventory, account.id)
        emptied = await sweeping.empty_of_customer(tx, inventory, account.id)
        await store.insert_erasure(tx, account.tenant_id, Erasure(account.id, cause, emptied, now))
        if had_key or emptied:
            body = {"cause": cause.value, "fields_emptied": emptied}
            await audit.append(tx, [record_of(account, "erased", self._ground, "system", **body)])
        return had_key or emptied > 0

    async def empty_old(self) -> int:
        """Empty what belongs to nobody in particular and has had its time. Return how many rows."""
        tenants, now, changed = await self._ground.all_tenants(), self._ground.clock.now(), 0
        for table in self._ground.inventory.tables.values():
            if table.ages is None:
                continue
            before = latest_begin(now, table.reason.period)
            async with self._ground.database.transaction(*tenants) as tx:
                changed += await sweeping.empty_by_age(tx, table, before)
        return changed

    async def find_undone(self) -> tuple[int, list[UUID]]:
        """Return how many were erased, and who of them is known again or holds something that opens.

        Keys are looked up of all; fields, which take a question for each table, of SAMPLE of each tenant.
        """
        count, undone = 0, []
        for tenant_id in await self._ground.all_tenants():
            after: UUID | None = None
            left = SAMPLE
            while True:
                async with self._ground.database.transaction(tenant_id) as tx:
                    page = [
                        each.customer_id for each in await store.list_erasures(tx, tenant_id, after, PAGE)
                    ]
                    undone += sorted(await load_known(tx, page))
                    for customer_id in page[:left]:
                        if await sweeping.count_full(tx, self._ground.inventory, customer_id):
                            undone.append(customer_id)
                count, left = count + len(page), max(0, left - len(page))
                if len(page) < PAGE:
                    break
                after = page[-1]
        return count, undone

    async def replay(self) -> Replayed:
        """Erase again everybody who stands in the register. Raises RegisterUnusable."""
        lines = again = unknown = 0
        register = self._ground.register
        for line in () if register is None else register.read():
            lines += 1
            async with self._ground.database.transaction(line.tenant_id) as tx:
                if line.customer_id not in await load_accounts(tx, [line.customer_id]):
                    unknown += 1
                    continue
                again += await self._replay_one(tx, line)
        return Replayed(lines, again, unknown)

    async def _replay_one(self, tx: Transaction, line: Erased) -> bool:
        account, now = await lock_customer(tx, line.customer_id), self._ground.clock.now()
        if not is_over(account):
            await change_status(
                tx, account, Status.CLOSED, actor="system", now=now, event_id=self._ground.ids.new()
            )
            account = (await load_accounts(tx, [account.id]))[account.id]
        return await self._erase(tx, account, ErasureCause.REPLAYED, line.erased_at)
