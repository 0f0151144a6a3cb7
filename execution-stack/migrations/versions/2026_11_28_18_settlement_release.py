"""A payment is released by two people."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_18_settlement_release"
down_revision = "2026_11_28_17_witness"


def upgrade() -> None:
    run_sql_beside(__file__)
