"""Money that came to our bank or a gateway, for those who report it."""

from collections.abc import Sequence
from typing import Final, Protocol
from uuid import UUID

from customer_stack.payments import outside_store
from customer_stack.payments.domain.pay_ins import GATEWAYS
from customer_stack.payments.outside_store import Receipt
from shared.database import Transaction

__all__ = ["GATEWAYS", "PayerNumbers", "Receipt", "load_receipts", "load_settled"]

load_settled: Final = outside_store.load_settled
"""(tx, tenant, begins, ends, least cents, after, limit) -> receipts settled in the span, oldest first."""
load_receipts: Final = outside_store.load_by_ids
"""(tx, pay-in ids) -> their receipts."""


class OpenAccount(Protocol):
    """Opens the payer's account in the row of an event."""

    def open(self, event_id: UUID, sealed: bytes) -> str:
        """Return the account that was sealed there."""
        ...


class PayerNumbers:
    """Opens the accounts from which pay-ins came. Personal data: say in the audit who looked."""

    def __init__(self, accounts: OpenAccount) -> None:
        """Open what `accounts` sealed."""
        self._accounts = accounts

    async def open(self, tx: Transaction, pay_in_ids: Sequence[UUID]) -> dict[UUID, str]:
        """Return pay-in id -> the payer's account, as the bank told it."""
        sealed = await outside_store.load_payers(tx, pay_in_ids)
        return {pay_in_id: self._accounts.open(*each) for pay_in_id, each in sealed.items()}
