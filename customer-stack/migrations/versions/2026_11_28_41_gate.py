"""Decisions of the gate, for every lane."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_41_gate"
down_revision = "2026_11_28_40_privacy"


def upgrade() -> None:
    run_sql_beside(__file__)
