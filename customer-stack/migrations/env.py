"""Entry point of the customer stack's migration chain, executed by Alembic."""

from shared.migrations import run_environment

run_environment()
