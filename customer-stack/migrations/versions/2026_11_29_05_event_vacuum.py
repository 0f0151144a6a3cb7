"""Events are vacuumed as they come, so that counters are read from their index alone."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_05_event_vacuum"
down_revision = "2026_11_29_04_restore"


def upgrade() -> None:
    run_sql_beside(__file__)
