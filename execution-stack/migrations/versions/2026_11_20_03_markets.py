"""The catalogue of markets."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_03_markets"
down_revision = "2026_11_20_02_intents"


def upgrade() -> None:
    run_sql_beside(__file__)
