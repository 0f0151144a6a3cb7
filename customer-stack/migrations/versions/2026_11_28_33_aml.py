"""AML: events and their counters, rules and their versions."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_33_aml"
down_revision = "2026_11_28_32_kyc"


def upgrade() -> None:
    run_sql_beside(__file__)
