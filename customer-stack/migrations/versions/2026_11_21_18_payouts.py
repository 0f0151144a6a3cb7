"""Payouts: withdrawals and refunds."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_18_payouts"
down_revision = "2026_11_21_17_payments"


def upgrade() -> None:
    run_sql_beside(__file__)
