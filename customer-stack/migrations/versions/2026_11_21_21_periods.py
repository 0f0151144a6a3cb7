"""Closed periods."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_21_periods"
down_revision = "2026_11_21_20_cards"


def upgrade() -> None:
    run_sql_beside(__file__)
