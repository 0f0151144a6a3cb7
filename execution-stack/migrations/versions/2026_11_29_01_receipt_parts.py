"""A settlement's money may arrive in parts."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_01_receipt_parts"
down_revision = "2026_11_28_18_settlement_release"


def upgrade() -> None:
    run_sql_beside(__file__)
