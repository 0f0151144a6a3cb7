"""Treasury: bills, relocations, sales of stock."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_22_treasury"
down_revision = "2026_11_21_21_periods"


def upgrade() -> None:
    run_sql_beside(__file__)
