"""Limits, pauses and exclusions that customers and the law set."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_36_protection"
down_revision = "2026_11_28_35_restrictions"


def upgrade() -> None:
    run_sql_beside(__file__)
