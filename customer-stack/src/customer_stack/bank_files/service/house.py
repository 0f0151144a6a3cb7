"""Whose account it is: the tenant and department that stand for the account of bank files."""

from collections.abc import Awaitable, Callable
from typing import Final, Protocol
from uuid import UUID

from customer_stack.bank_files.errors import AccountNotAssigned
from customer_stack.payments.service import find_collection
from shared.database import Transaction
from shared.ledger import store as ledger

PROVIDER: Final = "bank-file"
"""The name under which pay-ins and payouts of bank files are kept. It never changes."""

AllTenants = Callable[[], Awaitable[tuple[UUID, ...]]]
"""The ids of all tenants."""


class Texts(Protocol):
    """Encrypts what a file tells of people."""

    def seal(self, column: str, row_id: UUID, text: str) -> bytes:
        """Return a text encrypted and bound to a column and a row of ours."""
        ...

    def open(self, column: str, row_id: UUID, sealed: bytes) -> str:
        """Return the text that was sealed there."""
        ...


async def lock_house(tx: Transaction) -> UUID:
    """Lock the department's book, which orders all decisions about files. Raises AccountNotAssigned."""
    collection = await find_collection(tx, PROVIDER)
    if collection is None:
        raise AccountNotAssigned(
            "The account of bank files stands for no department of yours. Assign it to one first."
        )
    await ledger.lock_books(tx, [collection.department_id])
    department_id: UUID = collection.department_id
    return department_id
