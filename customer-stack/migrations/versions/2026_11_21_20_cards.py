"""Cards: funding, and issuing in shadow mode."""

from shared.migrations import run_sql_beside

revision = "2026_11_21_20_cards"
down_revision = "2026_11_21_19_transfers"


def upgrade() -> None:
    run_sql_beside(__file__)
