"""Terms, quotes, conversions and the cost of stock."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_05_fx"
down_revision = "2026_11_20_04_kyc_screening"


def upgrade() -> None:
    run_sql_beside(__file__)
