"""Rules that the ledger kernel gained: mirrored reversals, named corrections, its own times, repair."""

from shared.migrations import run_kernel_file

revision = "2026_11_21_09_ledger_rules"
down_revision = "2026_11_20_08_settlement"


def upgrade() -> None:
    run_kernel_file("12_ledger_rules.sql")
