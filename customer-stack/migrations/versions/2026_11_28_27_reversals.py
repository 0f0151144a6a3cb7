"""Outcomes that are taken back."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_27_reversals"
down_revision = "2026_11_28_26_boundary"


def upgrade() -> None:
    run_sql_beside(__file__)
