"""Versions of lists, verdicts by version, alerts and cleared matches."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_37_screening_lists"
down_revision = "2026_11_28_36_protection"


def upgrade() -> None:
    run_sql_beside(__file__)
