"""What a bank that collects LKR for us promises."""

from datetime import datetime
from typing import Protocol

from customer_stack.payments.domain import Notice, Statement


class Bank(Protocol):
    """The bank with our collection account. `name` stays the same forever: it is stored with pay-ins."""

    name: str

    def read_notice(self, raw: bytes, signature: str | None, now: datetime) -> Notice | None:
        """Return the pay-in that a signed message announces; None when it announces something else.

        Raises SignatureInvalid, NoticeInvalid.
        """
        ...

    async def fetch_statement(self) -> Statement:
        """Return the whole statement. Raises BankUnavailable; nothing else."""
        ...
