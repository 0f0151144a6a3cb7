"""Bank events and pay-ins."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_06_payments"
down_revision = "2026_11_20_05_fx"


def upgrade() -> None:
    run_sql_beside(__file__)
