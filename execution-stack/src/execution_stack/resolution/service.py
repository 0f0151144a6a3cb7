"""Pay finalized markets, one transaction each."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import structlog

from execution_stack.accounts import service as accounts
from execution_stack.books import service as books
from execution_stack.breaks import service as breaks
from execution_stack.exchange.domain import Settlement
from execution_stack.exchange.errors import AnswerUnreadable, ExchangeUnavailable
from execution_stack.exchange.providers.contract import Exchange
from execution_stack.intents import service as intents
from execution_stack.markets import service as markets
from execution_stack.markets.domain import Market
from execution_stack.reports import service as reports
from execution_stack.reports.domain import Body, Resolution
from execution_stack.resolution import domain, store
from execution_stack.resolution.domain import Outcome, Plan, Resolved
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import Movement

REFUSALS_PER_TRANSACTION: Final = 500

_log = structlog.get_logger(__name__)


async def list_resolved(tx: Transaction) -> list[Resolved]:
    """Return the numbers of all paid markets."""
    return await store.list_resolved(tx)


class ResolutionService:
    """Pays what the exchange has finalized."""

    def __init__(self, database: Database, exchange: Exchange, clock: Clock) -> None:
        """Post to `database` what `exchange` has settled."""
        self._database = database
        self._exchange = exchange
        self._clock = clock

    async def resolve_due(self) -> int:
        """Pay every finalized market that is ready; return how many were paid.

        A market of which the exchange gives no usable account is asked for again later; the others are
        not kept waiting by it.
        """
        tenants = await accounts.list_tenants(self._database)
        paid = 0
        for market in await self._find_due(tenants):
            try:
                paid += await self._resolve(market, tenants)
            except (ExchangeUnavailable, AnswerUnreadable) as refusal:
                _log.warning("resolution.postponed", market=str(market.market_id), code=refusal.code)
        return paid

    async def _find_due(self, tenants: Sequence[UUID]) -> list[Market]:
        """Return finalized markets in which anybody ever had an intent, and which are not paid yet."""
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            finalized = await markets.list_resolved(tx)
            ids = [market.market_id for market in finalized]
            wanted = await intents.filter_wanted(tx, ids) - await store.filter_resolved(tx, ids)
        return [market for market in finalized if market.market_id in wanted]

    async def _resolve(self, market: Market, tenants: Sequence[UUID]) -> bool:
        if not await self._end_intents(market.market_id, tenants):
            return False
        settlements = await self._exchange.settlements(market.ticker)
        at = self._clock.now()
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            gross, holdings = await books.load_holdings(tx, market.market_id)
            if await store.filter_resolved(tx, [market.market_id]):
                return False
            if await intents.count_unfinished(tx, market.market_id):
                return False
            if gross.net and not settlements:
                return False  # the exchange has not paid for the net position yet
            plan = domain.plan_resolution(self._outcome(market, settlements), holdings)
            found = domain.find_break(plan, gross)
            if found is not None:
                await breaks.record(tx, [found], at)
                return False
            await self._pay(tx, plan)
        _log.info("resolution.paid", market=str(market.market_id), holders=len(plan.payouts))
        return True

    async def _end_intents(self, market_id: UUID, tenants: Sequence[UUID]) -> bool:
        """Refuse what still waits; tell whether every intent of the market has ended."""
        ended, unfinished = REFUSALS_PER_TRANSACTION, 0
        while ended == REFUSALS_PER_TRANSACTION:
            async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
                ended = await intents.refuse_waiting(
                    tx, market_id, self._clock.now(), REFUSALS_PER_TRANSACTION
                )
                unfinished = await intents.count_unfinished(tx, market_id)
        return unfinished == 0

    def _outcome(self, market: Market, settlements: Sequence[Settlement]) -> Outcome:
        invariant(market.yes_value is not None, "a resolved market has a value")
        return Outcome(
            market_id=market.market_id,
            yes_value=market.yes_value or 0,
            exchange_cash=sum(settlement.revenue for settlement in settlements),
            fee=sum(settlement.fee for settlement in settlements),
            at=self._clock.now(),
        )

    async def _pay(self, tx: Transaction, plan: Plan) -> None:
        """Post, write down, record and report one resolution."""
        outcome = plan.outcome
        assets = await books.get_assets(tx, outcome.market_id)
        movement = domain.book_resolution(plan, assets) if plan.payouts else Movement()
        await books.clear_market(tx, outcome.market_id, movement)
        await store.insert(tx, plan)
        await append(tx, [_record(plan)])
        interested = await intents.list_interested_tenants(tx, outcome.market_id)
        resolution = Resolution(outcome.market_id, outcome.yes_value)
        await reports.write_to_recipients(tx, interested, [resolution], outcome.at)
        bodies: list[tuple[UUID, Body]] = [(each.tenant_id, each.payout) for each in plan.payouts]
        bodies += [(each.tenant_id, each.fee) for each in plan.fees]
        told = [body for body in bodies if body[0] != HOUSE_TENANT]  # the house's own is nobody's report
        await reports.write(tx, told, outcome.at)


def _record(plan: Plan) -> AuditRecord:
    outcome = plan.outcome
    return AuditRecord(
        tenant_id=HOUSE_TENANT,
        kind="resolution.paid",
        body={
            "market": outcome.market_id,
            "yes_value": outcome.yes_value,
            "payouts": plan.total_payout,
            "fees": sum(each.fee.amount for each in plan.fees),
            "exchange_cash": outcome.exchange_cash,
            "pair_cash": plan.pair_cash,
        },
        at=outcome.at,
        actor="system",
    )
