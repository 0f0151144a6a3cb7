"""The tree over the audit, and its signed checkpoints."""

from shared.migrations import run_kernel_file

revision = "2026_11_28_16_audit_tree"
down_revision = "2026_11_28_15_trading_ahead"


def upgrade() -> None:
    run_kernel_file("31_audit_tree.sql")
