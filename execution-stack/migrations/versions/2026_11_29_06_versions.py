"""How far the chain has run is told to every process, and which code can live with it."""

from shared.migrations import run_kernel_file

revision = "2026_11_29_06_versions"
down_revision = "2026_11_29_05_outflow"


def upgrade() -> None:
    run_kernel_file("38_versions.sql")
