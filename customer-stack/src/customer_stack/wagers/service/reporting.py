"""Applying reports: one page, one transaction, with the cursor that says how far was read.

Guaranteed:
- a report takes effect once: the cursor moves in the transaction of the effect, and the ids of what is
  posted follow from the report;
- whatever is wrong with one account's reports stops that account alone;
- what it parked takes effect later as it would have then: each report meets the outcome of its own time.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol
from uuid import UUID

import structlog

from customer_stack.boundary_client.domain import (
    FillShare,
    NotPooled,
    Payout,
    Report,
    Resolution,
    Reversal,
    SettlementFee,
    Side,
)
from customer_stack.boundary_client.domain import Final as FinalReport
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.domain.rates import to_lkr_cents
from customer_stack.gate.service.sitting import Gate
from customer_stack.ledger.domain import Account
from customer_stack.ledger.service import load_debts, load_transfers
from customer_stack.markets import service as markets
from customer_stack.protection import service as protection
from customer_stack.wagers.domain.monitoring import came_in, taken_back, unused
from customer_stack.wagers.domain.page import Applied, Changes, Owner, World, account_of, fold
from customer_stack.wagers.domain.reversing import History, Told, transfer_ids
from customer_stack.wagers.domain.trail import is_of_a_wager, page_records
from customer_stack.wagers.errors import FeedNotStopped
from customer_stack.wagers.service.pressure import show_page
from customer_stack.wagers.service.sending import HELD_KIND, TenantIds
from customer_stack.wagers.store import reading, reporting
from customer_stack.wagers.store.report_rows import ReportRow, to_row
from customer_stack.wagers.store.reporting import BreakRow
from customer_stack.wagers.store.rows import load_wagers
from shared import audit
from shared.audit import AuditRecord
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.errors import InvariantViolated
from shared.ids import HOUSE_TENANT, Ids
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Transfer
from shared.operations import tracing

PAGE: Final = 400
"""Reports that one transaction applies. It holds the books of all their customers, for whose next wagers a
lane waits 0.3 s at most: so a page is large enough to share its costs, and no larger."""
PARKED_LIMIT: Final = 100_000
WAIT_MS: Final = 2000
_OF_ACCOUNTS: Final = FillShare | Payout | SettlementFee | Reversal
_OF_WAGERS: Final = FillShare | FinalReport | NotPooled
_PAYING: Final = Payout | SettlementFee | Reversal

_log = structlog.get_logger(__name__)


class ReportSource(Protocol):
    """What applying asks of the execution stack."""

    async def fetch_reports(
        self, after_sequence: int, *, limit: int = PAGE, wait_ms: int = 0
    ) -> tuple[Report, ...]:
        """Return the reports after a sequence number."""
        ...


class ReportApplication:
    """Fetches reports and applies them."""

    def __init__(
        self,
        database: Database,
        source: ReportSource,
        tenant_ids: TenantIds,
        gate: Gate,
        clock: Clock,
        ids: Ids,
    ) -> None:
        """Apply what `source` reports to the books of all tenants that `tenant_ids` names.

        What reports bring always posts; `gate` counts it, and judges it after.
        """
        self._database = database
        self._source = source
        self._tenant_ids = tenant_ids
        self._gate = gate
        self._clock = clock
        self._ids = ids

    async def fetch(self) -> int:
        """Wait for reports and apply them; returns how many. Raises OutcomeUnknown."""
        async with self._database.transaction() as tx:
            cursor = await reading.load_cursor(tx)
        page = await self._source.fetch_reports(cursor, limit=PAGE, wait_ms=WAIT_MS)
        if page:
            with tracing.working(tracing.begin("reports.apply")):
                tracing.about(each.intent_id for each in page if isinstance(each, _OF_WAGERS))
                await self.apply(page)
        show_page(page, cursor, self._clock.now(), is_last=len(page) < PAGE)
        return len(page)

    async def apply(self, page: tuple[Report, ...]) -> bool:
        """Apply a page; False when another process has applied it before."""
        tenants = await self._tenant_ids()
        async with self._database.transaction(HOUSE_TENANT, *tenants, probes_only=True) as tx:
            if await reporting.lock_cursor(tx) != page[0].sequence - 1:
                return False
            world = await self._load_world(tx, page)
            rows = [_row(report, world) for report in page]
            changes = fold(page, world)
            now = self._clock.now()
            await reporting.insert_reports(tx, rows, now)
            await self._write(tx, changes, now)
            await reporting.move_cursor(tx, page[-1].sequence, now)
        return True

    async def resume(self, tenant_id: UUID, account_id: UUID, actor: str) -> int:
        """Lift an account's stop and apply what was parked, after a person has cleared the break.

        Returns how many reports took effect; one that still contradicts our books stops the account
        again. Raises FeedNotStopped.
        """
        tenants = await self._tenant_ids()
        async with self._database.transaction(HOUSE_TENANT, *tenants, probes_only=True) as tx:
            await reporting.lock_cursor(tx)
            since = await reporting.delete_stop(tx, tenant_id, account_id)
            if since is None:
                raise FeedNotStopped
            page = tuple(await reporting.load_parked(tx, account_id, since, PARKED_LIMIT))
            world = await self._load_world(tx, page)
            # An outcome that was amended meanwhile is not the one that the parked payouts followed.
            world.ends = await reporting.load_ends(tx, world.outcomes)
            world.outcomes.clear()
            changes = fold(page, world)
            now = self._clock.now()
            body = {"account_id": account_id, "since_sequence": since, "applied": len(changes.applied)}
            await audit.append(tx, [AuditRecord(tenant_id, "wagers.feed_resumed", body, now, actor)])
            await self._write(tx, changes, now)
            return len(changes.applied)

    async def _load_world(self, tx: Transaction, page: Sequence[Report]) -> World:
        """Load everything that a page touches, under the locks of its customers' books."""
        told = await self._load_told(tx, page)
        named = [*page, *(each.report for each in told.values())]
        wager_ids = {r.intent_id for r in named if isinstance(r, FillShare | FinalReport | NotPooled)}
        account_ids = {r.account_id for r in page if isinstance(r, _OF_ACCOUNTS)}
        market_ids = {r.market_id for r in page if isinstance(r, _OF_ACCOUNTS | Resolution)}
        owners = await reporting.load_owners(tx, account_ids, wager_ids)
        customers = {owner.customer_id for owner in owners.values()}
        await ledger.lock_books(tx, customers)
        wagers = await load_wagers(tx, wager_ids)
        contracts = await ledger.get_contract_assets(
            tx, [(market_id, side.value) for market_id in market_ids for side in Side]
        )
        paid_out = {
            (owners[r.account_id].customer_id, r.market_id, r.side): contracts[r.market_id, r.side.value]
            for r in page
            if isinstance(r, Payout | Reversal) and r.account_id in owners and r.side is not None
        }
        positions = {key: (key[0], asset, Account.POSITION.value) for key, asset in paid_out.items()}
        wallets = {customer_id: (customer_id, USD, Account.WALLET.value) for customer_id in customers}
        balances = await ledger.load_balances(tx, [*wallets.values(), *positions.values()])
        charged = [(r.account_id, r.market_id) for r in page if isinstance(r, SettlementFee | Reversal)]
        return World(
            wagers=wagers,
            owners=owners,
            assets={(market_id, Side(side)): asset for (market_id, side), asset in contracts.items()},
            positions=await reporting.load_positions(tx, customers, market_ids),
            wallets={customer_id: balances[key].available() for customer_id, key in wallets.items()},
            outcomes=await markets.load_resolutions(tx, market_ids),
            stopped=await reporting.load_stopped(tx, {*owners, *account_ids}),
            held={place: balances[key].held for place, key in positions.items()},
            paid=await reporting.load_paid(tx, charged) if charged else {},
            debts=await _load_debts(tx, customers) if any(isinstance(r, _PAYING) for r in page) else {},
            history=await _load_history(tx, page, told, owners),
        )

    async def _load_told(self, tx: Transaction, page: Sequence[Report]) -> dict[int, Told]:
        """Load the reports that the page's reversals name, those of the page itself as not yet applied."""
        names = {r.reverses for r in page if isinstance(r, Reversal)}
        if not names:
            return {}
        here = {r.sequence: Told(r) for r in page if r.sequence in names}
        return here | await reporting.load_told(tx, names - here.keys())

    async def _write(self, tx: Transaction, changes: Changes, now: datetime) -> None:
        """Write what the fold changed: a fixed number of statements, whatever the page's size."""
        await ledger.post(tx, changes.movement)
        if changes.wagers:
            await reporting.update_wagers(tx, list(changes.wagers.values()), now)
        if changes.positions:
            tenant_of = {
                each.owner.customer_id: each.owner.tenant_id for each in changes.applied if each.owner
            }
            await reporting.upsert_positions(tx, changes.positions, tenant_of)
        await protection.change(tx, changes.counted)
        await self._monitor(tx, changes, now)
        await markets.record_resolutions(tx, changes.resolutions)
        if changes.applied:
            applied = [(_tenant(each.owner), each.report.sequence) for each in changes.applied]
            await reporting.insert_applied(tx, applied, now)
        breaks = [
            BreakRow(
                self._ids.new(),
                _tenant(found.owner),
                found.report.sequence,
                found.account_id,
                getattr(found.report, "intent_id", None),
                found.fault,
            )
            for found in changes.breaks
        ]
        await reporting.insert_breaks(tx, breaks, now)
        stops = [found for found in breaks if found.account_id is not None]
        if stops:
            await reporting.insert_stops(tx, stops)
        for found in breaks:
            _log.error("wagers.report_contradicts", fault=found.fault, sequence=found.sequence)
        records = page_records(changes.applied, now)
        records += [_applied_record(each, now) for each in changes.applied if not is_of_a_wager(each)]
        records += [_break_record(found, now) for found in breaks]
        await audit.append(tx, records)

    async def _monitor(self, tx: Transaction, changes: Changes, now: datetime) -> None:
        """Let AML count what came in, and take out what was not used or was taken back."""
        asks = []
        for event, micro_dollars in came_in(changes.applied, now):
            rate = self._gate.rate_of(event.tenant_id)
            counted = replace(event, amount=to_lkr_cents(micro_dollars, rate))
            asks.append(Ask(event.id, counted, HELD_KIND, rate=rate))
        await self._gate.observe(tx, asks, now)
        await self._gate.reverse(tx, [*unused(changes.ended, now), *taken_back(changes.applied, now)])


