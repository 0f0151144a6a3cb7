"""Every query of closed days: what the ledger says of a moment, and what is kept of a day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import AgeBucket, BreakType, Unit
from customer_stack.reconciliation.domain.checks import CheckName, Result
from customer_stack.reconciliation.domain.clearing import OpenItems
from customer_stack.reconciliation.domain.client_money import (
    UNIT_OF,
    ClientMoney,
    Line,
    LineName,
    Side,
)
from customer_stack.reconciliation.domain.days import (
    BalanceLine,
    BreakCount,
    CheckLine,
    ClearingLine,
    ClosedDay,
    DayBounds,
    DayFigures,
    day_of,
)
from customer_stack.reconciliation.store.runs import read_values
from shared.database import Transaction
from shared.ledger.domain import LKR, USD
from shared.money import Currency

_UNIT_OF = {LKR: Unit.LKR_CENT, USD: Unit.MICRO_DOLLAR}
_CURRENCY_OF = {LKR: Currency.LKR, USD: Currency.USD}


async def load_balances(tx: Transaction, tenant_id: UUID, before: datetime) -> list[BalanceLine]:
    """Return what each department and its customers had on each account, of what was recorded before."""
    rows = await tx.fetch(
        "SELECT coalesce(c.department_id, l.book_id) AS department_id, l.account, l.asset_id, "
        "sum(l.amount)::bigint AS balance FROM ledger_leg l "
        "JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id "
        "LEFT JOIN customer_account c ON c.id = l.book_id "
        "WHERE l.tenant_id = $1 AND l.asset_id = ANY($2::integer[]) AND t.recorded_at < $3 "
        "GROUP BY 1, 2, 3 HAVING sum(l.amount) <> 0 ORDER BY 1, 2, 3",
        tenant_id,
        [LKR, USD],
        before,
    )
    return [
        BalanceLine(
            row["department_id"], Account(row["account"]), _CURRENCY_OF[row["asset_id"]], row["balance"]
        )
        for row in rows
    ]


_OPEN_ITEMS = """
WITH legs AS (
    SELECT l.book_id, l.account, l.asset_id, l.amount, l.number, t.recorded_at FROM ledger_leg l
    JOIN ledger_transfer t ON t.book_id = l.book_id AND t.id = l.transfer_id
    WHERE l.tenant_id = $1 AND l.asset_id = ANY($2::integer[]) AND l.account = ANY($3::ledger_account[])
        AND t.recorded_at < $4
), balances AS (
    SELECT book_id, account, asset_id, sum(amount) AS balance FROM legs
    GROUP BY 1, 2, 3 HAVING sum(amount) <> 0
), items AS (
    SELECT l.book_id, l.account, l.asset_id, l.recorded_at, b.balance, l.amount,
        sum(l.amount) OVER (PARTITION BY l.book_id, l.account, l.asset_id ORDER BY l.number DESC) AS covered
    FROM legs l JOIN balances b USING (book_id, account, asset_id) WHERE sign(l.amount) = sign(b.balance)
), open_items AS (
    SELECT book_id, account, asset_id, min(recorded_at) AS oldest_at, count(*) AS items,
        min(balance) AS balance
    FROM items WHERE abs(covered - amount) < abs(balance) GROUP BY 1, 2, 3
)
SELECT coalesce(c.department_id, o.book_id) AS department_id, o.account, o.asset_id,
    sum(o.balance)::bigint AS balance, sum(o.items)::integer AS items, min(o.oldest_at) AS oldest_at
FROM open_items o LEFT JOIN customer_account c ON c.id = o.book_id GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


async def load_open_items(
    tx: Transaction, tenant_id: UUID, accounts: Sequence[Account], before: datetime
) -> list[OpenItems]:
    """Return what is open on clearing accounts by department, of what was recorded before."""
    rows = await tx.fetch(_OPEN_ITEMS, tenant_id, [LKR, USD], list(accounts), before)
    return [
        OpenItems(
            department_id=row["department_id"],
            account=Account(row["account"]),
            unit=_UNIT_OF[row["asset_id"]],
            balance=row["balance"],
            items=row["items"],
            oldest_at=row["oldest_at"],
        )
        for row in rows
    ]


