"""Captures and closes of holds move their snapshots in sets."""

from shared.migrations import run_kernel_file

revision = "2026_11_28_14_hold_sets"
down_revision = "2026_11_28_13_breaks"


def upgrade() -> None:
    run_kernel_file("13_ledger_holds.sql")
