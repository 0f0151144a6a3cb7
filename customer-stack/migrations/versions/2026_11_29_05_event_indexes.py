"""Events of a customer or a device, read from the index alone."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_05_event_indexes"
down_revision = "2026_11_29_04_restore"


def upgrade() -> None:
    run_sql_beside(__file__)
