"""Halt and lift; say what is halted and how large a position may be.

The functions on a transaction are for the modules that find out, close and send; `ControlService` is what
commands and the worker call. Who acts on halts holds them (`hold_halts`): a halt waits for that transaction
and then nothing that it forbids is still to come.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from execution_stack.control import store
from execution_stack.control.domain import Cause, EndedHalt, Halt, Halts
from execution_stack.control.errors import NothingToLift
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, SystemIds

HOLD_HALTS: Final = store.HOLD
"""The first statement of a transaction that then reads the halts by `load_halts` and acts on them."""

_log = structlog.get_logger(__name__)


async def load_halts(tx: Transaction) -> Halts:
    """Return what is halted."""
    return Halts(tuple(await store.load_standing(tx)))


async def hold_halts(tx: Transaction) -> Halts:
    """Return what is halted, and let nobody change it until the transaction ends.

    Call it before any row is locked: a halt waits for those who hold.
    """
    await store.lock_shared(tx)
    return await load_halts(tx)


async def lock_halts(tx: Transaction) -> None:
    """Be the only one who acts on halts until the transaction ends. Call it before any row is locked."""
    await store.lock(tx)


async def halt(
    tx: Transaction, market_id: UUID | None, cause: Cause, at: datetime, *, operator: UUID | None = None
) -> bool:
    """Halt one market, or all; False when a halt for the cause stands already.

    Without an operator it is the machine that halts. Needs the house among the tenants.
    """
    await store.lock(tx)
    new = Halt(SystemIds().new(), market_id, cause, operator, at)
    if not await store.insert_halt(tx, new):
        return False
    await append(tx, [_record("control.halted", new, at, operator)])
    if operator is None:
        _log.error("control.halted", market=str(market_id or "all"), cause=cause.value)
    return True


async def last_lift(tx: Transaction, market_id: UUID | None) -> datetime | None:
    """Return when a market (None: all) was last set free: a person has judged what happened before."""
    return await store.last_lift(tx, market_id)


async def load_limits(tx: Transaction, market_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Return market -> how many 0.01 contracts may be held net, of those with a limit of their own."""
    return await store.load_limits(tx, market_ids)


class ControlService:
    """Halts and limits for those who are outside a transaction."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Keep halts in `database`."""
        self._database = database
        self._clock = clock

    async def halt(self, market_id: UUID | None, cause: Cause, operator: UUID) -> bool:
        """Halt one market, or all, on an operator's word; False when a halt for the cause stands."""
        async with self._database.transaction(HOUSE_TENANT) as tx:
            return await halt(tx, market_id, cause, self._clock.now(), operator=operator)

    async def lift(self, market_id: UUID | None, operator: UUID, cause: Cause | None = None) -> int:
        """Lift the halts of one market, or the global ones; of one cause, or all. Return how many.

        Raises NothingToLift.
        """
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.lock(tx)
            lifted = [
                each
                for each in await store.load_standing(tx)
                if each.market_id == market_id and cause in (None, each.cause)
            ]
            if not lifted:
                raise NothingToLift("No such halt stands. List them with `execution-stack halts`.")
            await store.insert_lifts(tx, [each.halt_id for each in lifted], operator, at)
            await append(tx, [_record("control.lifted", each, at, operator) for each in lifted])
        return len(lifted)

    async def list(self, limit: int, *, only_standing: bool = False) -> Sequence[EndedHalt]:
        """Return the newest halts, with their ends."""
        async with self._database.transaction() as tx:
            return await store.list_newest(tx, limit, only_standing=only_standing)

    async def limit_position(self, market_id: UUID, contracts: int, operator: UUID) -> None:
        """Set how many 0.01 contracts may be held of a market, net, on an operator's word."""
        at = self._clock.now()
        limit_id = SystemIds().new()
        async with self._database.transaction(HOUSE_TENANT) as tx:
            await store.insert_limit(tx, limit_id, market_id, contracts, operator, at)
            body = {"limit": limit_id, "market": market_id, "contracts": contracts}
            await append(
                tx, [AuditRecord(HOUSE_TENANT, "control.position_limited", body, at, f"staff:{operator}")]
            )

    async def load(self) -> Halts:
        """Return what is halted."""
        async with self._database.transaction() as tx:
            return await load_halts(tx)


def _record(kind: str, what: Halt, at: datetime, operator: UUID | None) -> AuditRecord:
    body = {"halt": what.halt_id, "market": what.market_id, "cause": what.cause}
    actor = "system" if operator is None else f"staff:{operator}"
    return AuditRecord(HOUSE_TENANT, kind, body, at, actor)
