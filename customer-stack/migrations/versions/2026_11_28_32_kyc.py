"""Identity checks as sessions with routed steps, reviews and files."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_32_kyc"
down_revision = "2026_11_28_30_screening_reasons"


def upgrade() -> None:
    run_sql_beside(__file__)
