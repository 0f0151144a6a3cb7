"""Who reports and how: what reports say of the operator, and the FIU's codes for what happens. Pure.

The codes are of the FIU's tables of its goAML installation, which are not published: the defaults are what we
know of them and are to be compared with the tables that the FIU gives an entity when it is registered.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from customer_stack.filings.domain.movements import Channel, Policy
from customer_stack.filings.domain.report import Address, Institution, Person, ReportingEntity


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes for what a report names. `modes` and `funds` by channel."""

    modes: Mapping[Channel, str]
    funds: Mapping[Channel, str]
    wallet_funds: str
    account_type: str
    account_status: str
    address_kind: str
    phone_contact: str
    phone_kind: str
    card_document: str
    passport_document: str
    director_role: str


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything that is configured of a tenant's reports."""

    entity_id: int
    branch: str
    address: Address
    reporting_person: Person = field(repr=False)
    institution: Institution
    location: str
    codes: Codes
    policy: Policy
    suspicion_days: int

    @property
    def reporting_entity(self) -> ReportingEntity:
        """Return who reports, as a file says it."""
        return ReportingEntity(self.entity_id, self.branch, self.address, self.reporting_person)


@dataclass(frozen=True, slots=True)
class Party:
    """What the FIU asks of a client beyond the profile: what an officer wrote down from the documents.

    First and last name only where the profile's name does not split at its last blank. `company`: the account
    is of a body, which the person represents.
    """

    address: str = field(repr=False)
    city: str = field(repr=False)
    country: str
    occupation: str = field(repr=False)
    sex: str | None = None
    first_name: str | None = field(default=None, repr=False)
    last_name: str | None = field(default=None, repr=False)
    company: "Company | None" = None


@dataclass(frozen=True, slots=True)
class Director:
    """A director of a company, as far as a report names one."""

    first_name: str = field(repr=False)
    last_name: str = field(repr=False)
    nationality: str
    birthdate: date | None = field(default=None, repr=False)
    ssn: str | None = field(default=None, repr=False)
    passport_number: str | None = field(default=None, repr=False)
    passport_country: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A body behind a client's account. `legal_form` is a code of the FIU's table."""

    name: str = field(repr=False)
    legal_form: str
    business: str = field(repr=False)
    country: str
    address: str = field(repr=False)
    city: str = field(repr=False)
    phone: str = field(repr=False)
    incorporation_number: str | None = field(default=None, repr=False)
    directors: tuple[Director, ...] = ()


@dataclass(frozen=True, slots=True)
class Counterparty:
    """Whose an account outside is and who keeps it."""

    institution_name: str
    swift: str
    account_name: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class SealedVersion:
    """A version of something, sealed for the row `seal_id`. Versions count from 1."""

    number: int
    seal_id: UUID
    content_sealed: bytes = field(repr=False)
    written_by: UUID
    written_at: datetime


@dataclass(frozen=True, slots=True)
class ProfileVersion:
    """A version of who reports. `is_approved` None: nobody has decided yet."""

    sealed: SealedVersion
    is_approved: bool | None
    decided_by: UUID | None
    decided_at: datetime | None
