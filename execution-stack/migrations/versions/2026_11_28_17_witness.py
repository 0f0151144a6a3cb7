"""Checkpoints of the other stack, and what it signed of ours."""

from shared.migrations import run_kernel_file

revision = "2026_11_28_17_witness"
down_revision = "2026_11_28_16_audit_tree"


def upgrade() -> None:
    run_kernel_file("35_witness.sql")
