"""Which database this is, and calls that were signed before it was restored."""

from shared.migrations import run_kernel_file

revision = "2026_11_29_02_restore"
down_revision = "2026_11_29_01_receipt_parts"


def upgrade() -> None:
    run_kernel_file("36_restore.sql")
