"""Who a customer is and what becomes of them. Pure.

A date of birth, a document and an address of residence are claims until the identity check has ended.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from customer_stack.customers.errors import BirthDateImpossible, StatusConflict
from customer_stack.documents.nic import canonical_form

OLDEST_BIRTH_YEAR: Final = 1900


class Status(StrEnum):
    """Where a customer stands. The members of the database type customer_status."""

    REGISTERED = "registered"
    VERIFYING = "verifying"
    ACTIVE = "active"
    REFUSED = "refused"
    FROZEN = "frozen"
    CLOSED = "closed"


TRANSITIONS: Final[Mapping[Status, frozenset[Status]]] = {
    Status.REGISTERED: frozenset({Status.VERIFYING, Status.REFUSED, Status.CLOSED}),
    Status.VERIFYING: frozenset({Status.ACTIVE, Status.REFUSED, Status.CLOSED}),
    Status.ACTIVE: frozenset({Status.FROZEN, Status.CLOSED}),
    Status.FROZEN: frozenset({Status.ACTIVE, Status.CLOSED}),
    Status.REFUSED: frozenset({Status.CLOSED}),
    Status.CLOSED: frozenset(),
}


class DocumentType(StrEnum):
    """What proves an identity. The members of the database type customer_document_type."""

    NATIONAL_ID = "national_id"
    PASSPORT = "passport"


class ClearanceKind(StrEnum):
    """The checks of onboarding. The members of the database type customer_clearance_kind."""

    IDENTITY = "identity"
    SCREENING = "screening"


@dataclass(frozen=True, slots=True)
class Profile:
    """Personal data. Its text form shows nothing, so that no log and no traceback can."""

    email: str = field(repr=False)
    full_name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    residency: str = field(repr=False)
    document_type: DocumentType = field(repr=False)
    document_country: str = field(repr=False)
    document_number: str = field(repr=False)
    phone: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class CustomerAccount:
    """What is known of a customer without personal data. `refusal` is a public reason code."""

    id: UUID
    tenant_id: UUID
    department_id: UUID
    status: Status
    refusal: str | None
    registered_at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """What a posting lane must know of who asks, read in its own transaction.

    `device_id` and `session_began` are the session's; None: there is no such session.
    """

    customer_id: UUID
    tenant_id: UUID
    department_id: UUID
    account_reference: UUID
    status: Status
    session_valid: bool
    device_id: UUID | None = None
    session_began: datetime | None = None

    @property
    def is_verified(self) -> bool:
        """Tell whether every check of onboarding was clear."""
        return self.status in (Status.ACTIVE, Status.FROZEN)

    @property
    def is_frozen(self) -> bool:
        """Tell whether the customer's money must not move at the customer's wish."""
        return self.status is Status.FROZEN

    @property
    def may_ask_for_money(self) -> bool:
        """Tell whether the session is live and the customer active."""
        return self.session_valid and self.status is Status.ACTIVE


@dataclass(frozen=True, slots=True)
class CustomerSession:
    """A session that was just started; the token is shown once."""

    id: UUID
    customer_id: UUID
    token: str = field(repr=False)
    expires_at: datetime


def normalise_email(text: str) -> str:
    """Return the form of an e-mail address in which two that reach one mailbox are equal."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


def normalise_document(kind: DocumentType, country: str, number: str) -> str:
    """Return the form of a document in which one document is one text.

    The old number of an identity card and the new one are one document (`documents.nic`). What this returns
    is what blind indexes were made of: it may never change for a document that somebody has.
    """
    if kind is DocumentType.NATIONAL_ID:
        return f"{kind}|{country}|{canonical_form(number)}"
    return f"{kind}|{country}|{''.join(number.split()).upper()}"


def check_birth_date(born: date, today: date) -> None:
    """Refuse a date on which nobody who registers was born. Raises BirthDateImpossible."""
    if born > today or born.year < OLDEST_BIRTH_YEAR:
        raise BirthDateImpossible("Nobody who registers was born on this date. Correct date_of_birth.")


def require_transition(current: Status, to: Status) -> None:
    """Refuse a change of status that is not foreseen. Raises StatusConflict."""
    if to not in TRANSITIONS[current]:
        raise StatusConflict(f"A customer who is {current} cannot become {to}. Look at the present status.")


def decide_onboarding(current: Status, clearances: Mapping[ClearanceKind, bool]) -> Status | None:
    """Return what the customer becomes now that these checks have ended; None: wait, or already decided."""
    if current not in (Status.REGISTERED, Status.VERIFYING):
        return None
    if not all(clearances.values()):
        return Status.REFUSED
    if current is Status.VERIFYING and set(clearances) == set(ClearanceKind):
        return Status.ACTIVE
    return None
