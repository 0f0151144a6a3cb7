"""What is known of a customer. Pure.

Words of other modules (tiers, flags, keys of rules) are texts here, so that this module depends on none of
them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from enum import Enum, StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

FOREVER: Final = datetime(9999, 12, 31, tzinfo=UTC)
"""Until when somebody is excluded for good."""


class Restriction(StrEnum):
    """What a customer must not do with money. The members of the database type facts_restriction.

    Full: nothing moves at the customer's wish. Debit only: nothing leaves.
    """

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    NONE = "none"
    DEBIT_ONLY = "debit_only"
    FULL = "full"


class Screening(StrEnum):
    """What the lists say of a customer. The members of the database type facts_screening."""

    PENDING = "pending"
    CLEAR = "clear"
    POSSIBLE = "possible"
    CONFIRMED = "confirmed"


class CustomerFacts(NamedTuple):
    """What the gate knows of a customer.

    `expected_turnover`: LKR cents a month. `risk`: 0 to 100. `snoozes`: key of a rule -> until when it is
    silent. None: not known, or nothing of the kind. `version` counts changes.
    """

    customer_id: UUID
    tenant_id: UUID
    version: int
    restriction: Restriction
    cooling_until: datetime | None
    excluded_until: datetime | None
    screening: Screening
    screening_version: bytes | None
    screened_at: datetime | None
    tier: str | None
    document_expires_on: date | None
    expected_turnover: int | None
    risk: int | None
    flags: frozenset[str]
    country: str | None
    registered_at: datetime
    snoozes: Mapping[str, datetime]


class Unchanged(Enum):
    """Stands for a fact that a change leaves as it is; None says that a fact is not known."""

    UNCHANGED = "unchanged"


UNCHANGED: Final = Unchanged.UNCHANGED


@dataclass(frozen=True, slots=True)
class Changes:
    """Facts that change together; what is not named stays."""

    restriction: Restriction | Unchanged = UNCHANGED
    cooling_until: datetime | Unchanged | None = UNCHANGED
    excluded_until: datetime | Unchanged | None = UNCHANGED
    screening: Screening | Unchanged = UNCHANGED
    screening_version: bytes | Unchanged | None = UNCHANGED
    screened_at: datetime | Unchanged | None = UNCHANGED
    tier: str | Unchanged | None = UNCHANGED
    document_expires_on: date | Unchanged | None = UNCHANGED
    expected_turnover: int | Unchanged | None = UNCHANGED
    risk: int | Unchanged | None = UNCHANGED
    flags: frozenset[str] | Unchanged = UNCHANGED
    country: str | Unchanged | None = UNCHANGED
    snoozes: Mapping[str, datetime] | Unchanged = UNCHANGED

    def named(self) -> dict[str, Any]:
        """Return the facts that change, by name, in a fixed order."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not UNCHANGED}
