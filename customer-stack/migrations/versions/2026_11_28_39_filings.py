"""Reports to the financial intelligence unit."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_39_filings"
down_revision = "2026_11_28_38_cases"


def upgrade() -> None:
    run_sql_beside(__file__)
