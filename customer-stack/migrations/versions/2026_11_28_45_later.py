"""What came last."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_45_later"
down_revision = "2026_11_28_44_pace"


def upgrade() -> None:
    run_sql_beside(__file__)
