"""A wager's row changes in its page while no index needs to know."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_29_wagers_in_place"
down_revision = "2026_11_28_28_hold_sets"


def upgrade() -> None:
    run_sql_beside(__file__)