async def count_breaks(tx: Transaction, bounds: DayBounds) -> list[BreakCount]:
    """Return how many breaks of the bound tenant were open when a day ended."""
    rows = await tx.fetch(
        "SELECT b.department_id, b.type, CASE WHEN $1 - b.found_at < interval '1 day' THEN 'under_1d' "
        "WHEN $1 - b.found_at < interval '7 days' THEN 'under_1w' "
        "WHEN $1 - b.found_at < interval '30 days' THEN 'under_30d' ELSE 'older' END AS age, "
        "count(*)::integer AS breaks FROM reconciliation_break b "
        "LEFT JOIN reconciliation_break_end e ON e.break_id = b.id "
        "WHERE b.found_at < $1 AND (e.ended_at IS NULL OR e.ended_at >= $1) "
        "GROUP BY 1, 2, 3 ORDER BY 1 NULLS FIRST, 2, 3",
        bounds.end,
    )
    return [
        BreakCount(row["department_id"], BreakType(row["type"]), AgeBucket(row["age"]), row["breaks"])
        for row in rows
    ]


async def find_last_run(tx: Transaction, bounds: DayBounds) -> UUID | None:
    """Return the last run of the bound tenant on a day."""
    found: UUID | None = await tx.fetch_value(
        "SELECT id FROM reconciliation_run WHERE read_at >= $1 AND read_at < $2 ORDER BY id DESC LIMIT 1",
        bounds.start,
        bounds.end,
    )
    return found


async def load_checks(tx: Transaction, run_id: UUID) -> tuple[CheckLine, ...]:
    """Return the checks of a run."""
    rows = await tx.fetch("SELECT * FROM reconciliation_check WHERE run_id = $1 ORDER BY name", run_id)
    return tuple(
        CheckLine(
            CheckName(row["name"]), Result(row["result"]), row["compared"], row["breaks"], read_values(row)
        )
        for row in rows
    )


async def load_sequence(tx: Transaction, run_id: UUID) -> int:
    """Return at which report sequence a run compared."""
    return int(await tx.fetch_value("SELECT sequence FROM reconciliation_run WHERE id = $1", run_id))


async def load_last_day(tx: Transaction) -> date | None:
    """Return the day of the bound tenant that was closed last."""
    found: date | None = await tx.fetch_value("SELECT max(day) FROM reconciliation_day")
    return found


async def load_first_day(tx: Transaction) -> date | None:
    """Return the day of the bound tenant's first transfer."""
    at: datetime | None = await tx.fetch_value("SELECT min(recorded_at) FROM ledger_transfer")
    return None if at is None else day_of(at)


