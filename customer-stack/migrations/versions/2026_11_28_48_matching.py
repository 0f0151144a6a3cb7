"""Bank statements, matching rules, breaks with owners and ends."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_48_matching"
down_revision = "2026_11_28_47_evidence"


def upgrade() -> None:
    run_sql_beside(__file__)
