"""QR payloads: make them and read them. Pure.

EMV QR Code Specification for Payment Systems, Merchant-Presented Mode, version 1.1 (November 2020), which
the LANKAQR specification of the Central Bank of Sri Lanka builds on. A payload is a text of data objects:
two digits of id, two digits of length in characters, the value. Some values are templates, made of data
objects themselves. The last object is a CRC-16 (polynomial 1021, initial FFFF) over all bytes before its
value.

Ours is a template of 26 to 51 with our globally unique identifier, the account code and the code's id. We
do not take part in another network, so a payload without our template is refused, never guessed at.

Guaranteed: what `make_payload` makes `read_payload` reads back equal; a payload with one changed byte, a
wrong length, an object twice, or a mandatory object missing is refused; ids that we do not know are passed
over.
"""

import binascii
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from customer_stack.transfers.domain.codes import read_code
from customer_stack.transfers.errors import (
    AccountCodeMistyped,
    QrCodeForeign,
    QrCodeUnreadable,
    QrTextUnprintable,
)
from shared.errors import invariant
from shared.money import LKR_SCALE, format_minor

PAYLOAD_LIMIT: Final = 512
"""Characters of a payload at most (section 3.1)."""
NAME_LIMIT: Final = 25
CITY_LIMIT: Final = 15
REFERENCE_LIMIT: Final = 25

OUR_NETWORK: Final = "lk.bulkhead.pay"
"""Our globally unique identifier: a reverse domain name (section 4.7.7), compared without regard to case."""
LKR_NUMBER: Final = "144"
COUNTRY: Final = "LK"
NO_CATEGORY: Final = "0000"

_FORMAT, _INITIATION, _CATEGORY, _CURRENCY, _AMOUNT = "00", "01", "52", "53", "54"
_TIP, _COUNTRY, _NAME, _CITY, _ADDITIONAL, _CRC, _LANGUAGE = "55", "58", "59", "60", "62", "63", "64"
_NETWORK, _ACCOUNT_CODE, _CODE_ID = "00", "01", "02"
_BILL_NUMBER, _REFERENCE_LABEL = "01", "05"
_FIRST_TEMPLATE, _LAST_TEMPLATE = 26, 51
_STATIC, _DYNAMIC = "11", "12"

_CRC_HEAD: Final = f"{_CRC}04"
_OBJECT: Final = re.compile(r"([0-9]{2})([0-9]{2})", re.ASCII)
_PRINTABLE: Final = re.compile(r"[ -~]+", re.ASCII)
_AMOUNT_FORM: Final = re.compile(r"([0-9]{1,10})(?:\.([0-9]{0,2}))?", re.ASCII)
# Forms of the root's objects (table 3.5): anything else in one of them is a damaged code.
_FORMS: Final = {
    _FORMAT: re.compile(r"01"),
    _INITIATION: re.compile(rf"{_STATIC}|{_DYNAMIC}"),
    _CATEGORY: re.compile(r"[0-9]{4}", re.ASCII),
    _CURRENCY: re.compile(r"[0-9]{3}", re.ASCII),
    _AMOUNT: re.compile(r"(?=.{1,13}\Z)[0-9]+(?:\.[0-9]*)?", re.ASCII),
    _TIP: re.compile(r"0[123]"),
    "56": re.compile(r"(?=.{1,13}\Z)[0-9]+(?:\.[0-9]*)?", re.ASCII),
    "57": re.compile(r"(?=.{1,5}\Z)[0-9]+(?:\.[0-9]*)?", re.ASCII),
    _COUNTRY: re.compile(r"[A-Z]{2}", re.ASCII),
    _NAME: re.compile(r"[ -~]{1,25}", re.ASCII),
    _CITY: re.compile(r"[ -~]{1,15}", re.ASCII),
    "61": re.compile(r"[ -~]{1,10}", re.ASCII),
}
# Inside the templates that the specification defines (tables 3.6 and 3.8).
_ADDITIONAL_LIMITS: Final = {f"{number:02d}": REFERENCE_LIMIT for number in range(1, 9)} | {"09": 3}
_LANGUAGE_FORMS: Final = {
    "00": re.compile(r"[A-Za-z]{2}"),
    "01": re.compile(r".{1,25}"),
    "02": re.compile(r".{1,15}"),
}
_MANDATORY: Final = (_CATEGORY, _CURRENCY, _COUNTRY, _NAME, _CITY)
_TEMPLATES: Final = frozenset({_ADDITIONAL, _LANGUAGE, *map(str, range(26, 52)), *map(str, range(80, 100))})
# Values with other characters than ASCII: the merchant's own language and what networks define (table 3.2).
_ANY_SCRIPT: Final = frozenset({_LANGUAGE, *map(str, range(65, 100))})


