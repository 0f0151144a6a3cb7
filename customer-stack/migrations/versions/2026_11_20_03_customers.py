"""Customers: credentials, sessions, encrypted profiles, pseudonyms."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_03_customers"
down_revision = "2026_11_20_02_tenancy_access"


def upgrade() -> None:
    run_sql_beside(__file__)
