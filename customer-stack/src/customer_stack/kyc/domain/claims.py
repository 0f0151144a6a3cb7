"""Who somebody says they are, what a vendor read, and why an answer is no. Pure."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from customer_stack.customers.domain import DocumentType
from customer_stack.documents.nic import Sex

LICENCE_ZONE: Final = ZoneInfo("Asia/Colombo")


class Reason(StrEnum):
    """Why a session did not pass, as its customer may know it."""

    UNDER_AGE = "under_age"
    RESIDENCY_NOT_ALLOWED = "residency_not_allowed"
    DOCUMENT_REJECTED = "document_rejected"
    DOCUMENT_ILL_FORMED = "document_ill_formed"
    DOCUMENT_EXPIRED = "document_expired"
    DOCUMENT_DIFFERS = "document_differs"
    DOCUMENT_UNREADABLE = "document_unreadable"
    NAME_DIFFERS = "name_differs"
    NAME_CHANGED = "name_changed"
    BIRTH_DATE_DIFFERS = "birth_date_differs"
    SEX_DIFFERS = "sex_differs"
    NOT_ACCEPTED = "not_accepted"

    @property
    def public_code(self) -> str:
        """Return the code that the customer sees."""
        return f"kyc.{self.value}"

    @property
    def public_text(self) -> str:
        """Return what the customer is told. It never says how a check works."""
        return _PUBLIC_TEXTS[self]


_PUBLIC_TEXTS: Final[Mapping[Reason, str]] = {
    Reason.UNDER_AGE: "You are not old enough to be our customer.",
    Reason.RESIDENCY_NOT_ALLOWED: "We may not serve people who live in your country.",
    Reason.DOCUMENT_REJECTED: "The document was not accepted. Check its number, or use another one.",
    Reason.DOCUMENT_ILL_FORMED: "The document's number is not one that such a document has. Check it.",
    Reason.DOCUMENT_EXPIRED: "The document has expired. Use one that is valid.",
    Reason.DOCUMENT_DIFFERS: "The document's number and its machine-readable lines do not agree. Check both.",
    Reason.DOCUMENT_UNREADABLE: "The document cannot be read. Check the lines, or send a sharper picture.",
    Reason.NAME_DIFFERS: "The name is not the one in the document. Write it as it stands there.",
    Reason.NAME_CHANGED: "The name is another one than you registered with.",
    Reason.BIRTH_DATE_DIFFERS: "The date of birth is not the one in the document. Check both.",
    Reason.SEX_DIFFERS: "The sex is not the one in the document. Check both.",
    Reason.NOT_ACCEPTED: "We could not verify who you are.",
}


@dataclass(frozen=True, slots=True)
class Claim:
    """Who somebody says they are, and the document that shall prove it. `mrz`: its lines, if sent."""

    full_name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    residency: str = field(repr=False)
    document_type: DocumentType = field(repr=False)
    document_country: str = field(repr=False)
    document_number: str = field(repr=False)
    sex: Sex | None = field(default=None, repr=False)
    mrz: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Extracted:
    """What the vendor read from the document."""

    full_name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    residency: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """The vendor has not answered yet."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """The vendor says that the document proves nothing."""


Verdict = Extracted | Rejected | Pending


def day_of(now: datetime) -> date:
    """Return the calendar day of a moment where the licence holds."""
    return now.astimezone(LICENCE_ZONE).date()


def age_on(born: date, day: date) -> int:
    """Return full years; who was born on 29 February is a year older on 1 March of common years."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def name_words(name: str) -> frozenset[str]:
    """Return the words of a name without case, marks and signs."""
    plain = "".join(
        character
        for character in unicodedata.normalize("NFKD", name.casefold())
        if unicodedata.category(character) != "Mn"
    )
    return frozenset("".join(c if c.isalnum() else " " for c in plain).split())


def names_agree(claimed: str, read: str) -> bool:
    """Tell whether every word of the shorter name stands in the longer one, with two words in common."""
    one, other = name_words(claimed), name_words(read)
    common = len(one & other)
    return common == min(len(one), len(other)) and common >= min(2, max(len(one), len(other)))
