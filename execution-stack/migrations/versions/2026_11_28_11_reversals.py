"""Outcomes that are taken back: reversals, voided and amended markets."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_11_reversals"
down_revision = "2026_11_28_10_boundary"


def upgrade() -> None:
    run_sql_beside(__file__)
