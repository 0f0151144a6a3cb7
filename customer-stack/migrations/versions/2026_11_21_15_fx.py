"""Posted rates, proposed rates, and the rates of every conversion."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_15_fx"
down_revision = "2026_11_21_14_ledger"


def upgrade() -> None:
    run_sql_beside(__file__)