async def insert_day(tx: Transaction, closed: ClosedDay) -> bool:
    """Keep a day with its figures; False when it was closed before."""
    tenant_id, day = closed.tenant_id, closed.day
    is_new = await tx.fetch_value(
        "INSERT INTO reconciliation_day (tenant_id, day, operator, run_id, closed_at) "
        "VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        day,
        closed.operator,
        closed.run_id,
        closed.closed_at,
    )
    if not is_new:
        return False
    await tx.execute(
        "INSERT INTO reconciliation_day_department (tenant_id, day, department_id, name) "
        "SELECT $1, $2, * FROM unnest($3::uuid[], $4::text[])",
        tenant_id,
        day,
        list(closed.departments),
        list(closed.departments.values()),
    )
    lines = [(money.currency, line) for money in closed.money for line in money.lines]
    await tx.execute(
        "INSERT INTO reconciliation_day_money (tenant_id, day, currency, side, line, amount, is_stated) "
        "SELECT $1, $2, * FROM unnest($3::reconciliation_currency[], $4::reconciliation_money_side[], "
        "$5::reconciliation_money_line[], $6::bigint[], $7::boolean[])",
        tenant_id,
        day,
        [currency for currency, _ in lines],
        [line.side for _, line in lines],
        [line.name for _, line in lines],
        [line.amount for _, line in lines],
        [line.is_stated for _, line in lines],
    )
    await tx.execute(
        "INSERT INTO reconciliation_day_clearing (tenant_id, day, department_id, account, unit, balance, "
        "items, oldest_at, limit_days) SELECT $1, $2, * FROM unnest($3::uuid[], $4::ledger_account[], "
        "$5::reconciliation_unit[], $6::bigint[], $7::integer[], $8::timestamptz[], $9::integer[])",
        tenant_id,
        day,
        [each.items.department_id for each in closed.clearing],
        [each.items.account for each in closed.clearing],
        [each.items.unit for each in closed.clearing],
        [each.items.balance for each in closed.clearing],
        [each.items.items for each in closed.clearing],
        [each.items.oldest_at for each in closed.clearing],
        [each.limit.days for each in closed.clearing],
    )
    await tx.execute(
        "INSERT INTO reconciliation_day_balance (tenant_id, day, department_id, account, currency, balance) "
        "SELECT $1, $2, * FROM unnest($3::uuid[], $4::ledger_account[], $5::reconciliation_currency[], "
        "$6::bigint[])",
        tenant_id,
        day,
        [each.department_id for each in closed.balances],
        [each.account for each in closed.balances],
        [each.currency for each in closed.balances],
        [each.balance for each in closed.balances],
    )
    await tx.execute(
        "INSERT INTO reconciliation_day_break (tenant_id, day, department_id, type, age, breaks) "
        "SELECT $1, $2, * FROM unnest($3::uuid[], $4::reconciliation_break_type[], "
        "$5::reconciliation_break_age[], $6::integer[])",
        tenant_id,
        day,
        [each.department_id for each in closed.breaks],
        [each.type for each in closed.breaks],
        [each.age for each in closed.breaks],
        [each.count for each in closed.breaks],
    )
    return True


async def insert_shortfall(
    tx: Transaction, tenant_id: UUID, day: date, money: ClientMoney, found_at: datetime
) -> bool:
    """Keep an alarm; False when there was one of this day and currency."""
    is_new = await tx.fetch_value(
        "INSERT INTO reconciliation_shortfall (tenant_id, day, currency, owed, held, found_at) "
        "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING RETURNING true",
        tenant_id,
        day,
        money.currency,
        money.owed,
        money.held,
        found_at,
    )
    return bool(is_new)


async def load_day(tx: Transaction, day: date) -> ClosedDay | None:
    """Return a closed day of the bound tenant."""
    row = await tx.fetch_row("SELECT * FROM reconciliation_day WHERE day = $1", day)
    if row is None:
        return None
    departments = await tx.fetch(
        "SELECT department_id, name FROM reconciliation_day_department WHERE day = $1 ORDER BY name, 1", day
    )
    clearing = await tx.fetch(
        "SELECT * FROM reconciliation_day_clearing WHERE day = $1 ORDER BY department_id, account, unit", day
    )
    breaks = await tx.fetch(
        "SELECT * FROM reconciliation_day_break WHERE day = $1 ORDER BY department_id NULLS FIRST, type, age",
        day,
    )
    balances = await tx.fetch(
        "SELECT * FROM reconciliation_day_balance WHERE day = $1 ORDER BY department_id, account, currency",
        day,
    )
    return ClosedDay(
        tenant_id=row["tenant_id"],
        day=day,
        operator=row["operator"],
        departments={each["department_id"]: each["name"] for each in departments},
        run_id=row["run_id"],
        closed_at=row["closed_at"],
        money=await _load_money(tx, day),
        clearing=tuple(
            ClearingLine(
                OpenItems(
                    department_id=each["department_id"],
                    account=Account(each["account"]),
                    unit=Unit(each["unit"]),
                    balance=each["balance"],
                    items=each["items"],
                    oldest_at=each["oldest_at"],
                ),
                timedelta(days=each["limit_days"]),
            )
            for each in clearing
        ),
        breaks=tuple(
            BreakCount(each["department_id"], BreakType(each["type"]), AgeBucket(each["age"]), each["breaks"])
            for each in breaks
        ),
        balances=tuple(
            BalanceLine(
                each["department_id"], Account(each["account"]), Currency(each["currency"]), each["balance"]
            )
            for each in balances
        ),
    )


