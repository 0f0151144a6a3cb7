"""Days that a late statement makes due."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_01_due_days"
down_revision = "2026_11_28_52_regulator_views"


def upgrade() -> None:
    run_sql_beside(__file__)
