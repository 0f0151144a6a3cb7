"""What a regulator looks at."""

from shared.migrations import run_sql_beside

revision = "2026_11_28_52_regulator_views"
down_revision = "2026_11_28_51_lean_gate"


def upgrade() -> None:
    run_sql_beside(__file__)
