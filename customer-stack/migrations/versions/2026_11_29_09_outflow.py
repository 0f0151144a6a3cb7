"""Who has compared with the banks after a restore that lost something: until then no money leaves."""

from shared.migrations import run_kernel_file

revision = "2026_11_29_09_outflow"
down_revision = "2026_11_29_08_word_ends"


def upgrade() -> None:
    run_kernel_file("37_outflow.sql")
