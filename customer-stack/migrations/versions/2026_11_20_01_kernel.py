"""The shared kernel with the customer ledger's chart of accounts."""

from shared.migrations import run_kernel_beside

revision = "2026_11_20_01_kernel"
down_revision = None


def upgrade() -> None:
    run_kernel_beside(__file__)
