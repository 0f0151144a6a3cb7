"""Which database this is, and calls that were signed before it was restored."""

from shared.migrations import run_kernel_file

revision = "2026_11_29_04_restore"
down_revision = "2026_11_29_03_enrolment_words"


def upgrade() -> None:
    run_kernel_file("36_restore.sql")
