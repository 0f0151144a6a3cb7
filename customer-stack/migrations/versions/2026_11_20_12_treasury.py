"""Movements of the house's own money by bank reference."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_12_treasury"
down_revision = "2026_11_20_11_settlement"


def upgrade() -> None:
    run_sql_beside(__file__)
