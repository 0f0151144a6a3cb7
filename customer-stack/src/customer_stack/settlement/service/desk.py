"""What every use case of settlement stands on: the database, the system's key, the department's book.

Everything that decides holds the lock of the department's book, and is written down twice in its
transaction: in the audit, and as a record that the system signs.
"""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from customer_stack.settlement import store
from customer_stack.settlement.domain.instruction import Instruction, Route
from customer_stack.settlement.domain.purposes import Purposes
from customer_stack.settlement.domain.records import Act, digest_record, write_record
from customer_stack.settlement.domain.states import Settlement, State, state_at
from customer_stack.settlement.errors import SettlementNotFound
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import Ids
from shared.ledger import store as ledger
from shared.operations.system_key import SystemKey

RootDepartment = Callable[[Transaction, UUID], Awaitable[UUID]]
"""The department whose book settles for the whole tenant."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What use cases share. `route` None: no USD account is configured, and nothing can be proposed."""

    database: Database
    root_department: RootDepartment
    purposes: Purposes
    route: Route | None
    key: SystemKey
    clock: Clock
    ids: Ids

    async def load(self, tx: Transaction, settlement_id: UUID) -> Settlement:
        """Return a settlement. Raises SettlementNotFound."""
        found = await store.load_settlement(tx, settlement_id)
        if found is None:
            raise SettlementNotFound("There is no such settlement. Check the id.")
        return found

    async def lock(self, tx: Transaction, settlement_id: UUID) -> Settlement:
        """Lock the settlement's department, then read the settlement. Raises SettlementNotFound."""
        found = await self.load(tx, settlement_id)
        await ledger.lock_books(tx, [found.instruction.department_id])
        return await self.load(tx, settlement_id)

    async def expire(self, tx: Transaction, settlement: Settlement) -> bool:
        """End what was not decided or released in time; the book is locked. Tell whether it was over."""
        now = self.clock.now()
        if settlement.state is State.EXPIRED or state_at(settlement, now) is not State.EXPIRED:
            return False
        await store.insert_end(tx, settlement, State.EXPIRED, None, None, now)
        await self.record(tx, settlement.instruction, "settlement.expired", "system", {}, now)
        return True

    async def record(
        self,
        tx: Transaction,
        instruction: Instruction,
        kind: str,
        actor: str,
        body: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Write an act down: in the audit, and as the settlement's next signed record."""
        await self.audit(tx, instruction, kind, actor, body, now)
        last = await store.load_last_record(tx, instruction.id)
        number, previous = (1, None) if last is None else (last[0] + 1, last[1])
        payload = write_record(
            instruction.id, instruction.digest, number, previous, Act(kind, actor, now, body)
        )
        await store.insert_record(
            tx,
            instruction.tenant_id,
            instruction.id,
            number,
            payload,
            digest_record(payload),
            self.key.id,
            self.key.sign(payload),
        )

    async def audit(
        self,
        tx: Transaction,
        instruction: Instruction,
        kind: str,
        actor: str,
        body: Mapping[str, Any],
        now: datetime,
    ) -> None:
        """Write down what happened to a draft that was not kept."""
        data = {"settlement": str(instruction.id), "digest": instruction.digest.hex(), **body}
        await append(tx, [AuditRecord(instruction.tenant_id, kind, data, now, actor)])