async def _load_debts(tx: Transaction, customers: set[UUID]) -> dict[UUID, int]:
    """Return what customers owe us in USD."""
    debts = await load_debts(tx, sorted(customers))
    return {customer_id: owed for (customer_id, asset), owed in debts.items() if asset == USD}


async def _load_history(
    tx: Transaction, page: Sequence[Report], told: Mapping[int, Told], owners: Mapping[UUID, Owner]
) -> History:
    """Load what the reports that are taken back had posted, and the moves of the positions they moved."""
    reversals = [r for r in page if isinstance(r, Reversal) and r.account_id in owners]
    if not reversals:
        return History(dict(told))
    ids: dict[UUID, int] = {}
    for each in reversals:
        customer_id = owners[each.account_id].customer_id
        ids |= dict.fromkeys(transfer_ids(customer_id, each.reverses), each.reverses)
    posted: dict[int, list[Transfer]] = defaultdict(list)
    for transfer in await load_transfers(tx, ids):
        posted[ids[transfer.id]].append(transfer)
    moves = await reporting.load_moves(tx, {(r.account_id, r.market_id) for r in reversals})
    touched = {
        (owners[r.account_id].customer_id, r.market_id, r.side) for r in reversals if r.side is not None
    }
    return History(
        {number: replace(each, transfers=tuple(posted[number])) for number, each in told.items()},
        {key: moves.get(key, []) for key in touched},
    )


