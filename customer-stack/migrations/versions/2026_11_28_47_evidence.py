"""The register of everything that leaves, and evidence packs."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_47_evidence"
down_revision = "2026_11_28_46_witness"


def upgrade() -> None:
    run_sql_beside(__file__)
