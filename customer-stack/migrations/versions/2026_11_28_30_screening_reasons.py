"""Verdicts of screening keep their reasons, and entries of any list."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_30_screening_reasons"
down_revision = "2026_11_28_29_wagers_in_place"


def upgrade() -> None:
    run_sql_beside(__file__)
