"""What reads the whole ledger, at a few million entries: a run's own side, and the figures of exposure.

The ledger is written past its triggers; balances and entries are then computed from the postings, as the
triggers would have kept them, and a run has to find that they agree.
"""

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID

import asyncpg

from bench.results import Result
from customer_stack.boundary_client.domain import Totals
from customer_stack.figures.service import Figures
from customer_stack.reconciliation.service.books import Books
from shared.clock import SystemClock
from shared.database import Database, Transaction
from shared.ids import SystemIds
from shared.ledger.domain import USD

CUSTOMERS: Final = 20_000
TRANSFERS: Final = 1_600_000
MARKETS: Final = 50

_BOOKS = """
INSERT INTO ledger_book (id, tenant_id, kind)
SELECT md5('book' || n)::uuid, $1, (CASE n WHEN 0 THEN 'department' ELSE 'customer' END)::ledger_book_kind
FROM generate_series(0, $2::integer) n
"""
_CUSTOMERS = """
INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at)
SELECT $1, md5('book' || n)::uuid, md5('book0')::uuid, 'active', now(), now()
FROM generate_series(1, $2::integer) n
"""
_ASSETS = """
INSERT INTO ledger_asset (id, market_id, side)
SELECT 1000 + n, md5('market' || n)::uuid, 'yes' FROM generate_series(1, $1::integer) n
"""
# Of four transfers of a customer one is each of these; the second pays for the two after it.
_TRANSFERS = """
CREATE UNLOGGED TABLE bench_transfer AS
SELECT n, n % 4 AS fate, md5('transfer' || n)::uuid AS id,
    md5('book' || 1 + (n / 4) % $2::integer)::uuid AS book_id,
    now() - (n % 300) * interval '1 day' AS at
FROM generate_series(0, $1::integer - 1) n
"""
_HEADS = """
INSERT INTO ledger_transfer (tenant_id, book_id, id, movement_id, effective_at, recorded_at, kind)
SELECT $1, book_id, id, id, at, at,
    ((ARRAY['pay_in', 'fx_conversion', 'wager_buy', 'wager_fee'])[1 + fate])::ledger_transfer_kind
FROM bench_transfer ORDER BY at
"""
_POSTINGS = """
INSERT INTO ledger_posting (tenant_id, book_id, transfer_id, asset_id, source, target, amount, action)
SELECT $1, t.book_id, t.id, p.asset_id, p.source::ledger_account, p.target::ledger_account, p.amount,
    p.action::ledger_action
FROM bench_transfer t JOIN LATERAL (VALUES
    (0, 1, 'collection', 'wallet', 3000000, 'inflow'),
    (1, 2, 'desk', 'wallet', 90000000, 'inflow'),
    (2, 2, 'wallet', 'execution', 5000000, 'fill'),
    (2, 1001 + t.n % 50, 'execution', 'position', 1000, 'fill'),
    (3, 2, 'wallet', 'exchange_fees', 70000, 'fee')
) AS p (fate, asset_id, source, target, amount, action) ON p.fate = t.fate
"""
_ENTRIES = """
INSERT INTO ledger_entry (tenant_id, book_id, asset_id, account, version, transfer_id, amount, balance_after,
    action)
SELECT l.tenant_id, l.book_id, l.asset_id, l.account, row_number() OVER w, l.transfer_id, l.amount,
    (sum(l.amount) OVER w)::bigint, l.action
FROM ledger_leg l JOIN ledger_chart c ON c.account = l.account AND c.class = 'checked'
WINDOW w AS (PARTITION BY l.book_id, l.asset_id, l.account ORDER BY l.number)
"""
_BALANCES = """
INSERT INTO ledger_balance (tenant_id, book_id, asset_id, account, side, posted, version, floor)
SELECT e.tenant_id, e.book_id, e.asset_id, e.account, c.side, sum(e.amount)::bigint, count(*), 0
FROM ledger_entry e JOIN ledger_chart c USING (account) GROUP BY 1, 2, 3, 4, 5
"""
_OPEN = "SELECT sum(amount)::bigint FROM ledger_leg WHERE account = 'position'"
_WALLETS = f"SELECT sum(amount)::bigint FROM ledger_leg WHERE account = 'wallet' AND asset_id = {USD}"


