"""Checkouts: which payment of the gateway settled an order."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_25_checkouts"
down_revision = "2026_11_21_24_open_banking"


def upgrade() -> None:
    run_sql_beside(__file__)
