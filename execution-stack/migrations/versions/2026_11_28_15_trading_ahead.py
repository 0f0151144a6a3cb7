"""Trading is compared past an order that stays in flight, up to a cursor of its own."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_15_trading_ahead"
down_revision = "2026_11_28_14_hold_sets"


def upgrade() -> None:
    run_sql_beside(__file__)
