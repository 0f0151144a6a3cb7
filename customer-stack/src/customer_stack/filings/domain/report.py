"""A goAML report as values: what the published schema 4.0.2 names, as far as we use it. Pure.

Names follow the schema where they can, so that who knows goAML finds each value. Amounts are LKR cents;
moments are aware and written as Colombo's wall clock; texts are what people wrote, cleaned when written.

Source: UNODC, goAML XML schema 4.0.2, and the FIU-SL's additions (version 1.1.10 of its specification).
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from customer_stack.documents.nic import Sex


class ReportCode(StrEnum):
    """Kinds of reports that we write. IFT, across the border, is none: all money here moves in Sri Lanka."""

    CTR = "CTR"
    EFT = "EFT"
    STR = "STR"


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody lives or works. `kind` is a code of the FIU's table of contact types."""

    kind: str
    address: str = field(repr=False)
    city: str = field(repr=False)
    country: str


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone number in E.164. Both codes are of the FIU's tables."""

    contact_type: str
    communication_type: str
    number: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identification:
    """A document that shows who somebody is."""

    type: str
    number: str = field(repr=False)
    issue_country: str


@dataclass(frozen=True, slots=True)
class Person:
    """A person, of whom the schema asks more or less by place: a client most, a counterparty least."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    sex: Sex | None = field(default=None, repr=False)
    birthdate: date | None = field(default=None, repr=False)
    ssn: str | None = field(default=None, repr=False)
    passport_number: str | None = field(default=None, repr=False)
    passport_country: str | None = None
    nationality: str | None = None
    residence: str | None = None
    occupation: str | None = field(default=None, repr=False)
    email: str | None = field(default=None, repr=False)
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()
    identification: tuple[Identification, ...] = ()


@dataclass(frozen=True, slots=True)
class Director:
    """A person who directs a body, by a code of the FIU's table of roles."""

    person: Person
    role: str


@dataclass(frozen=True, slots=True)
class Entity:
    """A body: a company, a partnership, an office of the government."""

    name: str = field(repr=False)
    legal_form: str | None = None
    incorporation_number: str | None = field(default=None, repr=False)
    business: str | None = field(default=None, repr=False)
    country: str | None = None
    phones: tuple[Phone, ...] = ()
    addresses: tuple[Address, ...] = ()
    directors: tuple[Director, ...] = ()


@dataclass(frozen=True, slots=True)
class Institution:
    """Who keeps an account: by its SWIFT code, or by another code where it has none."""

    name: str
    swift: str | None = None
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """An account. Of a client's own, the FIU-SL asks for branch, currency, type, status and who signs."""

    institution: Institution
    number: str = field(repr=False)
    name: str | None = field(default=None, repr=False)
    branch: str | None = None
    currency: str | None = None
    type: str | None = None
    status: str | None = None
    opened: datetime | None = None
    signatories: tuple[Person, ...] = ()
    entity: Entity | None = None


Subject = Person | Entity | Account


@dataclass(frozen=True, slots=True)
class Side:
    """Where money came from, or went to. `is_client`: whoever it is, is a client of the reporting entity."""

    is_client: bool
    funds_code: str
    subject: Subject
    country: str
    funds_comment: str | None = None


@dataclass(frozen=True, slots=True)
class Transaction:
    """One movement of money, from one side to one other. `amount` in LKR cents."""

    number: str
    internal_reference: str
    location: str
    description: str
    at: datetime
    value_at: datetime
    mode: str
    amount: int
    source: Side
    destination: Side
    mode_comment: str | None = None
    comments: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class ReportingEntity:
    """Who reports: as the FIU registered it, and who answers for it there."""

    id: int
    branch: str
    address: Address
    person: Person


@dataclass(frozen=True, slots=True)
class Report:
    """A report, whole. `fiu_reference` names the report that this one corrects."""

    entity: ReportingEntity
    code: ReportCode
    reference: str
    submitted_at: datetime
    transactions: tuple[Transaction, ...]
    fiu_reference: str | None = None
    reason: str | None = field(default=None, repr=False)
    action: str | None = field(default=None, repr=False)
    indicators: tuple[str, ...] = ()
