"""What makes the gate cheap."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_44_pace"
down_revision = "2026_11_28_43_held_wagers"


def upgrade() -> None:
    run_sql_beside(__file__)
