"""The tree over the audit, and its signed checkpoints."""

from shared.migrations import run_kernel_file

revision = "2026_11_28_45_audit_tree"
down_revision = "2026_11_28_44_pace"


def upgrade() -> None:
    run_kernel_file("31_audit_tree.sql")
