"""Between a profile and its stored form: which field is sealed under which name."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import CustomerAccount, DocumentType, Profile, normalise_document
from customer_stack.customers.sealing import PersonCipher, Sealing

TABLE: Final = "customer_profile"


@dataclass(frozen=True, slots=True)
class SealedProfile:
    """A profile as it is stored."""

    document_type: DocumentType
    document_index: bytes
    email: bytes
    full_name: bytes
    date_of_birth: bytes
    residency: bytes
    document_number: bytes
    phone: bytes


def seal_profile(
    sealing: Sealing, account: CustomerAccount, cipher: PersonCipher, profile: Profile
) -> SealedProfile:
    """Return a profile as it is stored: every field sealed for its place, the document indexed."""
    document = normalise_document(profile.document_type, profile.document_country, profile.document_number)

    def seal(column: str, text: str) -> bytes:
        return cipher.seal((TABLE, column, account.id), text)

    return SealedProfile(
        document_type=profile.document_type,
        document_index=sealing.index("document", account.tenant_id, document),
        email=seal("email", profile.email),
        full_name=seal("full_name", profile.full_name),
        date_of_birth=seal("date_of_birth", profile.date_of_birth.isoformat()),
        residency=seal("residency", profile.residency),
        document_number=seal("document_number", f"{profile.document_country}|{profile.document_number}"),
        phone=seal("phone", profile.phone),
    )


def open_document_country(customer_id: UUID, cipher: PersonCipher, sealed: SealedProfile) -> str:
    """Return the country of a profile's document, and open nothing else of it. Raises SealBroken."""
    return cipher.open((TABLE, "document_number", customer_id), sealed.document_number).partition("|")[0]


def open_sealed(customer_id: UUID, cipher: PersonCipher, sealed: SealedProfile) -> Profile:
    """Return the profile that was sealed for this customer. Raises SealBroken."""

    def read(column: str, stored: bytes) -> str:
        return cipher.open((TABLE, column, customer_id), stored)

    country, _, number = read("document_number", sealed.document_number).partition("|")
    return Profile(
        email=read("email", sealed.email),
        full_name=read("full_name", sealed.full_name),
        date_of_birth=date.fromisoformat(read("date_of_birth", sealed.date_of_birth)),
        residency=read("residency", sealed.residency),
        document_type=sealed.document_type,
        document_country=country,
        document_number=number,
        phone=read("phone", sealed.phone),
    )
