"""What a bank that collects LKR for us promises."""

from typing import Protocol

from customer_stack.payments.domain import Notice, Statement, TakeBack
from customer_stack.webhooks.domain import Envelope


class Bank(Protocol):
    """The bank with our collection account. `name` stays the same forever: it is stored with pay-ins."""

    name: str

    def read_notice(self, envelope: Envelope) -> Notice | None:
        """Return the pay-in that a verified message announces; None when it announces something else.

        Raises MessageInvalid.
        """
        ...

    def read_take_back(self, envelope: Envelope) -> TakeBack | None:
        """Return the pay-in that a verified message takes back; None when it says something else.

        Raises MessageInvalid.
        """
        ...

    async def fetch_statement(self) -> Statement:
        """Return the whole statement. Raises BankUnavailable; nothing else."""
        ...
