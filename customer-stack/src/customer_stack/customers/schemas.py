"""Wire shapes of customers and their sessions."""

import unicodedata
from datetime import date, datetime
from typing import Annotated, Final, Literal, Self
from uuid import UUID

from pydantic import AfterValidator, Field, SecretStr, StringConstraints, model_validator

from customer_stack.customers.domain import CustomerAccount, DocumentType, Profile, Status
from customer_stack.documents.phone import read_phone
from customer_stack.edge.schemas import Answer, Body, Form, TenantSlug, advise, show

Email = Annotated[
    str,
    Form(
        r"^(?=.{3,254}$)[^@\s\x00-\x1f\x7f]{1,64}@[^@\s.\x00-\x1f\x7f]+(\.[^@\s.\x00-\x1f\x7f]+)+$",
        "must be an e-mail address, such as name@example.lk",
    ),
]
Country = Annotated[
    str, Form(r"^[A-Z]{2}$", "must be a country's two capital letters (ISO 3166), such as LK")
]
NationalId = Annotated[
    str,
    Form(
        r"^([0-9]{9}[VX]|[0-9]{12})$",
        "must be a national identity card's number: twelve digits, or nine digits and V or X",
        upper=True,
    ),
]
PassportNumber = Annotated[
    str,
    Form(
        r"^[A-Z]{0,2}[0-9]{6,9}$", "must be up to two letters and six to nine digits, no spaces", upper=True
    ),
]


def _read_phone(text: str) -> str:
    number = read_phone(text)
    if number is None:
        raise advise(
            "phone", "must be a phone number with + and the country code, such as +94771234567, or 0771234567"
        )
    return number


Phone = Annotated[
    str,
    StringConstraints(max_length=40),
    AfterValidator(_read_phone),
]
"""A phone number as people write it; it is kept in E.164. Without a country code it is a Sri Lankan one."""

_PASSWORD_LENGTH: Final = (10, 200)


def _check_password(password: SecretStr) -> SecretStr:
    if not _PASSWORD_LENGTH[0] <= len(password) <= _PASSWORD_LENGTH[1]:
        raise advise("password", "must have at least {} and at most {} characters".format(*_PASSWORD_LENGTH))
    return password


Password = Annotated[
    SecretStr,
    AfterValidator(_check_password),
    Field(json_schema_extra={"minLength": _PASSWORD_LENGTH[0], "maxLength": _PASSWORD_LENGTH[1]}),
]


def _check_name(name: str) -> str:
    """Accept letters of any script with marks, spaces and the few signs that names have."""
    if not any(unicodedata.category(character)[0] == "L" for character in name) or not all(
        unicodedata.category(character)[0] in "LM" or character in " .'-\u2019\u200d\u200c"
        for character in name
    ):
        raise advise("name", "must be a name: letters, spaces, and . ' - only")
    return " ".join(name.split())


FullName = Annotated[
    str, StringConstraints(min_length=2, max_length=200, strip_whitespace=True), AfterValidator(_check_name)
]
"""A person's name as their document has it."""


class PassportBody(Body):
    """A passport."""

    number: PassportNumber
    country: Country


ConsentPurpose = Annotated[str, StringConstraints(pattern=r"^[a-z_]{2,40}$")]
ConsentVersion = Annotated[int, Field(ge=1, le=9999, strict=True)]


class RegistrationBody(Body):
    """Who wants to become a customer, and one document that proves it: `national_id` or `passport`.

    A national identity card's number says when its holder was born; it has to agree with `date_of_birth`.
    """

    model_config = show(
        {
            "tenant": "lanka",
            "email": "nimal@example.lk",
            "password": "a long password",
            "full_name": "Nimal Perera",
            "date_of_birth": "1990-05-17",
            "residency": "LK",
            "national_id": "199013801234",
            "phone": "+94771234567",
            "consents": {"terms": 1, "privacy_notice": 1, "identity_vendor": 1},
        }
    )

    tenant: TenantSlug
    email: Email
    password: Password
    full_name: FullName
    date_of_birth: date
    residency: Country
    national_id: NationalId | None = None
    passport: PassportBody | None = None
    phone: Phone
    consents: dict[ConsentPurpose, ConsentVersion] = Field(default_factory=dict, max_length=16)
    """What you agree to, by the version of its text: GET /v1/privacy/texts shows them."""
    language: Literal["en", "si", "ta"] = "en"

    @model_validator(mode="after")
    def check_document(self) -> Self:
        """Accept exactly one document."""
        if (self.national_id is None) == (self.passport is None):
            raise advise("document", "must have either national_id or passport, exactly one of them")
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
