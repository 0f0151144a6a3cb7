"""Messages of providers, stored as they came."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_16_webhooks"
down_revision = "2026_11_21_15_fx"


def upgrade() -> None:
    run_sql_beside(__file__)
