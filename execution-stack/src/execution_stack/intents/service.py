"""Receive, cancel, hand to windows and end intents.

The functions on a transaction are for the modules that pool and allocate; `IntentService` is what the
boundary calls. Row locks decide who has an intent: a window takes rows that nobody has, a cancel waits for
the window that has its row and then finds it pooled.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Final
from uuid import UUID

from prometheus_client import Counter as Metric

from execution_stack.accounts import service as accounts
from execution_stack.accounts.service import AccountMemory
from execution_stack.books.chart import Account
from execution_stack.books.domain import position_hold, release_holds
from execution_stack.control import service as control
from execution_stack.control.errors import NotHalted
from execution_stack.exchange.domain import Action
from execution_stack.intents import store
from execution_stack.intents.domain import (
    CancelOutcome,
    Intent,
    OpenIntents,
    PooledGroup,
    Received,
    Verdict,
    World,
    answer_cancel,
    judge,
)
from execution_stack.markets import service as markets
from execution_stack.reports import service as reports
from execution_stack.reports.domain import NotPooled, Reason
from shared.audit import AuditRecord, append
from shared.boundary.calls import VerifiedCall
from shared.boundary.nonces import consume, consuming
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import Movement
from shared.ledger.store import get_contract_assets, load_balances, load_open_holds, lock_books, post

NOBODY: Final[Mapping[UUID, int]] = MappingProxyType({})
PAGE: Final = 500

_received = Metric("bulkhead_execution_intents_total", "Intents handed over, by answer", ["answer"])


Waiting = store.Ended


async def claim_due(
    tx: Transaction,
    *,
    now: datetime,
    window_seconds: float,
    max_size: int,
    blocked_markets: Collection[UUID] = (),
    short_of: Mapping[UUID, int] = NOBODY,
) -> list[PooledGroup]:
    """Take waiting intents whose window is over; their rows stay locked until the transaction ends.

    A group is due when its oldest intent has waited for `window_seconds` or it is `max_size` large. Of
    the tenants in `short_of` only what may cost no more than they have free is taken.
    """
    return await store.claim_due(
        tx,
        now=now,
        window=timedelta(seconds=window_seconds),
        max_size=max_size,
        blocked_markets=list(blocked_markets),
        short_of=short_of,
    )


async def list_short(tx: Transaction, free: Mapping[UUID, int]) -> set[UUID]:
    """Return those of the tenants that have a waiting intent which may cost more than they have free."""
    return await store.list_short(tx, free)


async def claim_overdue(
    tx: Transaction, short_of: Mapping[UUID, int], received_until: datetime, limit: int
) -> list[Waiting]:
    """Take waiting intents that came up to a moment and may cost more than their tenant has free."""
    return await store.claim_overdue(tx, short_of, received_until, limit)


async def count_waiting(tx: Transaction) -> tuple[int, datetime | None]:
    """Return how many windows wait, and since when the oldest of them does."""
    return await store.count_waiting(tx)


async def mark_pooled(tx: Transaction, window_id: UUID, ids: Sequence[UUID]) -> None:
    """Give claimed intents to a window."""
    pooled = await store.mark_pooled(tx, window_id, ids)
    invariant(pooled == len(ids), "a window pools what it has claimed")


async def load_windows(tx: Transaction, window_ids: Sequence[UUID]) -> dict[UUID, OpenIntents]:
    """Return the intents that windows pooled, in their order of arrival."""
    return await store.load_windows(tx, window_ids)


async def refuse(tx: Transaction, refusals: Sequence[tuple[UUID, Reason]], at: datetime) -> None:
    """End waiting intents that cannot be pooled: free what they hold and report why."""
    ids, reasons = [intent_id for intent_id, _ in refusals], [reason for _, reason in refusals]
    ended = await store.end_waiting(tx, ids, reasons, at)
    invariant(len(ended) == len(refusals), "only waiting intents are refused")
    await _end(tx, ended, dict(refusals), at)


async def mark_final(tx: Transaction, finals: Sequence[tuple[UUID, int]], at: datetime) -> None:
    """End pooled intents with what was filled of each, and free what is left of their holds."""
    ids, filled = [intent_id for intent_id, _ in finals], [quantity for _, quantity in finals]
    ended = await store.mark_final(tx, ids, filled, at)
    invariant(len(ended) == len(finals), "only pooled intents become final")
    await _release_positions(tx, ended)


async def refuse_waiting(tx: Transaction, market_id: UUID, at: datetime, limit: int) -> int:
    """Refuse intents that still wait in a market that will not open again; return how many there were."""
    waiting = await store.list_waiting(tx, market_id, limit)
    await _refuse_all(tx, waiting, Reason.MARKET_NOT_OPEN, at)
    return len(waiting)


async def _refuse_all(tx: Transaction, waiting: Sequence[UUID], reason: Reason, at: datetime) -> int:
    """Refuse those of the intents that still wait; return how many did."""
    reasons = dict.fromkeys(waiting, reason)
    ended = await store.end_waiting(tx, waiting, list(reasons.values()), at)
    await _end(tx, ended, reasons, at)
    return len(ended)


async def count_unfinished(tx: Transaction, market_id: UUID) -> int:
    """Return how many intents of a market wait or are in an order that is not final."""
    return await store.count_unfinished(tx, market_id)


async def list_final(tx: Transaction, market_id: UUID) -> list[UUID]:
    """Return the intents of a market that were part of an order which has ended."""
    return await store.list_final(tx, market_id)


async def list_interested_tenants(tx: Transaction, market_id: UUID) -> list[UUID]:
    """Return the tenants that ever had an intent in a market."""
    return await store.list_interested_tenants(tx, market_id)


async def list_received(tx: Transaction, after: UUID | None, limit: int) -> list[Received]:
    """Return intents that were received, whatever became of them, in id order, one page."""
    return await store.list_received(tx, after, limit)


async def _end(
    tx: Transaction, ended: Sequence[store.Ended], reasons: dict[UUID, Reason], at: datetime
) -> None:
    """Free, record and report intents that were never pooled."""
    if not ended:
        return
    await _release_positions(tx, ended)
    by_tenant: dict[UUID, list[tuple[UUID, Reason]]] = defaultdict(list)
    for each in ended:
        by_tenant[each.tenant_id].append((each.intent_id, reasons[each.intent_id]))
    records = [
        AuditRecord(tenant_id, "intents.not_pooled", {"intents": sorted(intents)}, at, "system")
        for tenant_id, intents in sorted(by_tenant.items())
    ]
    await append(tx, records)
    bodies = [(each.tenant_id, NotPooled(each.intent_id, reasons[each.intent_id])) for each in ended]
    await reports.write(tx, bodies, at)


async def _release_positions(tx: Transaction, ended: Sequence[store.Ended]) -> None:
    sales = [each for each in ended if each.action is Action.SELL]
    if not sales:
        return
    await lock_books(tx, {each.account for each in sales})
    open_holds = await load_open_holds(tx, [(each.account, each.intent_id) for each in sales])
    await post(tx, release_holds(open_holds.values()))


class IntentService:
    """What the customer stack asks for."""

    def __init__(self, database: Database, clock: Clock) -> None:
        """Work on `database`; windows are measured by `clock`, never by the caller's time."""
        self._database = database
        self._clock = clock
        self._accounts = AccountMemory(database)

    async def submit(self, call: VerifiedCall, intents: Sequence[Intent]) -> list[Verdict]:
        """Receive intents, in order, all in one transaction; answer each."""
        at = self._clock.now()
        tenants = await self._accounts.tenants_of(call.sender, {intent.account for intent in intents})
        async with consuming(self._database, call, *sorted(set(tenants.values()))) as tx:
            assets = await _lock_sales(tx, intents, tenants)
            world = await _look_around(tx, intents, tenants, assets)
            verdicts = judge(intents, world)
            verdicts = await self._store(tx, verdicts, world, at)
            taken = [verdict.intent for verdict in verdicts if verdict.is_new and verdict.refused is None]
            await _hold_sales(tx, taken, world, assets)
            await append(tx, _records(call, verdicts, world, at))
        answers = Counter(verdict.refused or "received" for verdict in verdicts if verdict.is_new)
        for answer, count in answers.items():
            _received.labels(answer).inc(count)
        return verdicts

    async def _store(
        self, tx: Transaction, verdicts: Sequence[Verdict], world: World, at: datetime
    ) -> list[Verdict]:
        """Store what is new; an intent that somebody stored meanwhile gets the answer that stands."""
        new = [verdict for verdict in verdicts if verdict.is_new]
        if not new:
            return list(verdicts)
        inserted = await store.insert(tx, new, [world.tenants[each.intent.account] for each in new], at)
        if len(inserted) == len(new):
            return list(verdicts)
        late = [each.intent.intent_id for each in new if each.intent.intent_id not in inserted]
        known = await store.load_known(tx, late)
        answered = []
        for verdict in verdicts:
            if not verdict.is_new or verdict.intent.intent_id in inserted:
                answered.append(verdict)
                continue
            before = known.get(verdict.intent.intent_id)
            same = before is not None and before.intent == verdict.intent
            refused = before.refused if before is not None and same else Reason.CONFLICTING_INTENT
            answered.append(Verdict(verdict.intent, refused, is_new=False))
        return answered

    async def cancel(self, call: VerifiedCall, ids: Sequence[UUID]) -> list[CancelOutcome]:
        """Cancel those of the intents that still wait; answer each, in order."""
        at = self._clock.now()
        tenants = await accounts.tenants_of(self._database, call.sender)
        async with self._database.transaction(*tenants) as tx:
            await consume(tx, call)
            wanted = list(dict.fromkeys(ids))
            reasons = dict.fromkeys(wanted, Reason.CANCELLED)
            ended = await store.end_waiting(tx, wanted, list(reasons.values()), at)
            states = await store.load_states(tx, wanted)
            await _end(tx, ended, reasons, at)
        return [answer_cancel(states.get(intent_id)) for intent_id in ids]

    async def refuse_halted(self, market_id: UUID | None, operator: UUID) -> int:
        """Refuse all that waits in a halted market, or in all; return how many. Raises NotHalted.

        Page by page, so that a long queue never makes a long transaction.
        """
        tenants = await accounts.list_tenants(self._database)
        refused = 0
        while True:
            at = self._clock.now()
            async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
                halts = await control.hold_halts(tx)
                if not (halts.is_global if market_id is None else halts.stops(market_id)):
                    raise NotHalted("Only what waits in a halted market is refused. Halt it first.")
                waiting = await store.list_waiting(tx, market_id, PAGE)
                if not waiting:
                    return refused
                ended = await _refuse_all(tx, waiting, Reason.MARKET_HALTED, at)
                body = {"market": market_id, "intents": ended}
                actor = f"staff:{operator}"
                await append(tx, [AuditRecord(HOUSE_TENANT, "intents.waiting_refused", body, at, actor)])
            refused += ended


