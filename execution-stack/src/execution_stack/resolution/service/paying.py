"""Pay finalized markets, and put another outcome in the place of one that was taken back.

One transaction each: the outcome before is reversed, the new one posted, and both reported, or nothing is.
What cannot be posted yet waits and is a break: cash that does not add up, a float that lacks what a reversal
takes back, a result that the exchange took back and has not replaced.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

import structlog

from execution_stack.accounts import service as accounts
from execution_stack.books import service as books
from execution_stack.breaks import service as breaks
from execution_stack.breaks.domain import Break, Kind
from execution_stack.exchange.domain import Settlement
from execution_stack.exchange.errors import AnswerUnreadable, ExchangeUnavailable
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.intents import service as intents
from execution_stack.markets import service as markets
from execution_stack.markets.domain import Market
from execution_stack.reports import service as reports
from execution_stack.reports.domain import Body, Resolution
from execution_stack.resolution import store
from execution_stack.resolution.domain.plans import Outcome, Resolved
from execution_stack.resolution.domain.revisions import (
    Identity,
    identify,
    reversals_of_outcome,
    reversals_of_trades,
)
from execution_stack.resolution.domain.voids import Void, VoidOutcome
from execution_stack.resolution.service.drafting import Draft, draft, end_waiting
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, DatabaseUnavailable, Transaction
from shared.ids import HOUSE_TENANT

REFUSALS_PER_TRANSACTION: Final = 500
NO_VALUE: Final = -1
"""What stands in a break for the value of a market that has none."""

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _Due:
    """A market whose outcome is to be posted, what stands of it, and the void that was declared for it."""

    market: Market
    before: Resolved | None
    void: Void | None

    @property
    def revision(self) -> int:
        return self.before.revision + 1 if self.before else 1


class ResolutionService:
    """Pays what the exchange has finalized, and what people have declared."""

    def __init__(self, database: Database, exchange: Exchange, clock: Clock) -> None:
        """Post to `database` what `exchange` has settled."""
        self._database = database
        self._exchange = exchange
        self._clock = clock

    async def resolve_due(self) -> int:
        """Post every outcome that is due and ready; return how many were posted.

        A market of which the exchange gives no usable account is asked for again later. One that fails in
        another way keeps the others waiting neither: the first such error is raised once all had their turn.
        """
        tenants = await accounts.list_tenants(self._database)
        posted, failed = 0, list[Exception]()
        for due in await self._find_due(tenants):
            market = str(due.market.market_id)
            try:
                posted += await self._resolve(due, tenants)
            except (ExchangeUnavailable, AnswerUnreadable) as refusal:
                _log.warning("resolution.postponed", market=market, code=refusal.code)
            except DatabaseUnavailable:
                raise  # it is away for all of them
            except Exception as error:  # noqa: BLE001 - whatever it was, the others are paid first
                _log.exception("resolution.failed", market=market)
                failed.append(error)
        if failed:
            raise failed[0]
        return posted

    async def _find_due(self, tenants: Sequence[UUID]) -> list[_Due]:
        """Return markets that were finalized, finalized otherwise than they were paid, or voided.

        Only those in which anybody ever had an intent. A market with a void that is not decided waits.
        """
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            await self._record_amended(tx)
            finalized = await store.list_due(tx)
            voids = {void.market_id: void for void in await store.list_open_voids(tx)}
            due = {market_id: before for market_id, before in finalized if market_id not in voids}
            approved = [void.market_id for void in voids.values() if void.outcome is VoidOutcome.APPROVED]
            if approved:
                standing = await store.load_standing(tx, approved)
                # Read again: one that is open still was not carried out when its market's standing was read.
                open_still = await store.list_open_voids(tx, approved)
                voids = {each.market_id: each for each in open_still if each.outcome is VoidOutcome.APPROVED}
                due |= {market_id: standing.get(market_id) for market_id in voids}
            known = await markets.load_many(tx, due)
        return [_Due(known[market_id], before, voids.get(market_id)) for market_id, before in due.items()]

    async def _record_amended(self, tx: Transaction) -> None:
        """Write down which results that were paid the exchange has taken back."""
        found = [
            Break(Kind.RESOLUTION_AMENDED, market_id, paid, _or_none(now))
            for market_id, paid, now in await store.list_amended(tx)
        ]
        if found:
            await breaks.record(tx, found, self._clock.now())

    async def _resolve(self, due: _Due, tenants: Sequence[UUID]) -> bool:
        market_id = due.market.market_id
        if not await self._end_intents(market_id, tenants):
            return False
        settlements = () if due.void else await self._exchange.settlements(due.market.ticker)
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            drafted = await draft(
                tx,
                _outcome(due, settlements, self._clock.now()),
                due.before,
                fees_returned=due.void is not None and due.void.fees_returned,
            )
            if await store.load_current(tx, market_id) != due.before:
                return False  # another worker was faster
            if await intents.count_unfinished(tx, market_id):
                return False
            if drafted.standing.net and not settlements and due.void is None:
                return False  # the exchange has not paid for the net position yet
            if drafted.found:
                await breaks.record(tx, drafted.found, self._clock.now())
                return False
            await _post(tx, drafted, due.void)
        _log.info("resolution.posted", market=str(market_id), revision=due.revision)
        return True

    async def _end_intents(self, market_id: UUID, tenants: Sequence[UUID]) -> bool:
        """Refuse what still waits; tell whether every intent of the market has ended."""
        ended, unfinished = REFUSALS_PER_TRANSACTION, 0
        while ended == REFUSALS_PER_TRANSACTION:
            async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
                ended, unfinished = await end_waiting(
                    tx, market_id, self._clock.now(), REFUSALS_PER_TRANSACTION
                )
        return unfinished == 0


def _or_none(value: int | None) -> int:
    return NO_VALUE if value is None else value


def _outcome(due: _Due, settlements: Sequence[Settlement], at: datetime) -> Outcome:
    if due.void is not None:
        return outcome_of(due.void, due.revision, at)
    return Outcome(
        market_id=due.market.market_id,
        yes_value=due.market.yes_value or 0,
        exchange_cash=sum(settlement.revenue for settlement in settlements),
        fee=sum(settlement.fee for settlement in settlements),
        at=at,
        revision=due.revision,
    )


def outcome_of(void: Void, revision: int, at: datetime) -> Outcome:
    """Return the outcome that a declared void means."""
    return Outcome(void.market_id, 0, void.returned, 0, at, void.form, revision)


async def _post(tx: Transaction, drafted: Draft, void: Void | None) -> None:
    """Post, write down, record and report one outcome, and what it takes back."""
    revision = drafted.revision
    outcome = revision.outcome
    identity = identify(revision, drafted.standing)
    await books.clear_market(tx, outcome.market_id, drafted.movement)
    await store.insert(tx, outcome, identity, void.id if void else None)
    await append(tx, [_record(drafted, identity, void)])
    interested = await intents.list_interested_tenants(tx, outcome.market_id)
    taken_back = reversals_of_outcome(revision)
    await reports.write(tx, [(each.tenant_id, each.reversal) for each in taken_back], outcome.at)
    resolution = Resolution(outcome.market_id, outcome.yes_value, outcome.basis, outcome.revision)
    await reports.write_to_recipients(tx, interested, [resolution], outcome.at)
    bodies: list[tuple[UUID, Body]] = [
        (each.tenant_id, each.reversal) for each in reversals_of_trades(revision)
    ]
    if revision.plan is not None:
        bodies += [(each.tenant_id, each.payout) for each in revision.plan.payouts]
        bodies += [(each.tenant_id, each.fee) for each in revision.plan.fees]
    told = [body for body in bodies if body[0] != HOUSE_TENANT]  # the house's own is nobody's report
    await reports.write(tx, told, outcome.at)


def _record(drafted: Draft, identity: Identity, void: Void | None) -> AuditRecord:
    revision = drafted.revision
    outcome = revision.outcome
    return AuditRecord(
        tenant_id=HOUSE_TENANT,
        kind="resolution.revised" if revision.before else "resolution.paid",
        body={
            "market": outcome.market_id,
            "revision": outcome.revision,
            "basis": outcome.basis,
            "yes_value": outcome.yes_value,
            "payouts": identity.payouts,
            "fees": identity.fees,
            "exchange_cash": outcome.exchange_cash,
            "pair_cash": identity.payouts - identity.fees - outcome.exchange_cash,
            "reversed": len(revision.undone) + len(revision.cancelled),
            "void": void.id if void else None,
        },
        at=outcome.at,
        actor="system",
    )
