"""Settlement proposals, decisions, releases and payments."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_11_settlement"
down_revision = "2026_11_20_10_reconciliation"


def upgrade() -> None:
    run_sql_beside(__file__)
