"""Protection: stake limits and rolling counters."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_08_protection"
down_revision = "2026_11_20_07_markets"


def upgrade() -> None:
    run_sql_beside(__file__)
