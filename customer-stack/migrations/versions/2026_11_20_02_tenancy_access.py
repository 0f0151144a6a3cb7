"""Tenants, departments, capabilities; staff and their roles."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_02_tenancy_access"
down_revision = "2026_11_20_01_kernel"


def upgrade() -> None:
    run_sql_beside(__file__)
