"""Wagers: accounts, orders, decisions, positions and reports."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_09_wagers"
down_revision = "2026_11_20_08_protection"


def upgrade() -> None:
    run_sql_beside(__file__)
