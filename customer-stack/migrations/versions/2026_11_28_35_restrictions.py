"""Restrictions of customers, their devices, where they ask from, their risk."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_35_restrictions"
down_revision = "2026_11_28_34_facts"


def upgrade() -> None:
    run_sql_beside(__file__)