async def _load_money(tx: Transaction, day: date) -> tuple[ClientMoney, ...]:
    rows = await tx.fetch(
        "SELECT * FROM reconciliation_day_money WHERE day = $1 ORDER BY currency, side, line", day
    )
    return tuple(
        ClientMoney(
            currency,
            tuple(
                Line(Side(row["side"]), LineName(row["line"]), row["amount"], is_stated=row["is_stated"])
                for row in rows
                if row["currency"] == currency
            ),
        )
        for currency in UNIT_OF
    )


async def load_days(
    tx: Transaction, before: date | None, limit: int
) -> list[tuple[date, UUID | None, datetime]]:
    """Return closed days of the bound tenant, newest first, below a day: day, run, when it was closed."""
    rows = await tx.fetch(
        "SELECT day, run_id, closed_at FROM reconciliation_day WHERE $1::date IS NULL OR day < $1 "
        "ORDER BY day DESC LIMIT $2",
        before,
        limit,
    )
    return [(row["day"], row["run_id"], row["closed_at"]) for row in rows]


async def load_trend(
    tx: Transaction, first: date, last: date, department_id: UUID | None
) -> dict[date, DayFigures]:
    """Return the figures of closed days between two days, both included; of a department, or of all."""
    days = await tx.fetch(
        "SELECT d.day, d.run_id, (SELECT count(*) FROM reconciliation_check c WHERE c.run_id = d.run_id "
        "AND c.result <> 'held')::integer AS not_held FROM reconciliation_day d "
        "WHERE d.day BETWEEN $1 AND $2 ORDER BY d.day",
        first,
        last,
    )
    money = await tx.fetch(
        "SELECT day, currency, coalesce(sum(amount) FILTER (WHERE side = 'owed'), 0)::bigint AS owed, "
        "coalesce(sum(amount) FILTER (WHERE side = 'held'), 0)::bigint AS held "
        "FROM reconciliation_day_money WHERE day BETWEEN $1 AND $2 GROUP BY 1, 2",
        first,
        last,
    )
    breaks = await tx.fetch(
        "SELECT day, age, sum(breaks)::integer AS breaks FROM reconciliation_day_break "
        "WHERE day BETWEEN $1 AND $2 AND ($3::uuid IS NULL OR department_id = $3) GROUP BY 1, 2",
        first,
        last,
        department_id,
    )
    oldest = await tx.fetch(
        "SELECT day, account, min(oldest_at) AS oldest_at FROM reconciliation_day_clearing "
        "WHERE day BETWEEN $1 AND $2 AND ($3::uuid IS NULL OR department_id = $3) GROUP BY 1, 2",
        first,
        last,
        department_id,
    )
    return {
        row["day"]: DayFigures(
            day=row["day"],
            money={
                Currency(each["currency"]): (each["owed"], each["held"])
                for each in money
                if each["day"] == row["day"]
            },
            breaks={AgeBucket(each["age"]): each["breaks"] for each in breaks if each["day"] == row["day"]},
            not_held=None if row["run_id"] is None else row["not_held"],
            oldest={
                Account(each["account"]): DayBounds(row["day"]).end - each["oldest_at"]
                for each in oldest
                if each["day"] == row["day"]
            },
        )
        for row in days
    }
