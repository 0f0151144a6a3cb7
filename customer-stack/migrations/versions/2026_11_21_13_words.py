"""New words of the closed vocabularies."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_13_words"
down_revision = "2026_11_20_12_treasury"


def upgrade() -> None:
    run_sql_beside(__file__)
