"""Consents, retention and erasure, accesses."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_40_privacy"
down_revision = "2026_11_28_39_filings"


def upgrade() -> None:
    run_sql_beside(__file__)
