"""What operators do about money is signed with keys of theirs."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_03_operator_keys"
down_revision = "2026_11_29_02_restore"


def upgrade() -> None:
    run_sql_beside(__file__)
