"""Identity checks and screening of names."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_04_kyc_screening"
down_revision = "2026_11_20_03_customers"


def upgrade() -> None:
    run_sql_beside(__file__)
