"""A report written as goAML XML. Pure.

Guaranteed:
- equal reports are equal bytes;
- amounts are exact decimals with two places; no number with a binary point is on the way;
- no character that XML cannot hold reaches the file; nothing is cut: what is too long, the validator refuses.
"""

import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from zoneinfo import ZoneInfo

from customer_stack.documents.nic import Sex
from customer_stack.filings.domain.report import (
    Account,
    Address,
    Entity,
    Identification,
    Institution,
    Person,
    Phone,
    Report,
    ReportingEntity,
    Side,
    Subject,
    Transaction,
)

ZONE: Final = ZoneInfo("Asia/Colombo")
_SEX: Final = {Sex.FEMALE: "F", Sex.MALE: "M"}


def write_report(report: Report) -> bytes:
    """Return the XML of a report: UTF-8, elements in the order of the schema."""
    root = Element("report")
    _write_header(root, report)
    for transaction in report.transactions:
        _write_transaction(SubElement(root, "transaction"), transaction)
    indicators = SubElement(root, "report_indicators")
    for indicator in report.indicators:
        _put(indicators, "indicator", indicator)
    indent(root)
    body: bytes = tostring(root, encoding="utf-8", xml_declaration=False)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + body + b"\n"


def write_amount(cents: int) -> str:
    """Return LKR cents as a decimal with two places."""
    return f"{cents // 100}.{cents % 100:02d}"


def clean(text: str) -> str:
    """Return a text as a file may hold it: composed, blanks single, no control characters."""
    composed = unicodedata.normalize("NFC", text)
    kept = "".join(
        " " if character.isspace() else character
        for character in composed
        if character.isspace() or _is_writable(character)
    )
    return " ".join(kept.split())


def _is_writable(character: str) -> bool:
    """Tell whether XML 1.0 can hold a character that is no blank. Joiners of Sinhala script are kept."""
    number = ord(character)
    is_control = number < 0x20 or 0x7F <= number <= 0x9F
    is_no_character = 0xD800 <= number <= 0xDFFF or number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
    return not (is_control or is_no_character)


def _put(parent: Element, name: str, text: str | None) -> None:
    """Add an element with a text; nothing where there is none."""
    written = None if text is None else clean(text)
    if written:
        SubElement(parent, name).text = written


def _put_moment(parent: Element, name: str, at: datetime | None) -> None:
    if at is not None:
        local = at.astimezone(ZONE).replace(tzinfo=None, microsecond=0)
        _put(parent, name, local.isoformat())


def _put_day(parent: Element, name: str, day: date | None) -> None:
    if day is not None:
        _put(parent, name, f"{day.isoformat()}T00:00:00")


def _write_header(root: Element, report: Report) -> None:
    entity: ReportingEntity = report.entity
    _put(root, "rentity_id", str(entity.id))
    _put(root, "rentity_branch", entity.branch)
    _put(root, "submission_code", "E")
    _put(root, "report_code", report.code.value)
    _put(root, "entity_reference", report.reference)
    _put(root, "fiu_ref_number", report.fiu_reference)
    _put_moment(root, "submission_date", report.submitted_at)
    _put(root, "currency_code_local", "LKR")
    _write_person(SubElement(root, "reporting_person"), entity.person)
    _write_address(SubElement(root, "location"), entity.address)
    _put(root, "reason", report.reason)
    _put(root, "action", report.action)


def _write_transaction(node: Element, transaction: Transaction) -> None:
    _put(node, "transactionnumber", transaction.number)
    _put(node, "internal_ref_number", transaction.internal_reference)
    _put(node, "transaction_location", transaction.location)
    _put(node, "transaction_description", transaction.description)
    _put_moment(node, "date_transaction", transaction.at)
    _put_moment(node, "value_date", transaction.value_at)
    _put(node, "transmode_code", transaction.mode)
    _put(node, "transmode_comment", transaction.mode_comment)
    _put(node, "amount_local", write_amount(transaction.amount))
    _write_side(node, "from", transaction.source)
    _write_side(node, "to", transaction.destination)
    _put(node, "comments", transaction.comments)


