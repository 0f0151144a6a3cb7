"""Words of banks that people record by hand, by two."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_02_hand_words"
down_revision = "2026_11_29_01_due_days"


def upgrade() -> None:
    run_sql_beside(__file__)