@dataclass(frozen=True, slots=True)
class QrCode:
    """What one of our payloads says. Without `amount` (LKR cents) it is static, with one dynamic."""

    code_id: UUID
    account_code: str
    amount: int | None
    name: str
    city: str
    reference: str | None = None

    @property
    def is_dynamic(self) -> bool:
        """Tell whether it names one amount and is paid once."""
        return self.amount is not None


def compute_crc(text: str) -> str:
    """Return the CRC of a payload up to and with the head of its CRC object (ISO/IEC 13239)."""
    return f"{binascii.crc_hqx(text.encode(), 0xFFFF):04X}"


def write_object(object_id: str, value: str) -> str:
    """Return one data object: id, length in characters, value."""
    invariant(0 < len(value) <= 99, "a data object has 1 to 99 characters")
    return f"{object_id}{len(value):02d}{value}"


def read_objects(text: str) -> dict[str, str]:
    """Return the data objects of a text by id, in their order. Raises QrCodeUnreadable."""
    objects: dict[str, str] = {}
    place = 0
    while place < len(text):
        head = _OBJECT.match(text, place)
        if head is None:
            raise _unreadable("A data object does not begin with its id and length.")
        object_id, length = head[1], int(head[2])
        place = head.end() + length
        if not length or place > len(text):
            raise _unreadable("A data object is empty, or longer than what is left.")
        if object_id in objects:
            raise _unreadable("A data object stands twice.")
        objects[object_id] = text[head.end() : place]
    return objects


def make_payload(code: QrCode) -> str:
    """Return the payload of a code. Raises QrTextUnprintable."""
    check_text(code.name, NAME_LIMIT, "name")
    check_text(code.city, CITY_LIMIT, "city")
    ours = (
        write_object(_NETWORK, OUR_NETWORK)
        + write_object(_ACCOUNT_CODE, code.account_code)
        + write_object(_CODE_ID, code.code_id.hex)
    )
    parts = [
        write_object(_FORMAT, "01"),
        write_object(_INITIATION, _DYNAMIC if code.is_dynamic else _STATIC),
        write_object(str(_FIRST_TEMPLATE), ours),
        write_object(_CATEGORY, NO_CATEGORY),
        write_object(_CURRENCY, LKR_NUMBER),
    ]
    if code.amount is not None:
        invariant(0 < code.amount < 10**12, "the amount of a code has its range")
        parts.append(write_object(_AMOUNT, format_minor(code.amount, LKR_SCALE)))
    parts += [
        write_object(_COUNTRY, COUNTRY),
        write_object(_NAME, code.name),
        write_object(_CITY, code.city),
    ]
    if code.reference is not None:
        check_text(code.reference, REFERENCE_LIMIT, "reference")
        parts.append(write_object(_ADDITIONAL, write_object(_REFERENCE_LABEL, code.reference)))
    body = "".join(parts) + _CRC_HEAD
    return body + compute_crc(body)


def check_text(text: str, limit: int, field: str) -> None:
    """Go on only with a text that a payload can carry. Raises QrTextUnprintable."""
    if not 0 < len(text) <= limit or _PRINTABLE.fullmatch(text) is None or text != text.strip():
        raise QrTextUnprintable(
            f"The field {field} takes 1 to {limit} Latin letters, digits and signs. Shorten or rewrite it."
        )


def read_payload(text: str) -> dict[str, str]:
    """Return the objects of any network's payload, checked. Raises QrCodeUnreadable."""
    if not 0 < len(text) <= PAYLOAD_LIMIT:
        raise _unreadable(f"A code has 1 to {PAYLOAD_LIMIT} characters.")
    if text[-8:-4] != _CRC_HEAD:
        raise _unreadable("The code does not end with its checksum.")
    try:
        expected = compute_crc(text[:-4])
    except UnicodeEncodeError:
        raise _unreadable("The code has characters that no code has.") from None
    if text[-4:] != expected:
        raise _unreadable("The checksum is wrong: the code was damaged or changed.")
    objects = read_objects(text)
    _check_order(list(objects))
    _check_forms(objects)
    return objects


