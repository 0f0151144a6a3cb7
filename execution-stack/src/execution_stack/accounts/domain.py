"""Who a caller is to us. Pure."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from shared.ids import uuid_from_name

_RECIPIENTS: Final = UUID("6f1d0d5a-4a2e-5b6c-9d55-1a2b3c4d5e6f")


@dataclass(frozen=True, slots=True)
class Registration:
    """An account and the tenant to which it belongs."""

    account: UUID
    tenant_id: UUID


def recipient_of(sender: str) -> UUID:
    """Return the id under which a sender of boundary calls is kept: its name never enters a table."""
    return uuid_from_name(_RECIPIENTS, sender)
