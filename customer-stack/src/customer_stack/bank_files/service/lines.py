"""What statements of the bank say, line by line, for whoever compares them with the books."""

from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.bank_files import lines_store as store
from shared.database import Transaction

__all__ = ["load_payout_batches", "load_statement_days", "load_statement_lines"]

load_statement_lines: Final = store.load_statement_lines
"""(tx, tenant, from, before) -> (id, signed LKR cents, booked at, bank reference) of statements' entries."""

load_statement_days: Final = store.load_statement_days
"""(tx, tenant, since, known files, limit) -> (file, imported at, days of Colombo) of statements that came."""


async def load_payout_batches(tx: Transaction, first: datetime) -> dict[UUID, str]:
    """Return payout -> message id of the file in which it was sent, of files made since a moment."""
    return await store.load_payout_batches(tx, first)
