"""What came last."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_19_later_proof"
down_revision = "2026_11_28_18_settlement_release"


def upgrade() -> None:
    run_sql_beside(__file__)
