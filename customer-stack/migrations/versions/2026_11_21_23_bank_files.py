"""Bank files: messages of banks, their entries and what became of them; files of payouts."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_23_bank_files"
down_revision = "2026_11_21_22_treasury"


def upgrade() -> None:
    run_sql_beside(__file__)
