"""Seals what a file tells of people: account numbers, names, what a payer typed."""

from typing import Final
from uuid import UUID

from customer_stack.customers.sealing import RecordSealing

_TABLE_OF: Final = {
    "remittance_sealed": "bank_file_entry",
    "counterparty_sealed": "bank_file_entry",
    "account_sealed": "bank_file_payout",
    "reference_sealed": "bank_file_payout",
}


class FileTexts:
    """Each text is bound to its table, column and row."""

    def __init__(self, sealing: RecordSealing) -> None:
        """Seal with the keys of `sealing`."""
        self._sealing = sealing

    def seal(self, column: str, row_id: UUID, text: str) -> bytes:
        """Return a text encrypted and bound to a column and a row of ours."""
        return self._sealing.seal((_TABLE_OF[column], column, row_id), text)

    def open(self, column: str, row_id: UUID, sealed: bytes) -> str:
        """Return the text that was sealed there."""
        return self._sealing.open((_TABLE_OF[column], column, row_id), sealed)