def _check_order(ids: list[str]) -> None:
    """The format comes first and the checksum last (section 3.2); what must be there is there."""
    if ids[0] != _FORMAT or ids[-1] != _CRC:
        raise _unreadable("The code does not begin with its format and end with its checksum.")
    missing = [wanted for wanted in _MANDATORY if wanted not in ids]
    if missing or not any("02" <= each <= "51" for each in ids):
        raise _unreadable("The code leaves out something that every code has.")


def _check_forms(objects: dict[str, str]) -> None:
    for object_id, value in objects.items():
        form = _FORMS.get(object_id)
        if form is not None and form.fullmatch(value) is None:
            raise _unreadable(f"The data object {object_id} does not have its form.")
        if object_id not in _ANY_SCRIPT and _PRINTABLE.fullmatch(value) is None:
            raise _unreadable(f"The data object {object_id} has characters that it cannot have.")
        if object_id in _TEMPLATES:
            _check_template(object_id, read_objects(value))


def _check_template(template_id: str, objects: dict[str, str]) -> None:
    if template_id == _LANGUAGE and not objects.keys() >= {"00", "01"}:
        raise _unreadable("The name in another language is not complete.")
    for object_id, value in objects.items():
        form = _LANGUAGE_FORMS.get(object_id) if template_id == _LANGUAGE else None
        too_long = template_id == _ADDITIONAL and len(value) > _ADDITIONAL_LIMITS.get(object_id, 99)
        if too_long or (form is not None and form.fullmatch(value) is None):
            raise _unreadable(f"The data object {object_id} inside {template_id} does not have its form.")


def read_our_payload(text: str) -> QrCode:
    """Return what one of our payloads says. Raises QrCodeUnreadable, QrCodeForeign."""
    objects = read_payload(text)
    ours = _find_ours(objects)
    if objects[_CURRENCY] != LKR_NUMBER or objects[_COUNTRY] != COUNTRY or _TIP in objects:
        raise _unreadable("A code of this service is in LKR, of Sri Lanka, without tips or surcharges.")
    try:
        code_id, account_code = UUID(ours.get(_CODE_ID, "")), read_code(ours.get(_ACCOUNT_CODE, ""))
    except (ValueError, AccountCodeMistyped):
        raise _unreadable("The code does not say whom to pay.") from None
    amount = _read_amount(objects.get(_AMOUNT))
    if (objects.get(_INITIATION) == _DYNAMIC) != (amount is not None):
        raise _unreadable("A code that names an amount is for one payment, and no other is.")
    additional = read_objects(objects.get(_ADDITIONAL, ""))
    return QrCode(
        code_id=code_id,
        account_code=account_code,
        amount=amount,
        name=objects[_NAME],
        city=objects[_CITY],
        reference=additional.get(_REFERENCE_LABEL) or additional.get(_BILL_NUMBER),
    )


def _find_ours(objects: dict[str, str]) -> dict[str, str]:
    """Return the template that carries our identifier. Raises QrCodeForeign."""
    for number in range(_FIRST_TEMPLATE, _LAST_TEMPLATE + 1):
        template = read_objects(objects.get(str(number), ""))
        if template.get(_NETWORK, "").lower() == OUR_NETWORK:
            return template
    raise QrCodeForeign(
        "This code belongs to another payment network. Ask the merchant for one of this service, "
        "or for an account code."
    )


def _read_amount(text: str | None) -> int | None:
    """Return LKR cents; "98.73", "98" and "98." are amounts (section 4.7.3), zero is none."""
    if text is None:
        return None
    form = _AMOUNT_FORM.fullmatch(text)
    cents = 0 if form is None else int(form[1]) * 100 + int((form[2] or "").ljust(2, "0"))
    if not cents:
        raise _unreadable("The amount in the code is not one.")
    return cents


def _unreadable(what: str) -> QrCodeUnreadable:
    return QrCodeUnreadable(f"{what} Scan the code again, or ask for a new one.")
