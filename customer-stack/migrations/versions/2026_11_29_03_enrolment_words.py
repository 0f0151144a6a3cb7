"""A first factor needs a word of a colleague."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_03_enrolment_words"
down_revision = "2026_11_29_02_hand_words"


def upgrade() -> None:
    run_sql_beside(__file__)
