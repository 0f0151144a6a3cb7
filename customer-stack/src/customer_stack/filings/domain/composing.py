"""What was posted, and who is behind it, as transactions of a report. Pure.

What is not known stays out: the validator then says what is missing, and an officer writes it down. Nothing
is made up to please a schema.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID

from customer_stack.customers.domain import DocumentType
from customer_stack.customers.domain import Profile as CustomerProfile
from customer_stack.documents.nic import NationalId, Sex, read_national_id
from customer_stack.filings.domain.movements import Channel, Direction, Movement, Source
from customer_stack.filings.domain.profile import Codes, Company, Counterparty, Party, Profile
from customer_stack.filings.domain.report import (
    Account,
    Address,
    Director,
    Entity,
    Identification,
    Institution,
    Person,
    Phone,
    Side,
    Subject,
    Transaction,
)

LOCAL: Final = "LK"
_NAMES: Final[Mapping[tuple[Source, Channel], str]] = {
    (Source.PAY_IN, Channel.BANK): "Deposit by bank transfer",
    (Source.PAY_IN, Channel.CHECKOUT): "Deposit through a hosted checkout",
    (Source.PAY_IN, Channel.CASH): "Deposit of cash",
    (Source.PAYOUT, Channel.BANK): "Payment to a bank account",
    (Source.PAYOUT, Channel.CASH): "Payment of cash",
    (Source.CARD_CAPTURE, Channel.CARD): "Deposit by card",
    (Source.CARD_REFUND, Channel.CARD): "Refund to a card",
}


@dataclass(frozen=True, slots=True)
class Client:
    """What is known of a client: the profile, the name of the account, and what an officer wrote down."""

    profile: CustomerProfile = field(repr=False)
    account_reference: UUID
    registered_at: datetime
    party: Party | None = None


@dataclass(frozen=True, slots=True)
class Outside:
    """The account outside, as far as it is known. `number` None: there is none, as behind a card."""

    number: str | None = field(default=None, repr=False)
    holder: str | None = field(default=None, repr=False)
    counterparty: Counterparty | None = None


def compose(
    movement: Movement, client: Client, outside: Outside, profile: Profile, today: date
) -> Transaction:
    """Return a movement as a transaction."""
    posted, codes = movement.posted, profile.codes
    channel = posted.channel
    here = Side(
        is_client=True,
        funds_code=codes.wallet_funds,
        subject=_wallet(client, profile, today),
        country=LOCAL,
    )
    there = _outside_side(channel, client, outside, codes, today)
    is_in = posted.direction is Direction.IN
    return Transaction(
        number=str(posted.source_id),
        internal_reference=str(movement.id),
        location=profile.location,
        description=f"{_NAMES.get((posted.source, channel), 'Movement of money')}, {posted.reference}",
        at=posted.at,
        value_at=posted.at,
        mode=codes.modes[channel],
        amount=posted.amount,
        source=there if is_in else here,
        destination=here if is_in else there,
    )


def _outside_side(channel: Channel, client: Client, outside: Outside, codes: Codes, today: date) -> Side:
    """Return the side outside: an account at a bank, or the client who paid by card or in cash."""
    funds = codes.funds[channel]
    if outside.number is None or channel is Channel.CASH:
        subject: Subject = _owner(client, codes, today)
        return Side(is_client=True, funds_code=funds, subject=subject, country=LOCAL)
    known = outside.counterparty
    account = Account(
        Institution(known.institution_name, swift=known.swift) if known else Institution(""),
        outside.number,
        name=known.account_name if known else outside.holder,
        currency="LKR",
    )
    return Side(is_client=False, funds_code=funds, subject=account, country=LOCAL)


def _wallet(client: Client, profile: Profile, today: date) -> Account:
    owner = _owner(client, profile.codes, today)
    return Account(
        profile.institution,
        str(client.account_reference),
        name=client.profile.full_name if isinstance(owner, Person) else owner.name,
        branch=profile.branch,
        currency="LKR",
        type=profile.codes.account_type,
        status=profile.codes.account_status,
        opened=client.registered_at,
        signatories=(owner,) if isinstance(owner, Person) else (),
        entity=owner if isinstance(owner, Entity) else None,
    )


def _owner(client: Client, codes: Codes, today: date) -> Person | Entity:
    person = compose_person(client, codes, today)
    company = client.party.company if client.party else None
    return person if company is None else _entity(company, codes)


def compose_person(client: Client, codes: Codes, today: date) -> Person:
    """Return a client as a report names one."""
    profile, party = client.profile, client.party
    is_card = profile.document_type is DocumentType.NATIONAL_ID
    card = read_national_id(profile.document_number, today) if is_card else None
    first, last = split_name(profile.full_name, party)
    document = codes.card_document if is_card else codes.passport_document
    return Person(
        first,
        last,
        sex=card.sex if isinstance(card, NationalId) else _sex_of(party),
        birthdate=profile.date_of_birth,
        ssn="".join(profile.document_number.split()).upper() if is_card else None,
        passport_number=None if is_card else profile.document_number,
        passport_country=None if is_card else profile.document_country,
        nationality=profile.document_country,
        residence=profile.residency,
        occupation=party.occupation if party else None,
        email=profile.email,
        phones=(Phone(codes.phone_contact, codes.phone_kind, profile.phone),),
        addresses=(Address(codes.address_kind, party.address, party.city, party.country),) if party else (),
        identification=(Identification(document, profile.document_number, profile.document_country),),
    )


def split_name(full_name: str, party: Party | None) -> tuple[str, str]:
    """Return first and last name: as an officer wrote them, else parted at the last blank.

    Who has one name has it as both, which the schema leaves no way around.
    """
    first, _, last = full_name.strip().rpartition(" ")
    return (
        (party.first_name if party else None) or first or last,
        (party.last_name if party else None) or last,
    )


def _sex_of(party: Party | None) -> Sex | None:
    return Sex(party.sex) if party is not None and party.sex is not None else None


def _entity(company: Company, codes: Codes) -> Entity:
    return Entity(
        company.name,
        legal_form=company.legal_form,
        incorporation_number=company.incorporation_number,
        business=company.business,
        country=company.country,
        phones=(Phone(codes.phone_contact, codes.phone_kind, company.phone),),
        addresses=(Address(codes.address_kind, company.address, company.city, company.country),),
        directors=tuple(
            Director(
                Person(
                    each.first_name,
                    each.last_name,
                    birthdate=each.birthdate,
                    ssn=each.ssn,
                    passport_number=each.passport_number,
                    passport_country=each.passport_country,
                    nationality=each.nationality,
                ),
                codes.director_role,
            )
            for each in company.directors
        ),
    )
