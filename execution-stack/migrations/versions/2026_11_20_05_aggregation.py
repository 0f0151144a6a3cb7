"""Windows, omnibus orders, their fills and what was wrong with them."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_05_aggregation"
down_revision = "2026_11_20_04_books"


def upgrade() -> None:
    run_sql_beside(__file__)