Assets = dict[tuple[UUID, str], int]


async def _lock_sales(tx: Transaction, intents: Sequence[Intent], tenants: Mapping[UUID, UUID]) -> Assets:
    """Lock the books that sales take from, before anything is read; return the assets they would sell.

    A market that nobody ever bought into has no asset, and so nothing to sell.
    """
    sales = [intent for intent in intents if intent.action is Action.SELL]
    if not sales:
        return {}
    known = [intent for intent in sales if intent.account in tenants]
    await lock_books(tx, {intent.account for intent in known})
    contracts = {(intent.market_id, str(intent.side)) for intent in known}
    held = await markets.filter_known(tx, [market_id for market_id, _ in contracts])
    return await get_contract_assets(tx, {contract for contract in contracts if contract[0] in held})


async def _look_around(
    tx: Transaction, intents: Sequence[Intent], tenants: Mapping[UUID, UUID], assets: Assets
) -> World:
    """Read what else a batch is judged by."""
    terms = await markets.load_terms(tx, {intent.market_id for intent in intents})
    # An intent that was handed over before is found when it cannot be stored again; only a sale has to be
    # known earlier, because its own hold would be missing from what it may sell.
    sells = any(intent.action is Action.SELL for intent in intents)
    known = await store.load_known(tx, [intent.intent_id for intent in intents]) if sells else {}
    keys = {
        (intent.account, intent.market_id, intent.side): (intent.account, asset, str(Account.POSITION))
        for intent in intents
        if intent.action is Action.SELL and (asset := assets.get((intent.market_id, intent.side))) is not None
    }
    balances = await load_balances(tx, keys.values()) if keys else {}
    positions = {place: balances[key].available() for place, key in keys.items()}
    halted = (await control.load_halts(tx)).stopped(terms)
    return World(tenants, terms, known, positions, halted)


