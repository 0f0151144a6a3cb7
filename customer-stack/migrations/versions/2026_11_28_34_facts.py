"""What the gate must know of a customer, in one row."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_34_facts"
down_revision = "2026_11_28_33_aml"


def upgrade() -> None:
    run_sql_beside(__file__)
