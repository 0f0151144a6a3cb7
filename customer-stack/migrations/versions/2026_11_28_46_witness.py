"""Checkpoints of the other stack, and what it signed of ours; the place of each person's own secret."""

from shared.migrations import run_kernel_file, run_sql_beside

revision = "2026_11_28_46_witness"
down_revision = "2026_11_28_45_audit_tree"


def upgrade() -> None:
    run_kernel_file("35_witness.sql")
    run_sql_beside(__file__)
