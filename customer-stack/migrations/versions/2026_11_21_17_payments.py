"""Suspense, pay-ins taken back, hosted checkout and open banking."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_17_payments"
down_revision = "2026_11_21_16_webhooks"


def upgrade() -> None:
    run_sql_beside(__file__)