async def _hold_sales(tx: Transaction, taken: Sequence[Intent], world: World, assets: Assets) -> None:
    """Reserve what received sales offer."""
    holds = tuple(
        position_hold(
            intent.intent_id,
            intent.account,
            world.tenants[intent.account],
            assets[intent.market_id, intent.side],
            intent.quantity,
        )
        for intent in taken
        if intent.action is Action.SELL
    )
    if holds:
        await post(tx, Movement(holds=holds))


def _records(
    call: VerifiedCall, verdicts: Sequence[Verdict], world: World, at: datetime
) -> list[AuditRecord]:
    """Say once per tenant which intents were received and which were refused, and why."""
    by_tenant: dict[UUID, tuple[list[UUID], list[tuple[UUID, Reason]]]] = {}
    for verdict in verdicts:
        if not verdict.is_new:
            continue
        tenant_id = world.tenants[verdict.intent.account]
        received, refused = by_tenant.setdefault(tenant_id, ([], []))
        if verdict.refused is None:
            received.append(verdict.intent.intent_id)
        else:
            refused.append((verdict.intent.intent_id, verdict.refused))
    return [
        AuditRecord(
            tenant_id=tenant_id,
            kind="intents.submitted",
            body={"call": call.idempotency_key, "received": received, "refused": refused},
            at=at,
            actor="system",
        )
        for tenant_id, (received, refused) in sorted(by_tenant.items())
    ]
