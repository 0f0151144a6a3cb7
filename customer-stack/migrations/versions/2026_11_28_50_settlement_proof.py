"""Approvals that sign the instruction; payments that end it."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_50_settlement_proof"
down_revision = "2026_11_28_49_checks"


def upgrade() -> None:
    run_sql_beside(__file__)
