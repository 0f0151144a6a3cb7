"""Wagers that are held."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_43_held_wagers"
down_revision = "2026_11_28_42_held_money"


def upgrade() -> None:
    run_sql_beside(__file__)
