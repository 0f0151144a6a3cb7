"""Payouts by file: a payout waits for the bank's next pain.001 and is answered by the files that come back.

Between the two lies a person who carries the file, so every answer here comes from what was kept: an order
is PENDING until a status report says no, or the account shows the debit.
"""

import re
from typing import Final, Protocol
from uuid import UUID

from customer_stack.payouts.errors import ProviderUnavailable
from customer_stack.payouts.providers.contract import PayoutAnswer, PayoutOrder, PayoutState
from shared.database import DatabaseBusy, DatabaseUnavailable

ACCOUNT: Final = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ./-]{0,32}[A-Za-z0-9])?")
"""What a bank takes as an account number (ISO 20022, Max34Text)."""


class PayoutFiles(Protocol):
    """Where payouts wait for a file, and where the bank's words about them are kept."""

    async def queue(self, order: PayoutOrder) -> None:
        """Keep a payout for the next file, once. Raises ProviderUnavailable."""
        ...

    async def answer_of(self, payout_id: UUID) -> PayoutAnswer:
        """Return what the bank has said of a payout."""
        ...


class BankFilePayouts:
    """The bank that takes files. See `PayoutProvider`."""

    name = "bank-file"

    def __init__(self, files: PayoutFiles) -> None:
        """Queue with `files`, and ask it."""
        self._files = files

    async def send(self, order: PayoutOrder) -> PayoutAnswer:
        """Queue a payout. An account number that no file can carry is an explicit no, the same every time."""
        if ACCOUNT.fullmatch(order.account) is None:
            return PayoutAnswer(PayoutState.REFUSED, reason="account_form")
        try:
            await self._files.queue(order)
            return await self._files.answer_of(order.payout_id)
        except (DatabaseUnavailable, DatabaseBusy) as error:
            raise ProviderUnavailable(
                "The queue of payouts could not be reached. It is tried again."
            ) from error

    async def look_up(self, payout_id: UUID) -> PayoutAnswer:
        """Return what the bank has said of a payout."""
        try:
            return await self._files.answer_of(payout_id)
        except (DatabaseUnavailable, DatabaseBusy) as error:
            raise ProviderUnavailable(
                "The queue of payouts could not be reached. It is tried again."
            ) from error
