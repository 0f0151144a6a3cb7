"""Customers' own accounts at banks. Pure."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

ACCOUNTS_PER_CUSTOMER: Final = 10
_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class PayoutAccount:
    """An account to which a customer's withdrawals go. Its text form shows neither number nor name."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    number: str = field(repr=False)
    holder: str = field(repr=False)
    added_at: datetime

    @property
    def masked(self) -> str:
        """Return the number with all but its end hidden."""
        return "*" * max(len(self.number) - _SHOWN, 0) + self.number[-_SHOWN:]


def normalise_number(text: str) -> str:
    """Return the form of an account number in which one account is one text."""
    return "".join(character for character in text.upper() if character.isalnum())
