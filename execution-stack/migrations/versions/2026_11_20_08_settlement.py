"""Confirmed settlements and their receipts."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_08_settlement"
down_revision = "2026_11_20_07_resolution"


def upgrade() -> None:
    run_sql_beside(__file__)