class Nothing:
    """Reports, references and positions that say nothing: the ledger is what is read."""

    async def read_through(self, tx: Transaction) -> int:
        """Return the first sequence."""
        return 0

    async def sum_reports(
        self, tx: Transaction, tenant_id: UUID, after_sequence: int, to_sequence: int
    ) -> Mapping[UUID, Totals]:
        """Return no sums."""
        return {}

    async def none(self, tx: Transaction, tenant_id: UUID) -> Mapping[Any, Any]:
        """Return nothing."""
        return {}


async def measure(app_dsn: str, superuser_dsn: str) -> list[Result]:
    """Fill a ledger, then read all of it: as a run does, and as figures do."""
    tenant, entries, open_contracts, wallets = await _fill(superuser_dsn)
    database, nothing, clock = (
        await Database.connect(app_dsn, name="bench", pool_size=2),
        Nothing(),
        SystemClock(),
    )
    try:
        books = Books(database, nothing, nothing.none, nothing.none, clock)
        began = time.perf_counter()
        ours, _ = await books.read(tenant)
        run_seconds = time.perf_counter() - began
        figures = Figures(database, clock)
        began = time.perf_counter()
        exposure = await figures.read_exposure(tenant, None, 12)
        exposure_seconds = time.perf_counter() - began
        began = time.perf_counter()
        await figures.read_revenue(tenant, None, datetime(2026, 1, 1, tzinfo=UTC).date(), clock.now().date())
        revenue_seconds = time.perf_counter() - began
    finally:
        await database.close()
    shown = {(each.account, each.currency): each.amount for each in exposure.standings}
    (liability,) = exposure.liabilities
    if ours.differences or (liability.centi_contracts, shown["wallet", "USD"]) != (open_contracts, wallets):
        raise RuntimeError("what was read is not what the entries add up to")
    where = f"{entries:,} entries, {TRANSFERS:,} transfers in {CUSTOMERS:,} books; one connection"
    return [
        Result(name, round(seconds, 2), "s", goal, "lower", None, None, where)
        for name, seconds, goal in (
            ("figures.exposure_s", exposure_seconds, None),
            ("figures.revenue_s", revenue_seconds, None),
            ("reconciliation.books_s", run_seconds, None),
        )
    ]


async def _fill(superuser_dsn: str) -> tuple[UUID, int, int, int]:
    """Write the ledger. Return tenant, entries, and what the entries of two accounts add up to."""
    tenant = SystemIds().new()
    connection: asyncpg.Connection[Any] = await asyncpg.connect(
        superuser_dsn,
        server_settings={
            "jit": "off",
            "session_replication_role": "replica",
            "synchronous_commit": "off",
            "work_mem": "128MB",
        },
    )
    try:
        await connection.execute(_BOOKS, tenant, CUSTOMERS)
        await connection.execute(_CUSTOMERS, tenant, CUSTOMERS)
        await connection.execute(_ASSETS, MARKETS)
        await connection.execute(_TRANSFERS, TRANSFERS, CUSTOMERS)
        await connection.execute(_HEADS, tenant)
        await connection.execute(_POSTINGS, tenant)
        await connection.execute("DROP TABLE bench_transfer")
        await connection.execute(_ENTRIES)
        await connection.execute(_BALANCES)
        await connection.execute("VACUUM ANALYZE")
        entries = await connection.fetchval("SELECT count(*) FROM ledger_entry")
        return tenant, entries, await connection.fetchval(_OPEN), await connection.fetchval(_WALLETS)
    finally:
        await connection.close()
