"""Automatic checks: what is judged from a claim alone, and how a vendor's extract is judged. Pure.

A check is made from the parameters in a route's configuration and is then a function of a subject. It finds
one of four outcomes; the first reason that holds counts. Checks are found by name in `CHECKS`: whoever adds
one adds a maker there.

Guaranteed: an age is counted from the latest day that anything says somebody was born on: the claim, each
way of counting an identity card's days, the vendor's extract.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Final

from customer_stack.customers.domain import DocumentType
from customer_stack.documents.countries import two_letters
from customer_stack.documents.mrz import MachineReadableZone, read_mrz
from customer_stack.documents.nic import BirthAgreement, NationalId, read_national_id
from customer_stack.kyc.domain.claims import (
    Claim,
    Extracted,
    Pending,
    Reason,
    Rejected,
    Verdict,
    age_on,
    name_words,
    names_agree,
)
from customer_stack.kyc.errors import ParameterUnusable

UNUSUAL_CHECK_DIGIT: Final = "unusual_check_digit"
DAY_DIFFERS: Final = "day_differs"
_PASSPORT: Final = re.compile(r"[A-Z0-9]{5,9}")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_AGES: Final = range(1, 121)


class Outcome(StrEnum):
    """How a step ends. The members of the database type kyc_step_outcome."""

    PASS = "pass"  # noqa: S105 - an outcome
    RETRY = "retry"
    REJECT = "reject"
    ESCALATE = "escalate"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a step found. `reason` None: it passed. `notes` are codes for reviewers, without personal data."""

    outcome: Outcome
    reason: Reason | None = None
    notes: tuple[str, ...] = ()


PASSED: Final = Finding(Outcome.PASS)


@dataclass(frozen=True, slots=True)
class Subject:
    """What a check looks at. `registered_name`: the one that was screened; `extract`: the vendor's."""

    claim: Claim
    registered_name: str = field(repr=False)
    today: date
    extract: Extracted | None = None

    @property
    def national_id(self) -> NationalId | None:
        """Return what stands in the card's number; None: no card, or no number."""
        if self.claim.document_type is not DocumentType.NATIONAL_ID:
            return None
        read = read_national_id(self.claim.document_number, self.today)
        return read if isinstance(read, NationalId) else None

    @property
    def zone(self) -> MachineReadableZone | None:
        """Return what stands in the machine-readable lines; None: there are none that can be read."""
        read = None if self.claim.mrz is None else read_mrz(self.claim.mrz, self.today)
        return read if isinstance(read, MachineReadableZone) else None

    @property
    def latest_birth_date(self) -> date:
        """Return the latest day that anything says this person was born on."""
        days = [self.claim.date_of_birth]
        if self.national_id is not None:
            days.append(self.national_id.latest_birth_date)
        if self.zone is not None and self.zone.born is not None:
            days.append(self.zone.born)
        if self.extract is not None:
            days.append(self.extract.date_of_birth)
        return max(days)


AutomaticCheck = Callable[[Subject], Finding]
CheckMaker = Callable[[Mapping[str, Any]], AutomaticCheck]
"""Makes a check from the parameters of its step. Raises ParameterUnusable, which says what they must be."""


def _make_document_form(parameters: Mapping[str, Any]) -> AutomaticCheck:
    """Pass numbers that such a document has. A card's unusual check digit is noted and nothing else."""
    _accept_parameters(parameters)

    def check(subject: Subject) -> Finding:
        ill_formed = Finding(Outcome.RETRY, Reason.DOCUMENT_ILL_FORMED)
        if subject.claim.document_type is DocumentType.PASSPORT:
            return PASSED if _PASSPORT.fullmatch(subject.claim.document_number) else ill_formed
        card = subject.national_id
        if card is None or subject.claim.document_country != "LK":
            return ill_formed
        return PASSED if card.is_check_digit_usual else Finding(Outcome.PASS, None, (UNUSUAL_CHECK_DIGIT,))

    return check


def _make_age(parameters: Mapping[str, Any]) -> AutomaticCheck:
    """Pass who has `years` full years."""
    _accept_parameters(parameters, "years")
    years = parameters["years"]
    if type(years) is not int or years not in _AGES:
        raise ParameterUnusable("years must be a whole number from 1 to 120")

    def check(subject: Subject) -> Finding:
        if age_on(subject.latest_birth_date, subject.today) < years:
            return Finding(Outcome.REJECT, Reason.UNDER_AGE)
        return PASSED

    return check


def _make_residency(parameters: Mapping[str, Any]) -> AutomaticCheck:
    """Pass residents of `countries`, by the claim and by the vendor's extract once there is one."""
    _accept_parameters(parameters, "countries")
    countries = read_countries(parameters["countries"])

    def check(subject: Subject) -> Finding:
        said = {subject.claim.residency}
        if subject.extract is not None:
            said.add(subject.extract.residency)
        return PASSED if said <= countries else Finding(Outcome.REJECT, Reason.RESIDENCY_NOT_ALLOWED)

    return check


