"""Use cases of the rebuild: check everything, and repair what is only a snapshot or a counter."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from customer_stack.fx.service import recompute as fx
from customer_stack.protection import service as protection
from customer_stack.rebuild.counts import compare_counts, recompute_counts
from customer_stack.rebuild.domain import COUNTS, CheckName, Finding, Report, differing, to_findings
from customer_stack.rebuild.errors import TenantUnknown
from customer_stack.tenancy.service import TenancyService
from customer_stack.wagers.domain.amounts import PositionCost
from customer_stack.wagers.domain.recompute import Filled
from customer_stack.wagers.service import reading as wagers_reading
from customer_stack.wagers.service import recompute as wagers
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database, Transaction
from shared.ids import HOUSE_TENANT, Ids
from shared.ledger import rebuild as kernel
from shared.ledger import store as ledger
from shared.ledger.domain import Difference

ACTOR: Final = "system"
OWNER: Final = "owner"
EMPTY: Final = PositionCost()

Pairs = Mapping[Any, tuple[Any, Any]]


@dataclass(slots=True)
class _Tenant:
    """What differs in one tenant, by check, with how many lines were compared."""

    found: dict[CheckName, Pairs] = field(default_factory=dict)
    compared: dict[CheckName, int] = field(default_factory=dict)

    def compare(
        self, check: CheckName, stands: Mapping[Any, Any], should: Mapping[Any, Any], nothing: Any
    ) -> None:
        self.found[check] = differing(stands, should, nothing)
        self.compared[check] = len(stands.keys() | should.keys())


class LedgerRebuild:
    """Checks and repairs on a connection of the owner or of the auditor, who see every tenant."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Read, and for a repair write, through `database`: `shared.ledger.rebuild.open_database`."""
        self._database = database
        self._tenancy = TenancyService(database, clock, ids)
        self._clock = clock
        self._ids = ids

    async def check(self, tenant_id: UUID | None, limit: int) -> Report:
        """Recompute everything of a tenant, or of all, at one moment; findings at most `limit` per check.

        Raises TenantUnknown.
        """
        began = time.perf_counter()
        chosen = None if tenant_id is None else [tenant_id]
        known = [*await self._tenancy.list_tenant_ids()]
        if tenant_id is not None and tenant_id not in known:
            raise TenantUnknown("There is no tenant of that id. Check the id.")
        tenants = chosen or known
        async with kernel.snapshot(self._database, tenants) as tx:
            books = await kernel.compare(tx, chosen, limit)
            found = {tenant: await _compare_tenant(tx, tenant, limit) for tenant in tenants}
        findings: list[Finding] = [
            Finding(CheckName.LEDGER, None, _subject(each), str(each.stands), str(each.should_be))
            for each in books.differences
        ]
        for name in CheckName:
            for tenant, each in found.items():
                findings += to_findings(name, tenant, each.found.get(name, {}), limit)
        compared = {name: sum(each.compared.get(name, 0) for each in found.values()) for name in CheckName}
        return Report(
            compared=compared | {CheckName.LEDGER: books.entries},
            findings=tuple(findings),
            took_ms=round((time.perf_counter() - began) * 1000),
            ledger_ms=books.took_ms,
        )

    async def repair(self, tenant_id: UUID | None, report: Report) -> dict[str, int]:
        """Write anew what `report` found to differ, as far as it is a snapshot or a counter.

        The ledger's own snapshots are those of all tenants. Returns how many lines were written, by name.
        """
        written: dict[str, int] = {}
        if any(finding.check is CheckName.LEDGER for finding in report.findings):
            written |= await self._repair_ledger()
        for tenant in {finding.tenant_id for finding in report.findings if finding.tenant_id is not None}:
            for name, lines in (await self._repair_tenant(tenant)).items():
                written[name] = written.get(name, 0) + lines
        return written

    async def _repair_ledger(self) -> dict[str, int]:
        repair_id = self._ids.new()
        async with self._database.transaction() as tx:
            repaired = await kernel.repair(tx, repair_id, OWNER)
            written = {"balances": repaired.balances, "open_holds": repaired.holds}
            await append(tx, [self._record(HOUSE_TENANT, {"repair": repair_id, **written})])
        return written

    async def _repair_tenant(self, tenant_id: UUID) -> dict[str, int]:
        """Recompute under the locks of the books that differ, and rewrite what still differs."""
        async with kernel.snapshot(self._database, [tenant_id]) as tx:
            before = await _compare_tenant(tx, tenant_id, 0)
        async with self._database.transaction(tenant_id) as tx:
            await ledger.lock_books(tx, await _books_of(tx, before))
            found = (await _compare_tenant(tx, tenant_id, 0)).found
            counts = await _rewrite_counts(tx, tenant_id, found)
            positions = {
                key: should for key, (_, should) in found[CheckName.POSITIONS].items() if should is not None
            }
            live = {key: should for key, (_, should) in found[CheckName.LIVE_QUOTES].items()}
            await wagers.rewrite_positions(tx, tenant_id, positions)
            await fx.rewrite_live_quotes(tx, tenant_id, live)
            written = {"counts": counts, "positions": len(positions), "live_quotes": len(live)}
            if any(written.values()):
                await append(tx, [self._record(tenant_id, written)])
        return written

    def _record(self, tenant_id: UUID, body: Mapping[str, object]) -> AuditRecord:
        return AuditRecord(tenant_id, "ledger.repaired", body, self._clock.now(), ACTOR)


