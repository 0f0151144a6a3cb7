"""Keys and columns that the busiest queries need."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_28_pace"
down_revision = "2026_11_28_27_reversals"


def upgrade() -> None:
    run_sql_beside(__file__)
