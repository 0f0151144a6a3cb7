"""Kill switches, position limits and paused windows."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_12_control"
down_revision = "2026_11_28_11_reversals"


def upgrade() -> None:
    run_sql_beside(__file__)
