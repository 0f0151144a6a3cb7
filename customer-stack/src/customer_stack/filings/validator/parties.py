"""Rules of who stands on a side: persons, entities, accounts."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import Enum, auto
from typing import Final

from customer_stack.filings.validator.catalogue import find
from customer_stack.filings.validator.expectations import Expectations
from customer_stack.filings.validator.findings import Finding
from customer_stack.filings.validator.tree import Node

_OLD_CARD: Final = re.compile(r"(?P<year>[1-9][0-9])(?P<day>[0-9]{3})[0-9]{4} ?[VX]", re.IGNORECASE)
_NEW_CARD: Final = re.compile(r"(?P<year>(19[1-9][0-9]|200[0-9]|2010))(?P<day>[0-9]{3})[0-9]{5}")
_FACE_TO_FACE: Final = frozenset({"BRCH", "AGNT"})
_LOCAL_BANK: Final = re.compile(r"[A-Z]{4}LKL[XC].*")
_ALIKE_PERCENT: Final = 75
_SWIFT_CHECKED: Final = frozenset({"CTR", "EFT"})
_FEW_DIGITS: Final = 3
_PERSON: Final = (
    "gender",
    "birthdate",
    "addresses",
    "residence",
    "occupation",
    "identification",
)
_ENTITY: Final = (
    "incorporation_legal_form",
    "business",
    "phones",
    "addresses",
    "incorporation_country_code",
)
_OWN_ACCOUNT: Final = (
    "institution_name",
    "branch",
    "currency_code",
    "personal_account_type",
    "status_code",
)
_OTHER_ACCOUNT: Final = ("institution_name", "account_name")
_OF_CLIENTS: Final = ("ssn", "occupation", "birthdate", "addresses")


class Role(Enum):
    """As what a person or body stands in a report."""

    CLIENT = auto()
    OTHER = auto()
    DIRECTOR = auto()


@dataclass(frozen=True, slots=True)
class Ground:
    """What rules of a side must know of its transaction."""

    expected: Expectations
    code: str
    mode: str
    amount: Decimal | None


def check_subject(kind: str, node: Node, role: Role, ground: Ground) -> Iterator[Finding]:
    """Yield what is wrong with an account, entity or person."""
    if kind == "account":
        yield from _check_account(node, role, ground)
    elif kind == "entity":
        yield from _check_entity(node, role, ground)
    else:
        yield from _check_person(node, role, ground)


def is_card_number(text: str) -> bool:
    """Tell whether a text is the number of an identity card, of either form."""
    match = _OLD_CARD.fullmatch(text) or _NEW_CARD.fullmatch(text)
    if match is None:
        return False
    day = int(match["day"])
    return 1 <= day <= 366 or 501 <= day <= 866


def _require(node: Node, names: tuple[str, ...], code: str) -> Iterator[Finding]:
    for name in names:
        if not node.has(name):
            yield find(code, node.place, f"<{name}>")


def _check_person(person: Node, role: Role, ground: Ground) -> Iterator[Finding]:
    if role is Role.CLIENT:
        yield from _require(person, _PERSON, "person.mandatory_missing")
    if role is Role.OTHER and ground.mode not in _FACE_TO_FACE:
        if any(person.has(name) for name in _OF_CLIENTS):
            yield find("person.hidden_client", person.place)
        return
    nationality = person.text("nationality1")
    if nationality is None:
        yield find("person.nationality_missing", person.place)
    elif nationality != "LK":
        if not person.has("passport_number"):
            yield find("person.passport_missing", person.place)
    elif not person.has("ssn"):
        yield find("person.nic_missing", person.place)
    elif not is_card_number(person.text("ssn") or ""):
        yield find("person.nic_invalid", person.place)


def _check_entity(entity: Node, role: Role, ground: Ground) -> Iterator[Finding]:
    if role is not Role.CLIENT:
        return
    yield from _require(entity, _ENTITY, "entity.mandatory_missing")
    form = entity.text("incorporation_legal_form")
    if form in ground.expected.numbered_forms and not entity.has("incorporation_number"):
        yield find("entity.number_missing", entity.place)
    directors = list(entity.children("director_id"))
    if form != "GOVT" and not directors:
        yield find("entity.director_missing", entity.place)
    for director in directors:
        yield from _check_person(director, Role.DIRECTOR, ground)


def _check_account(account: Node, role: Role, ground: Ground) -> Iterator[Finding]:
    is_client = role is Role.CLIENT
    names = _OWN_ACCOUNT if is_client else _OTHER_ACCOUNT
    yield from _require(account, names, "account.mandatory_missing")
    yield from _check_number(account, ground)
    if ground.code in _SWIFT_CHECKED:
        yield from _check_institution(account, ground.expected, is_client=is_client)
    if not is_client:
        return
    entity, signatories = account.child("t_entity"), list(account.children("signatory"))
    if entity is not None and signatories:
        yield find("account.two_owners", account.place)
    elif entity is None and not signatories:
        yield find("account.mandatory_missing", account.place, "<signatory> or <t_entity>")
    if entity is not None:
        yield from _check_entity(entity, Role.CLIENT, ground)
    for signatory in signatories:
        person = signatory.child("t_person")
        if person is not None:
            yield from _check_person(person, Role.CLIENT, ground)


def _check_number(account: Node, ground: Ground) -> Iterator[Finding]:
    number = account.text("account")
    if number is None:
        return
    digits = sum(character.isdigit() for character in number)
    if any(character.isspace() for character in number) or digits <= _FEW_DIGITS:
        yield find("account.number_form", account.place)
    if number.isascii() and number.isdigit() and ground.amount == Decimal(number):
        yield find("account.number_is_amount", account.place)


def _check_institution(account: Node, expected: Expectations, *, is_client: bool) -> Iterator[Finding]:
    swift, code = account.text("swift"), account.text("institution_code")
    is_own = (swift is not None and swift[:8] == (expected.own_swift or "")[:8]) or (
        code is not None and code == expected.own_code
    )
    if is_client:
        is_checked = expected.own_swift is not None or expected.own_code is not None
        if is_checked and not is_own:
            yield find("account.not_own", account.place)
        return
    if is_own:
        yield find("account.own_as_foreign", account.place)
        return
    if swift is None or _LOCAL_BANK.fullmatch(swift) is None:
        yield find("account.not_a_bank", account.place)
    elif not _is_named_so(expected, swift, account.text("institution_name") or ""):
        yield find("account.institution_differs", account.place)


def _is_named_so(expected: Expectations, swift: str, name: str) -> bool:
    """Tell whether a bank's name is near enough to one of those that its SWIFT code has."""
    return any(
        SequenceMatcher(None, name.casefold(), known.casefold()).ratio() * 100 > _ALIKE_PERCENT
        for known in expected.institutions.get(swift[:8], ())
    )