def _row(report: Report, world: World) -> ReportRow:
    account_id = account_of(report, world)
    filled: Report | None = report
    if isinstance(report, Reversal):
        told = world.history.told.get(report.reverses)
        filled = told.report if told else None
    wager = world.wagers.get(filled.intent_id) if isinstance(filled, FillShare) else None
    return to_row(report, account_id, world.owners.get(account_id) if account_id else None, wager)


def _tenant(owner: Owner | None) -> UUID:
    return owner.tenant_id if owner else HOUSE_TENANT


def _applied_record(applied: Applied, now: datetime) -> AuditRecord:
    kind, body = _describe(applied.report)
    body["sequence"] = applied.report.sequence
    return AuditRecord(_tenant(applied.owner), kind, body, now, "system")


def _describe(report: Report) -> tuple[str, dict[str, object]]:
    """Describe a report that is recorded by itself; those of wagers are recorded by page."""
    match report:
        case Resolution():
            return "wagers.market_resolved", {
                "market_id": report.market_id,
                "yes_value": report.yes_value,
                "basis": report.basis.value,
                "revision": report.revision,
            }
        case Reversal():
            return "wagers.reversal_applied", {
                "reverses": report.reverses,
                "account_id": report.account_id,
                "market_id": report.market_id,
                "quantity": report.quantity,
                "amount": report.amount,
                "fee": report.fee,
            }
        case Payout():
            return "wagers.payout_applied", {
                "account_id": report.account_id,
                "market_id": report.market_id,
                "side": report.side.value,
                "quantity": report.quantity,
                "amount": report.amount,
            }
        case SettlementFee():
            return "wagers.settlement_fee_applied", {
                "account_id": report.account_id,
                "market_id": report.market_id,
                "amount": report.amount,
            }
        case FillShare() | FinalReport() | NotPooled():
            raise InvariantViolated("reports of wagers are recorded by page")


def _break_record(found: BreakRow, now: datetime) -> AuditRecord:
    body = {"sequence": found.sequence, "account_id": found.account_id, "fault": found.fault.value}
    return AuditRecord(found.tenant_id, "wagers.break_found", body, now, "system")
