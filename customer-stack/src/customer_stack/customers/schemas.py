"""Wire shapes of customers and their sessions."""

import unicodedata
from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints, field_validator, model_validator
from pydantic_core import PydanticCustomError

from customer_stack.customers.domain import CustomerAccount, DocumentType, Profile, Status
from customer_stack.edge.schemas import Answer, Body, TenantSlug

Email = Annotated[
    str,
    StringConstraints(
        max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f]{1,64}@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+$"
    ),
]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
NationalId = Annotated[str, StringConstraints(to_upper=True, pattern=r"^([0-9]{9}[VX]|[0-9]{12})$")]
Password = Annotated[SecretStr, Field(min_length=10, max_length=200)]


def _advise(code: str, advice: str) -> PydanticCustomError:
    """Return a validation error whose advice the edge shows. It never contains the value."""
    return PydanticCustomError(code, "not accepted", {"advice": advice})


class PassportBody(Body):
    """A passport."""

    number: Annotated[str, StringConstraints(to_upper=True, pattern=r"^[A-Z]{0,2}[0-9]{6,9}$")]
    country: Country


class RegistrationBody(Body):
    """Who wants to become a customer, and one document that proves it."""

    tenant: TenantSlug
    email: Email
    password: Password
    full_name: Annotated[str, StringConstraints(min_length=2, max_length=200)]
    date_of_birth: date
    residency: Country
    national_id: (
        Annotated[str, StringConstraints(to_upper=True, pattern=r"^([0-9]{9}[VX]|[0-9]{12})$")] | None
    ) = None
    passport: PassportBody | None = None
    phone: Annotated[str, StringConstraints(pattern=r"^\+[1-9][0-9]{7,14}$")]

    @field_validator("full_name")
    @classmethod
    def check_name(cls, name: str) -> str:
        """Accept letters of any script with marks, spaces and the few signs that names have."""
        if not any(unicodedata.category(character)[0] == "L" for character in name) or not all(
            unicodedata.category(character)[0] in "LM" or character in " .'-\u2019\u200d\u200c"
            for character in name
        ):
            raise _advise("name", "must be a name: letters, spaces, and . ' - only")
        return " ".join(name.split())

    @model_validator(mode="after")
    def check_document(self) -> Self:
        """Accept exactly one document."""
        if (self.national_id is None) == (self.passport is None):
            raise _advise("document", "must have either national_id or passport, exactly one of them")
        return self

    def to_profile(self) -> Profile:
        """Return the personal data."""
        if self.passport is not None:
            kind, country, number = DocumentType.PASSPORT, self.passport.country, self.passport.number
        else:
            kind, country, number = DocumentType.NATIONAL_ID, "LK", self.national_id or ""
        return Profile(
            email=self.email,
            full_name=self.full_name,
            date_of_birth=self.date_of_birth,
            residency=self.residency,
            document_type=kind,
            document_country=country,
            document_number=number,
            phone=self.phone,
        )


class CustomerAnswer(Answer):
    """A customer without personal data. `refusal` is a reason code for people who were refused."""

    customer_id: UUID
    status: Status
    refusal: str | None
    registered_at: datetime

    @classmethod
    def of(cls, account: CustomerAccount) -> Self:
        """Return the wire shape of a customer."""
        return cls(
            customer_id=account.id,
            status=account.status,
            refusal=account.refusal,
            registered_at=account.registered_at,
        )


class CustomerPage(Answer):
    """Customers, oldest first."""

    items: list[CustomerAnswer]
    next_cursor: str | None


class MeAnswer(CustomerAnswer):
    """The customer who asks, with their own personal data."""

    email: str
    full_name: str
    date_of_birth: date
    residency: str
    document_type: DocumentType
    document_number: str
    phone: str


class SignInBody(Body):
    """Who signs in."""

    tenant: TenantSlug
    email: Annotated[str, StringConstraints(min_length=3, max_length=254)]
    password: Annotated[SecretStr, Field(min_length=1, max_length=200)]


class SessionAnswer(Answer):
    """A started session. Send the token as `Authorization: Bearer`; browsers got it as a cookie."""

    session_id: UUID
    customer_id: UUID
    token: str
    expires_at: datetime
