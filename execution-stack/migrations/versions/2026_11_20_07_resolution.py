"""Markets that were paid."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_07_resolution"
down_revision = "2026_11_20_06_reports"


def upgrade() -> None:
    run_sql_beside(__file__)
