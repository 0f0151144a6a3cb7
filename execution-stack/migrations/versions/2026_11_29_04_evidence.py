"""Packs of windows are registered with the operator who made them."""

from shared.migrations import run_sql_beside

revision = "2026_11_29_04_evidence"
down_revision = "2026_11_29_03_operator_keys"


def upgrade() -> None:
    run_sql_beside(__file__)
