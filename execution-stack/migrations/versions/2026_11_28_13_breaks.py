"""Breaks with owners, and what the exchange was last seen to hold."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_13_breaks"
down_revision = "2026_11_28_12_control"


def upgrade() -> None:
    run_sql_beside(__file__)
