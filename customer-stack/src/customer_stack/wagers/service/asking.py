"""Asking execution again for wagers that it took, after its database came back without some of them.

An intent that execution knows is answered as it was before; one that it lost comes to it as new. While
trading is halted there, as it is after such a restore, that one is refused, and its customer's money is free
again: what the exchange may have done for it is execution's break, and nobody is charged on a guess.

Guaranteed: a wager ends here only by a signed refusal of its own intent, and never when it has a fill.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from customer_stack.boundary_client.domain import Reason
from customer_stack.wagers.domain.reports import Wager
from customer_stack.wagers.domain.states import Event, State, move
from customer_stack.wagers.service.sending import Execution, TenantIds, intent_of, moved_record, release
from customer_stack.wagers.store import rows, sending
from shared import audit
from shared.clock import Clock
from shared.database import Database
from shared.ids import Ids
from shared.ledger import store as ledger

PAGE: Final = 250


@dataclass(frozen=True, slots=True)
class Asked:
    """How many wagers were asked for, and how many of those execution refuses now.

    `filled` of the refused have a fill here, so they stay as they are: somebody has to look at them.
    """

    asked: int
    refused: int
    filled: int


class AskingAgain:
    """Goes through the wagers that stand at execution, once."""

    def __init__(
        self, database: Database, execution: Execution, tenant_ids: TenantIds, clock: Clock, ids: Ids
    ) -> None:
        """Ask `execution` for the wagers of all tenants."""
        self._database = database
        self._execution = execution
        self._tenant_ids = tenant_ids
        self._clock = clock
        self._ids = ids

    async def ask_all(self, actor: str) -> Asked:
        """Ask for every submitted wager. Raises OutcomeUnknown, SignedRefusal: run it again then."""
        tenants = await self._tenant_ids()
        asked = refused = filled = 0
        after: UUID | None = None
        while True:
            async with self._database.transaction(*tenants, probes_only=True) as tx:
                page = await sending.load_submitted(tx, after, PAGE)
            if not page:
                return Asked(asked, refused, filled)
            answers = await self._execution.submit_intents(
                [intent_of(wager) for wager in page], idempotency_key=self._ids.new()
            )
            reasons = {each.intent_id: each.reason for each in answers if each.reason is not None}
            ended = await self._end(tenants, reasons, actor)
            asked, refused = asked + len(page), refused + len(ended)
            filled += len(reasons) - len(ended)
            after = page[-1].id

    async def _end(self, tenants: Sequence[UUID], reasons: dict[UUID, Reason], actor: str) -> Sequence[Wager]:
        if not reasons:
            return ()
        now = self._clock.now()
        async with self._database.transaction(*tenants, probes_only=True) as tx:
            owners = await rows.load_customers(tx, reasons)
            await ledger.lock_books(tx, set(owners.values()))
            wagers = await rows.load_wagers(tx, reasons)
            ended = [
                replace(wager, state=move(wager.state, Event.REFUSAL), refusal=reasons[wager.id])
                for wager in wagers.values()
                if wager.state is State.SUBMITTED and wager.filled_quantity == 0
            ]
            changes = [(wager.id, State.SUBMITTED, wager.state, wager.refusal) for wager in ended]
            if changes:
                await sending.set_states(tx, changes, now)
            await release(tx, ended, now)
            await audit.append(tx, [moved_record("wagers.refused", wager, now, actor) for wager in ended])
        return ended
