"""A cheaper gate."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_51_lean_gate"
down_revision = "2026_11_28_50_settlement_proof"


def upgrade() -> None:
    run_sql_beside(__file__)
