"""Captures and closes of holds in sets; keys and columns that the busiest queries need."""

from shared.migrations import run_kernel_file, run_sql_beside

revision = "2026_11_28_28_pace"
down_revision = "2026_11_28_27_reversals"


def upgrade() -> None:
    run_kernel_file("13_ledger_holds.sql")
    run_sql_beside(__file__)
