"""Every query of figures: sums over entries, each of one statement.

Where the ledger keeps a balance, which follows from entries, it is read in their place.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.figures.domain import Measure, Revenue, Span, Standing, Volume, WagerLiability
from customer_stack.ledger.domain import Account, TransferKind
from shared.database import Transaction
from shared.ledger.domain import LKR, USD

_CURRENCY: Final = {LKR: "LKR", USD: "USD"}

_MEASURES: Final = (
    (Measure.PAID_IN, LKR, (TransferKind.PAY_IN,), None),
    (Measure.PAID_OUT, LKR, (TransferKind.WITHDRAWAL, TransferKind.REFUND), None),
    (Measure.CARD_FUNDED, LKR, (TransferKind.CARD_FUNDING,), None),
    (Measure.CARD_RETURNED, LKR, (TransferKind.CARD_REFUND, TransferKind.CARD_CHARGEBACK), None),
    (Measure.FX_SOLD, USD, (TransferKind.FX_CONVERSION,), (Account.STOCK, Account.DESK)),
    (Measure.FX_BOUGHT, USD, (TransferKind.FX_CONVERSION,), (Account.DESK, Account.STOCK)),
    (Measure.STAKED, USD, (TransferKind.WAGER_BUY,), None),
    (Measure.SOLD_BACK, USD, (TransferKind.WAGER_SALE,), None),
    (Measure.WAGER_FEES, USD, (TransferKind.WAGER_FEE, TransferKind.SETTLEMENT_FEE), None),
    (Measure.PAYOUTS, USD, (TransferKind.RESOLUTION_PAYOUT,), None),
)
"""Which postings a measure sums: asset, kinds of transfer, and source and target where they matter."""


async def load_revenue(tx: Transaction, span: Span, department_id: UUID | None) -> tuple[Revenue, ...]:
    """Return what departments earned in a span; `department_id` None: all of the visible tenant."""
    rows = await tx.fetch(
        "WITH posted AS (SELECT p.book_id, p.asset_id, p.source, p.target, p.amount, p.profit, t.kind "
        "  FROM ledger_book b JOIN ledger_transfer t ON t.book_id = b.id "
        "  JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id "
        "  WHERE b.kind = 'department' AND ($3::uuid IS NULL OR b.id = $3) "
        "  AND t.effective_at >= $1 AND t.effective_at < $2), "
        "gained AS (SELECT book_id, asset_id, target AS account, amount, kind FROM posted "
        "  UNION ALL SELECT book_id, asset_id, source, -amount, kind FROM posted), "
        "earned AS (SELECT book_id, "
        "  sum(amount) FILTER (WHERE account = 'fx_fee_revenue' AND asset_id = $4) AS fx_fees, "
        "  sum(amount) FILTER (WHERE account = 'payout_fee_revenue' AND asset_id = $4) AS payout_fees, "
        "  sum(amount) FILTER (WHERE account = 'fx_revenue' AND asset_id = $4) AS recognised, "
        "  -sum(amount) FILTER (WHERE account = 'expense' AND asset_id = $4) AS expenses, "
        "  -sum(amount) FILTER (WHERE account = 'expense' AND asset_id = $5) AS expenses_usd "
        "  FROM gained GROUP BY 1), "
        "profits AS (SELECT book_id, sum(profit) AS profit FROM posted GROUP BY 1), "
        "explained AS (SELECT department_id AS book_id, "
        "  sum(profit) FILTER (WHERE direction = 'sell') AS conversion_profit, "
        "  sum(spread_e6) FILTER (WHERE direction = 'sell') AS spread_e6, "
        "  sum(holding_e6) FILTER (WHERE direction = 'sell') AS holding_e6, "
        "  sum(rounding_e6) FILTER (WHERE direction = 'sell') AS rounding_e6, "
        "  sum(spread_e6) FILTER (WHERE direction = 'buy') AS bought_spread_e6 "
        "  FROM fx_conversion WHERE converted_at >= $1 AND converted_at < $2 "
        "  AND ($3::uuid IS NULL OR department_id = $3) GROUP BY 1) "
        "SELECT b.id AS department_id, "
        f"{', '.join(f'coalesce({name}, 0)::bigint AS {name}' for name in _REVENUE)} "
        "FROM ledger_book b LEFT JOIN earned e ON e.book_id = b.id LEFT JOIN profits p ON p.book_id = b.id "
        "LEFT JOIN explained x ON x.book_id = b.id "
        "WHERE b.kind = 'department' AND ($3::uuid IS NULL OR b.id = $3) ORDER BY 1",
        span.starts_at,
        span.ends_at,
        department_id,
        LKR,
        USD,
    )
    return tuple(Revenue(**dict(row)) for row in rows)


_REVENUE: Final = (
    "fx_fees",
    "payout_fees",
    "profit",
    "conversion_profit",
    "spread_e6",
    "holding_e6",
    "rounding_e6",
    "bought_spread_e6",
    "recognised",
    "expenses",
    "expenses_usd",
)


async def load_standings(tx: Transaction, department_id: UUID | None) -> tuple[Standing, ...]:
    """Return what stands on every account in LKR and USD, by department and kind of book."""
    rows = await tx.fetch(
        "WITH loose AS (SELECT account FROM ledger_chart WHERE class = 'unchecked'), "
        "gained AS (SELECT book_id, asset_id, account, posted AS amount, 0::bigint AS held "
        "  FROM ledger_balance WHERE asset_id IN ($1, $2) "
        "  UNION ALL SELECT book_id, asset_id, target, amount, 0 FROM ledger_posting "
        "  WHERE asset_id IN ($1, $2) AND target IN (SELECT account FROM loose) "
        "  UNION ALL SELECT book_id, asset_id, source, -amount, 0 FROM ledger_posting "
        "  WHERE asset_id IN ($1, $2) AND source IN (SELECT account FROM loose) "
        "  UNION ALL SELECT book_id, asset_id, account, 0, remaining FROM ledger_hold_open "
        "  WHERE asset_id IN ($1, $2)) "
        "SELECT coalesce(c.department_id, b.id) AS department_id, b.kind AS book_kind, g.account, "
        "g.asset_id, sum(g.amount)::bigint AS amount, sum(g.held)::bigint AS held "
        "FROM gained g JOIN ledger_book b ON b.id = g.book_id LEFT JOIN customer_account c ON c.id = b.id "
        "WHERE $3::uuid IS NULL OR coalesce(c.department_id, b.id) = $3 "
        "GROUP BY 1, 2, 3, 4 HAVING sum(g.amount) <> 0 OR sum(g.held) <> 0 ORDER BY 1, 2, 3, 4",
        LKR,
        USD,
        department_id,
    )
    return tuple(
        Standing(
            row["department_id"],
            row["book_kind"],
            row["account"],
            _CURRENCY[row["asset_id"]],
            row["amount"],
            row["held"],
        )
        for row in rows
    )


async def load_volumes(tx: Transaction, since: datetime, department_id: UUID | None) -> tuple[Volume, ...]:
    """Return what moved since a moment, by month of Colombo and measure, as it was posted (gross)."""
    rows = await tx.fetch(
        # Summed up before it is compared with what is wanted: each posting is looked at once.
        "WITH moved AS MATERIALIZED (SELECT coalesce(c.department_id, t.book_id) AS department_id, "
        "  date_trunc('month', t.effective_at AT TIME ZONE 'Asia/Colombo')::date AS month, "
        "  t.kind, p.asset_id, p.source, p.target, count(*) AS count, sum(p.amount) AS amount "
        "  FROM ledger_transfer t JOIN ledger_posting p ON p.book_id = t.book_id AND p.transfer_id = t.id "
        "  LEFT JOIN customer_account c ON c.id = t.book_id "
        "  WHERE t.kind = ANY($3::ledger_transfer_kind[]) AND t.effective_at >= $6 "
        "  AND ($7::uuid IS NULL OR coalesce(c.department_id, t.book_id) = $7) GROUP BY 1, 2, 3, 4, 5, 6) "
        "SELECT m.department_id, m.month, w.measure, m.asset_id, "
        "sum(m.count)::bigint AS count, sum(m.amount)::bigint AS amount "
        "FROM unnest($1::text[], $2::integer[], $3::ledger_transfer_kind[], $4::ledger_account[], "
        "  $5::ledger_account[]) AS w (measure, asset_id, kind, source, target) "
        "JOIN moved m ON m.kind = w.kind AND m.asset_id = w.asset_id "
        "  AND (w.source IS NULL OR m.source = w.source) AND (w.target IS NULL OR m.target = w.target) "
        "GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3",
        *_wanted(),
        since,
        department_id,
    )
    return tuple(
        Volume(
            row["department_id"],
            row["month"],
            Measure(row["measure"]),
            _CURRENCY[row["asset_id"]],
            row["count"],
            row["amount"],
        )
        for row in rows
    )


def _wanted() -> tuple[list[str], list[int], list[str], list[str | None], list[str | None]]:
    """Return the measures as columns, a row for each kind of transfer."""
    rows = [
        (measure.value, asset, kind.value, ends and ends[0].value, ends and ends[1].value)
        for measure, asset, kinds, ends in _MEASURES
        for kind in kinds
    ]
    measures, assets, kinds, sources, targets = zip(*rows, strict=True)
    return list(measures), list(assets), list(kinds), list(sources), list(targets)


async def load_liabilities(tx: Transaction, department_id: UUID | None) -> tuple[WagerLiability, ...]:
    """Return what open wagers may cost, by department of the customers."""
    rows = await tx.fetch(
        "WITH open AS (SELECT h.book_id, h.remaining AS reserved, 0::bigint AS contracts "
        "  FROM ledger_hold_open h JOIN ledger_hold l ON l.book_id = h.book_id AND l.id = h.hold_id "
        "  WHERE h.asset_id = $1 AND h.account = 'wallet' AND l.purpose IN ('wager_buy', 'wager_sale') "
        "  UNION ALL SELECT book_id, 0, posted FROM ledger_balance WHERE account = 'position') "
        "SELECT c.department_id, sum(o.reserved)::bigint AS reserved, "
        "sum(o.contracts)::bigint AS centi_contracts FROM open o JOIN customer_account c ON c.id = o.book_id "
        "WHERE $2::uuid IS NULL OR c.department_id = $2 GROUP BY 1 ORDER BY 1",
        USD,
        department_id,
    )
    return tuple(WagerLiability(**dict(row)) for row in rows)
