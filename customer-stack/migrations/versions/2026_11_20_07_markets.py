"""Markets: the mirror of the catalogue, and resolutions."""

from shared.migrations import run_sql_beside

revision = "2026_11_20_07_markets"
down_revision = "2026_11_20_06_payments"


def upgrade() -> None:
    run_sql_beside(__file__)
