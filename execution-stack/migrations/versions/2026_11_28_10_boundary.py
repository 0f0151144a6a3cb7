"""What the second version of the boundary adds."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_10_boundary"
down_revision = "2026_11_21_09_ledger_rules"


def upgrade() -> None:
    run_sql_beside(__file__)
