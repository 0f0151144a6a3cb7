"""What came last."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_53_later_proof"
down_revision = "2026_11_28_52_regulator_views"


def upgrade() -> None:
    run_sql_beside(__file__)
