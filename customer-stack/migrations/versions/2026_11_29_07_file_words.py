"""Words of a bank's file that wait for a second person."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_07_file_words"
down_revision = "2026_11_29_06_replaced"


def upgrade() -> None:
    run_sql_beside(__file__)