async def _compare_tenant(tx: Transaction, tenant_id: UUID, limit: int) -> _Tenant:
    """Compare what every module of a tenant keeps with what follows from its facts."""
    tenant = _Tenant()
    for name, (stands, should) in (await compare_counts(tx, tenant_id)).items():
        tenant.compare(name, stands, should, 0)
    positions = await wagers_reading.load_positions(tx, tenant_id)
    replayed = await wagers.recompute_positions(tx, tenant_id)
    tenant.compare(CheckName.POSITIONS, positions, replayed, EMPTY)
    kept = {key: position.quantity for key, position in positions.items()}
    tenant.compare(CheckName.LEDGER_POSITIONS, kept, await wagers.load_ledger_positions(tx, tenant_id), 0)
    filled = await wagers.load_filled(tx, tenant_id)
    tenant.compare(CheckName.FILLS, filled, await wagers.recompute_filled(tx, tenant_id), Filled())
    held = await wagers.load_holds(tx, tenant_id)
    tenant.compare(CheckName.WAGER_HOLDS, held, await wagers.recompute_holds(tx, tenant_id), None)
    live = await fx.load_live_quotes(tx, tenant_id)
    tenant.compare(CheckName.LIVE_QUOTES, live, await fx.recompute_live_quotes(tx, tenant_id), None)
    reserved = await fx.load_quote_holds(tx, tenant_id)
    tenant.compare(CheckName.QUOTE_HOLDS, reserved, await fx.recompute_quote_holds(tx, tenant_id), None)
    if limit:
        stock = await fx.compare_stock(tx, tenant_id, limit)
        tenant.found[CheckName.STOCK_COST] = stock
        tenant.compared[CheckName.STOCK_COST] = await fx.count_stock(tx, tenant_id)
    return tenant


async def _rewrite_counts(tx: Transaction, tenant_id: UUID, found: Mapping[CheckName, Pairs]) -> int:
    """Write anew the moments and hours of protection in which a count differs; returns how many."""
    moments = {key[:2] for name in (CheckName.STAKES, CheckName.DEPOSITS) for key in found[name]}
    hours = {key[:2] for key in found[CheckName.COUNTED_HOURS]}
    if not moments and not hours:
        return 0
    should = await recompute_counts(tx, tenant_id)
    summed = protection.by_hour(should)
    await protection.rewrite_counts(tx, tenant_id, _chosen(should, moments), _chosen(summed, hours))
    return len(moments) + len(hours)


def _chosen(counts: protection.Counts, keys: set[Any]) -> protection.Counts:
    return {key: counts.get(key, {}) for key in keys}


async def _books_of(tx: Transaction, tenant: _Tenant) -> Sequence[UUID]:
    """Return the books under whose locks the differing counters move."""
    customers = {key[0] for name in (*COUNTS, CheckName.POSITIONS) for key in tenant.found[name]}
    return [*customers, *await fx.books_of(tx, tenant.found[CheckName.LIVE_QUOTES])]


def _subject(difference: Difference) -> str:
    book, asset, account = difference.key
    return f"{difference.table}: book {book} asset {asset} {account}"