def _write_side(node: Element, direction: str, side: Side) -> None:
    suffix = "_my_client" if side.is_client else ""
    place = SubElement(node, f"t_{direction}{suffix}")
    _put(place, f"{direction}_funds_code", side.funds_code)
    _put(place, f"{direction}_funds_comment", side.funds_comment)
    _write_subject(place, direction, side.subject)
    _put(place, f"{direction}_country", side.country)


def _write_subject(place: Element, direction: str, subject: Subject) -> None:
    match subject:
        case Account():
            _write_account(SubElement(place, f"{direction}_account"), subject)
        case Person():
            _write_person(SubElement(place, f"{direction}_person"), subject)
        case Entity():
            _write_entity(SubElement(place, f"{direction}_entity"), subject)


def _write_institution(node: Element, institution: Institution) -> None:
    _put(node, "institution_name", institution.name)
    if institution.swift is not None:
        _put(node, "swift", institution.swift)
    else:
        _put(node, "institution_code", institution.code)


def _write_account(node: Element, account: Account) -> None:
    _write_institution(node, account.institution)
    _put(node, "branch", account.branch)
    _put(node, "account", account.number)
    _put(node, "currency_code", account.currency)
    _put(node, "account_name", account.name)
    _put(node, "personal_account_type", account.type)
    if account.entity is not None:
        _write_entity(SubElement(node, "t_entity"), account.entity)
    for number, person in enumerate(account.signatories):
        signatory = SubElement(node, "signatory")
        _put(signatory, "is_primary", "true" if number == 0 else "false")
        _write_person(SubElement(signatory, "t_person"), person)
    _put_moment(node, "opened", account.opened)
    _put(node, "status_code", account.status)


def _write_entity(node: Element, entity: Entity) -> None:
    _put(node, "name", entity.name)
    _put(node, "incorporation_legal_form", entity.legal_form)
    _put(node, "incorporation_number", entity.incorporation_number)
    _put(node, "business", entity.business)
    _write_phones(node, entity.phones)
    _write_addresses(node, entity.addresses)
    _put(node, "incorporation_country_code", entity.country)
    for director in entity.directors:
        place = SubElement(node, "director_id")
        _write_person(place, director.person)
        _put(place, "role", director.role)


def _write_person(node: Element, person: Person) -> None:
    _put(node, "gender", _SEX[person.sex] if person.sex else None)
    _put(node, "first_name", person.first_name)
    _put(node, "last_name", person.last_name)
    _put_day(node, "birthdate", person.birthdate)
    _put(node, "ssn", person.ssn)
    _put(node, "passport_number", person.passport_number)
    _put(node, "passport_country", person.passport_country)
    _put(node, "nationality1", person.nationality)
    _put(node, "residence", person.residence)
    _write_phones(node, person.phones)
    _write_addresses(node, person.addresses)
    _put(node, "email", person.email)
    _put(node, "occupation", person.occupation)
    for document in person.identification:
        _write_identification(SubElement(node, "identification"), document)


def _write_phones(node: Element, phones: Iterable[Phone]) -> None:
    kept = tuple(phones)
    if not kept:
        return
    place = SubElement(node, "phones")
    for phone in kept:
        each = SubElement(place, "phone")
        _put(each, "tph_contact_type", phone.contact_type)
        _put(each, "tph_communication_type", phone.communication_type)
        _put(each, "tph_number", phone.number)


def _write_addresses(node: Element, addresses: Iterable[Address]) -> None:
    kept = tuple(addresses)
    if not kept:
        return
    place = SubElement(node, "addresses")
    for address in kept:
        _write_address(SubElement(place, "address"), address)


def _write_address(node: Element, address: Address) -> None:
    _put(node, "address_type", address.kind)
    _put(node, "address", address.address)
    _put(node, "city", address.city)
    _put(node, "country_code", address.country)


def _write_identification(node: Element, document: Identification) -> None:
    _put(node, "type", document.type)
    _put(node, "number", document.number)
    _put(node, "issue_country", document.issue_country)
