"""Gross holdings per market, and breaks."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_04_books"
down_revision = "2026_11_20_03_markets"


def upgrade() -> None:
    run_sql_beside(__file__)
