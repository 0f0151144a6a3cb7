"""The kernel's tables with the execution ledger's chart of accounts."""

from shared.migrations import run_kernel_beside

revision = "2026_11_20_01_kernel"
down_revision = None


def upgrade() -> None:
    run_kernel_beside(__file__)
