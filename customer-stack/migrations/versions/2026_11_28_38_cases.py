"""Cases and snoozes of rules."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_38_cases"
down_revision = "2026_11_28_37_screening_lists"


def upgrade() -> None:
    run_sql_beside(__file__)
