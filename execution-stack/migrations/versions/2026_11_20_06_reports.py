"""Reports to the customer stack."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_06_reports"
down_revision = "2026_11_20_05_aggregation"


def upgrade() -> None:
    run_sql_beside(__file__)
