"""Wire shapes of who reports, and of what is written down of parties."""

from datetime import date
from typing import Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import Field, StringConstraints, model_validator

from customer_stack.edge.schemas import Answer, Body
from customer_stack.filings.domain.movements import (
    LATE_DAYS,
    THRESHOLD_CENTS,
    Channel,
)
from customer_stack.filings.domain.profile import ProfileVersion
from customer_stack.filings.domain.suspicion import SUSPICION_DAYS
from customer_stack.filings.service.knowing import OpenedProfile

Text = Annotated[str, StringConstraints(min_length=1, max_length=255)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Code = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,50}$")]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
Swift = Annotated[str, StringConstraints(pattern=r"^[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$")]
Number = Annotated[str, StringConstraints(min_length=1, max_length=50)]
CardNumber = Annotated[str, StringConstraints(pattern=r"^([0-9]{9}[VXvx]|[0-9]{12})$")]
PhoneNumber = Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{6,14}$")]
ProviderName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]{1,32}$")]


class AddressBody(Body):
    """Where the reporting entity is."""

    kind: Code
    address: Line
    city: Text
    country: Country = "LK"


class ReportingPersonBody(Body):
    """Who answers for the reports: the compliance officer whom the FIU knows."""

    first_name: Line
    last_name: Line
    ssn: CardNumber | None = None
    passport_number: Text | None = None
    passport_country: Country | None = None
    nationality: Country = "LK"
    occupation: Text
    email: Text


class InstitutionBody(Body):
    """Us, as who keeps our clients' accounts: by a SWIFT code, or by the code that the FIU gave."""

    name: Text
    swift: Swift | None = None
    code: Number | None = None

    @model_validator(mode="after")
    def check_one(self) -> "InstitutionBody":
        """Ask for one of both."""
        if (self.swift is None) == (self.code is None):
            raise ValueError("give swift, or code where there is no SWIFT code")
        return self


_MODES: Final = {Channel.BANK: "ELEC", Channel.CHECKOUT: "ELEC", Channel.CARD: "CARD", Channel.CASH: "BRCH"}
_FUNDS: Final = {Channel.BANK: "BANK", Channel.CHECKOUT: "CARD", Channel.CARD: "CARD", Channel.CASH: "CASH"}


class CodesBody(Body):
    """The FIU's codes. The defaults are ours; compare them with the tables that the FIU gave you."""

    modes: dict[Channel, Code] = Field(default_factory=lambda: {**_MODES})
    funds: dict[Channel, Code] = Field(default_factory=lambda: {**_FUNDS})
    wallet_funds: Code = "WALT"
    account_type: Code = "WALT"
    account_status: Code = "A"
    address_kind: Code = "PRI"
    phone_contact: Code = "PRI"
    phone_kind: Code = "MOB"
    card_document: Code = "NIC"
    passport_document: Code = "PASS"
    director_role: Code = "DIR"

    @model_validator(mode="after")
    def check_channels(self) -> "CodesBody":
        """Ask for a code of every channel."""
        if set(self.modes) != set(Channel) or set(self.funds) != set(Channel):
            raise ValueError("modes and funds name every channel")
        return self


class PolicyBody(Body):
    """What is reportable. `threshold` in LKR cents. `cash_providers`: names of providers that take cash."""

    threshold: int = Field(default=THRESHOLD_CENTS, ge=100, le=10**15)
    late_days: int = Field(default=LATE_DAYS, ge=1, le=90)
    is_aggregated: bool = False
    cash_providers: list[ProviderName] = Field(default_factory=list, max_length=20)


class ProfileBody(Body):
    """Who reports and how."""

    entity_id: int = Field(ge=1, le=10**9)
    branch: Text
    address: AddressBody
    reporting_person: ReportingPersonBody
    institution: InstitutionBody
    location: Text = "Online"
    codes: CodesBody = CodesBody()
    policy: PolicyBody = PolicyBody()
    suspicion_days: int = Field(default=SUSPICION_DAYS, ge=1, le=30)


class DirectorBody(Body):
    """A director of a company."""

    first_name: Line
    last_name: Line
    nationality: Country
    birthdate: date | None = None
    ssn: CardNumber | None = None
    passport_number: Text | None = None
    passport_country: Country | None = None


class CompanyBody(Body):
    """A body behind a client's account."""

    name: Text
    legal_form: Code
    business: Text
    country: Country
    address: Line
    city: Text
    phone: PhoneNumber
    incorporation_number: Number | None = None
    directors: list[DirectorBody] = Field(default_factory=list, max_length=50)


class PartyBody(Body):
    """What the FIU asks of a client beyond the profile, from the client's documents."""

    address: Line
    city: Text
    country: Country
    occupation: Text
    sex: Literal["female", "male"] | None = None
    first_name: Line | None = None
    last_name: Line | None = None
    company: CompanyBody | None = None


class CounterpartyBody(Body):
    """Whose an account outside is and who keeps it."""

    institution_name: Text
    swift: Swift
    account_name: Text


class DecisionBody(Body):
    """Whether a proposal is approved."""

    is_approved: bool


class ProfileVersionAnswer(Answer):
    """A version of who reports, and how it was decided."""

    number: int
    proposed_by: UUID
    proposed_at: str
    is_approved: bool | None
    decided_by: UUID | None
    decided_at: str | None


class ProfileAnswer(ProfileVersionAnswer):
    """The same with its content."""

    profile: ProfileBody


class ProfilesAnswer(Answer):
    """A page of versions, newest first."""

    items: list[ProfileAnswer]
    next_cursor: str | None


def show_version(version: ProfileVersion) -> ProfileVersionAnswer:
    """Return a version of who reports as its answer."""
    return ProfileVersionAnswer(**_version(version))


def show_profile(opened: OpenedProfile) -> ProfileAnswer:
    """Return a version of who reports with its content."""
    profile = ProfileBody.model_validate(opened.profile, from_attributes=True)
    return ProfileAnswer(**_version(opened.version), profile=profile)


def _version(version: ProfileVersion) -> dict[str, Any]:
    return {
        "number": version.sealed.number,
        "proposed_by": version.sealed.written_by,
        "proposed_at": version.sealed.written_at.isoformat(),
        "is_approved": version.is_approved,
        "decided_by": version.decided_by,
        "decided_at": version.decided_at.isoformat() if version.decided_at else None,
    }