def _make_birth(parameters: Mapping[str, Any]) -> AutomaticCheck:
    """Pass a claim that agrees with the card's number. Another year or sex does not; another day is asked."""
    _accept_parameters(parameters)

    def check(subject: Subject) -> Finding:
        card = subject.national_id
        if card is None:
            return PASSED
        match card.compare_birth(subject.claim.date_of_birth, subject.claim.sex):
            case BirthAgreement.AGREES:
                return PASSED
            case BirthAgreement.DAY_DIFFERS:
                return Finding(Outcome.ESCALATE, Reason.BIRTH_DATE_DIFFERS, (DAY_DIFFERS,))
            case BirthAgreement.YEAR_DIFFERS:
                return Finding(Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS)
            case BirthAgreement.SEX_DIFFERS:
                return Finding(Outcome.RETRY, Reason.SEX_DIFFERS)

    return check


def _make_zone(parameters: Mapping[str, Any]) -> AutomaticCheck:
    """Pass machine-readable lines that agree with the claim. `required`: whether they must be there."""
    _accept_parameters(parameters, "required")
    required = parameters["required"]
    if not isinstance(required, bool):
        raise ParameterUnusable("required must be true or false")

    def check(subject: Subject) -> Finding:
        if subject.claim.mrz is None:
            return Finding(Outcome.RETRY, Reason.DOCUMENT_UNREADABLE) if required else PASSED
        zone = subject.zone
        if zone is None:
            return Finding(Outcome.RETRY, Reason.DOCUMENT_UNREADABLE)
        return _compare_zone(subject, zone)

    return check


def _compare_zone(subject: Subject, zone: MachineReadableZone) -> Finding:
    claim = subject.claim
    if zone.number != claim.document_number or two_letters(zone.issuer) != claim.document_country:
        return Finding(Outcome.RETRY, Reason.DOCUMENT_DIFFERS)
    if zone.expires < subject.today:
        return Finding(Outcome.RETRY, Reason.DOCUMENT_EXPIRED)
    if zone.born != claim.date_of_birth:
        return Finding(Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS)
    if None not in (zone.sex, claim.sex) and zone.sex is not claim.sex:
        return Finding(Outcome.RETRY, Reason.SEX_DIFFERS)
    if not names_agree(claim.full_name, zone.full_name):  # transliterated, or cut where the line ended
        return Finding(Outcome.ESCALATE, Reason.NAME_DIFFERS)
    return PASSED


def _make_registered_name(parameters: Mapping[str, Any]) -> AutomaticCheck:
    """Pass the name that was registered. It was screened; another one is a person's to look at."""
    _accept_parameters(parameters)

    def check(subject: Subject) -> Finding:
        if name_words(subject.claim.full_name) == name_words(subject.registered_name):
            return PASSED
        return Finding(Outcome.ESCALATE, Reason.NAME_CHANGED)

    return check


CHECKS: Final[Mapping[str, CheckMaker]] = {
    "document_form": _make_document_form,
    "age": _make_age,
    "residency": _make_residency,
    "birth": _make_birth,
    "machine_readable_zone": _make_zone,
    "registered_name": _make_registered_name,
}
"""Every automatic check by the name that configuration calls it."""


def judge_verdict(subject: Subject, verdict: Verdict) -> Finding | None:
    """Judge what a vendor said about a claim; None while it is pending. The first reason counts."""
    match verdict:
        case Pending():
            return None
        case Rejected():
            return Finding(Outcome.RETRY, Reason.DOCUMENT_REJECTED)
        case Extracted() as read:
            return _compare_extract(subject, read)


def _compare_extract(subject: Subject, read: Extracted) -> Finding:
    claim, card = subject.claim, subject.national_id
    if read.residency != claim.residency:
        return Finding(Outcome.RETRY, Reason.RESIDENCY_NOT_ALLOWED)
    same_day = {claim.date_of_birth, *(() if card is None else card.birth_dates)}
    if claim.date_of_birth.year != read.date_of_birth.year:
        return Finding(Outcome.RETRY, Reason.BIRTH_DATE_DIFFERS)
    if not names_agree(claim.full_name, read.full_name):
        return Finding(Outcome.RETRY, Reason.NAME_DIFFERS)
    if read.date_of_birth not in same_day:
        return Finding(Outcome.ESCALATE, Reason.BIRTH_DATE_DIFFERS, (DAY_DIFFERS,))
    return PASSED


def read_countries(value: object) -> frozenset[str]:
    """Return a list of countries from configuration. Raises ParameterUnusable."""
    if (
        not isinstance(value, list)
        or not value
        or not all(isinstance(each, str) and _COUNTRY.fullmatch(each) for each in value)
    ):
        raise ParameterUnusable("countries must be a list of two capital letters each, in quotes")
    return frozenset(value)


def _accept_parameters(parameters: Mapping[str, Any], *names: str) -> None:
    """Refuse parameters that a check does not have, and the lack of one it has. Raises ParameterUnusable."""
    if set(parameters) != set(names):
        raise ParameterUnusable(f"the parameters must be {', '.join(names) or 'none'}")
