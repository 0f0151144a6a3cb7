"""A corrected statement stands in place of a kept one."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_06_replaced"
down_revision = "2026_11_29_05_event_vacuum"


def upgrade() -> None:
    run_sql_beside(__file__)
