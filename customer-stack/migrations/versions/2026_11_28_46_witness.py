"""Checkpoints of the other stack, and what it signed of ours."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_46_witness"
down_revision = "2026_11_28_45_audit_tree"


def upgrade() -> None:
    run_sql_beside(__file__)
