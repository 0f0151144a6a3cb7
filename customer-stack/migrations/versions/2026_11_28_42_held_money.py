"""Transfers and payouts that are held."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_42_held_money"
down_revision = "2026_11_28_41_gate"


def upgrade() -> None:
    run_sql_beside(__file__)
