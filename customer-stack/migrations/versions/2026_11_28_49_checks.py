"""Named checks, client money and daily reports."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_49_checks"
down_revision = "2026_11_28_48_matching"


def upgrade() -> None:
    run_sql_beside(__file__)
