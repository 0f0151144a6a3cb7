"""Words of enrolment end; an attempt that showed only a password clears no wrong codes."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_08_word_ends"
down_revision = "2026_11_29_07_file_words"


def upgrade() -> None:
    run_sql_beside(__file__)
