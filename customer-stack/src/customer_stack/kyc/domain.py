"""What an identity check asks, and how its answer is judged. Pure."""

import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID
from zoneinfo import ZoneInfo

RULES_VERSION: Final = 1
ADULT_YEARS: Final = 18
LICENCE_ZONE: Final = ZoneInfo("Asia/Colombo")
BIRTH_DATE_TOLERANCE: Final = timedelta(days=1)
"""The Sri Lankan NIC counts days by two conventions, a day apart; either agrees with a claimed date."""

FIRST_PAUSE: Final = timedelta(milliseconds=500)
LONGEST_PAUSE: Final = timedelta(minutes=10)


class Outcome(StrEnum):
    """How a check ends. The members of the database type kyc_outcome."""

    CLEAR = "clear"
    REFUSED = "refused"


class Reason(StrEnum):
    """Why a check ended so. The members of the database type kyc_reason."""

    CLEAR = "clear"
    UNDER_AGE = "under_age"
    RESIDENCY_NOT_ALLOWED = "residency_not_allowed"
    DOCUMENT_REJECTED = "document_rejected"
    NAME_DIFFERS = "name_differs"
    BIRTH_DATE_DIFFERS = "birth_date_differs"

    @property
    def public_code(self) -> str | None:
        """Return the reason code that the customer may see; None when all is clear."""
        return None if self is Reason.CLEAR else f"kyc.{self.value}"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the customer says, as the vendor is asked about it."""

    full_name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    residency: str = field(repr=False)
    document_type: str = field(repr=False)
    document_country: str = field(repr=False)
    document_number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Extracted:
    """What the vendor read from the document."""

    full_name: str = field(repr=False)
    date_of_birth: date = field(repr=False)
    residency: str = field(repr=False)


class Pending:
    """The vendor has not answered yet."""


class Rejected:
    """The vendor says that the document proves nothing."""


Verdict = Extracted | Rejected | Pending


@dataclass(frozen=True, slots=True)
class Check:
    """An identity check that has not ended."""

    id: UUID
    tenant_id: UUID
    customer_id: UUID
    is_submitted: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Decision:
    """The end of a check."""

    outcome: Outcome
    reason: Reason


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


def decide(claim: Claim, verdict: Verdict, *, today: date, residencies: frozenset[str]) -> Decision | None:
    """Judge the vendor's verdict; None while it is pending. The first reason that holds counts."""
    if isinstance(verdict, Pending):
        return None
    if isinstance(verdict, Rejected):
        reason = Reason.DOCUMENT_REJECTED
    else:
        reason = _judge(claim, verdict, today, residencies)
    return Decision(Outcome.CLEAR if reason is Reason.CLEAR else Outcome.REFUSED, reason)


def _judge(claim: Claim, read: Extracted, today: date, residencies: frozenset[str]) -> Reason:
    if age_on(read.date_of_birth, today) < ADULT_YEARS:
        return Reason.UNDER_AGE
    if claim.residency not in residencies or read.residency != claim.residency:
        return Reason.RESIDENCY_NOT_ALLOWED
    if abs(read.date_of_birth - claim.date_of_birth) > BIRTH_DATE_TOLERANCE:
        return Reason.BIRTH_DATE_DIFFERS
    if not names_agree(claim.full_name, read.full_name):
        return Reason.NAME_DIFFERS
    return Reason.CLEAR


def pause_after(attempts: int) -> timedelta:
    """Return how long to wait after this many attempts: doubling, at most ten minutes, without an end."""
    doublings = min(max(attempts - 4, 0), 16)
    return min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
