"""Open banking: consents to pay from a bank account, and the payments under them."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_24_open_banking"
down_revision = "2026_11_21_23_bank_files"


def upgrade() -> None:
    run_sql_beside(__file__)
