"""Sources of transfers, deals with their states and versioned items, kinds of accounts."""

from shared.migrations import run_kernel_file, run_sql_beside

revision = "2026_11_21_14_ledger"
down_revision = "2026_11_21_13_words"


def upgrade() -> None:
    run_kernel_file("12_ledger_rules.sql")
    run_sql_beside(__file__)
