"""Reconciliation runs, checks and breaks."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_10_reconciliation"
down_revision = "2026_11_20_09_wagers"


def upgrade() -> None:
    run_sql_beside(__file__)
