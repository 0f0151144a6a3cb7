"""What of a customer or a business is compared, and the text of which a keyed digest says that it changed."""

from typing import Final

from customer_stack.customers.domain import DocumentType, Profile
from customer_stack.screening.lists.entry import DateRange, Schema, document_number
from customer_stack.screening.matching.party import Party

PURPOSE: Final = "screening"
"""The purpose of the blind index of `write_party`."""
_LEAST_NUMBER: Final = 5


def describe_customer(profile: Profile) -> Party:
    """Return what of a profile is screened. Residency stands for the country; a passport tells its own."""
    countries = {profile.residency.lower()}
    if profile.document_type is DocumentType.PASSPORT:
        countries.add(profile.document_country.lower())
    return Party(
        name=profile.full_name,
        schema=Schema.PERSON,
        birth=DateRange(profile.date_of_birth, profile.date_of_birth),
        countries=tuple(sorted(countries)),
        documents=(document_number(profile.document_number),),
    )


def describe_business(name: str, number: str, country: str) -> Party:
    """Return what of a business is screened: its name as a body's, its number, its country."""
    plain = document_number(number)
    documents = (plain,) if len(plain) >= _LEAST_NUMBER else ()
    return Party(name=name, schema=Schema.ENTITY, countries=(country.lower(),), documents=documents)


def write_party(party: Party) -> str:
    """Return a text that is another one as soon as anything else is compared."""
    birth = "" if party.birth is None else f"{party.birth.first}/{party.birth.last}"
    lists = (",".join(party.countries), ",".join(party.documents))
    return "\x1f".join((party.schema.value, party.name, birth, *lists))
