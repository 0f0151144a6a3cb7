"""Transfers between customers and QR payments."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_19_transfers"
down_revision = "2026_11_21_18_payouts"


def upgrade() -> None:
    run_sql_beside(__file__)
