"""Keys and columns that the busiest queries need."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_14_pace"
down_revision = "2026_11_28_13_breaks"


def upgrade() -> None:
    run_sql_beside(__file__)
