"""Payouts that wait for a decision of compliance: release and deny.

Guaranteed: a payout's waiting ends once, however often it is decided; no provider hears of one before its
release; a release of what may not be paid any more ends as denied, and the money is the customer's again;
after a restore none ends unsent before a person has compared with the bank, which may have paid it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.contract import HoldEnd
from customer_stack.customers.service import load_accounts
from customer_stack.facts.service import load as load_facts
from customer_stack.ledger.service import advance_deals
from customer_stack.payouts import records
from customer_stack.payouts.domain.held import HELD_KIND, Receiver, Wish, decide_end, may_be_paid
from customer_stack.payouts.domain.payouts import HeldOutcome, Outcome, Payout, build_end
from customer_stack.payouts.service.compliance import Compliance
from customer_stack.payouts.store import orders as store
from shared import outflow
from shared.audit import append
from shared.database import Transaction
from shared.ledger import store as ledger
from shared.ledger.domain import join

_HOLD_ENDS: Final = {
    HeldOutcome.RELEASED: HoldEnd.RELEASED,
    HeldOutcome.DENIED: HoldEnd.DENIED,
    HeldOutcome.CANCELLED: HoldEnd.GONE,
}
_OUTCOMES: Final = {HeldOutcome.DENIED: Outcome.DENIED, HeldOutcome.CANCELLED: Outcome.CANCELLED}


async def end_held(
    tx: Transaction,
    payout_ids: Sequence[UUID],
    wish: Wish,
    actor: str,
    at: datetime,
    compliance: Compliance,
) -> dict[UUID, HeldOutcome]:
    """End the waiting of payouts by a wish, and return how each ended, now or before.

    Locks their books; a fixed number of statements. Raises OutflowHeld.
    """
    await ledger.lock_books(tx, {each.payout.book_id for each in await store.load_standings(tx, payout_ids)})
    standings = await store.load_standings(tx, payout_ids)
    owners = sorted({each.payout.book_id for each in standings})
    accounts, facts = await load_accounts(tx, owners), await load_facts(tx, owners)
    ends: list[tuple[Payout, HeldOutcome]] = []
    ended: dict[UUID, HeldOutcome] = {}
    for standing in standings:
        payout = standing.payout
        account = accounts.get(payout.book_id)
        receiver = Receiver(None if account is None else account.status, facts.get(payout.book_id))
        payable = may_be_paid(payout.purpose, receiver)
        outcome = decide_end(is_held=standing.is_held, wish=wish, is_payable=payable)
        if outcome is not None:
            ends.append((payout, outcome))
            ended[payout.id] = outcome
        elif standing.held_end is not None:
            ended[payout.id] = standing.held_end
    unsent = [payout for payout, outcome in ends if outcome in _OUTCOMES]
    if unsent:
        await outflow.require_unsent(tx, min(payout.requested_at for payout in unsent))
    if ends:
        await _write(tx, ends, actor, at)
        await compliance.uncount(tx, unsent, at)
    return ended


async def _write(
    tx: Transaction, ends: Sequence[tuple[Payout, HeldOutcome]], actor: str, at: datetime
) -> None:
    await store.insert_held_ends(tx, ends, actor, at)
    released = [payout for payout, outcome in ends if outcome is HeldOutcome.RELEASED]
    if released:
        await store.insert_tasks(tx, released, at)
    unsent = [(payout, _OUTCOMES[outcome]) for payout, outcome in ends if outcome in _OUTCOMES]
    if unsent:
        await ledger.post(tx, join([build_end(payout, is_paid=False) for payout, _ in unsent]))
        await store.insert_unsent(tx, unsent, actor, at)
        await advance_deals(tx, [records.step_of_failure(payout, actor, at) for payout, _ in unsent])
    await append(tx, [records.record_of(payout, outcome.value, actor, at) for payout, outcome in ends])


class HeldPayouts:
    """What compliance decides about payouts that wait."""

    kind: str = HELD_KIND

    def __init__(self, compliance: Compliance) -> None:
        """`compliance` has counted what waits, and takes it back."""
        self._compliance = compliance

    async def release(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """Have payouts sent that may still be paid; deny the others. Raises OutflowHeld."""
        return await self._end(tx, ids, Wish.RELEASE, actor, at)

    async def deny(
        self, tx: Transaction, ids: Sequence[UUID], actor: str, at: datetime
    ) -> Mapping[UUID, HoldEnd]:
        """Give the money of payouts that wait back to the wallets. Raises OutflowHeld."""
        return await self._end(tx, ids, Wish.DENY, actor, at)

    async def _end(
        self, tx: Transaction, ids: Sequence[UUID], wish: Wish, actor: str, at: datetime
    ) -> dict[UUID, HoldEnd]:
        ended = await end_held(tx, ids, wish, actor, at, self._compliance)
        return {payout_id: _HOLD_ENDS[outcome] for payout_id, outcome in ended.items()}
