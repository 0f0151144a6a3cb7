"""Phone numbers in E.164, as the ITU writes them: plus, country code, subscriber, up to fifteen digits. Pure.

Numbering plans and how people write numbers within a country come from the library `phonenumbers`. A number
must have a length that its plan knows; whether its range was handed out already is not asked, because ranges
are opened faster than libraries are.
"""

from typing import Final

import phonenumbers

HOME_REGION: Final = "LK"
LONGEST: Final = 40
"""Characters, blanks and signs included; whoever sends more means no phone."""


def read_phone(text: str, region: str = HOME_REGION) -> str | None:
    """Return a phone number in E.164, or None. Without a plus it is as one dials it in `region`."""
    if len(text) > LONGEST or not text.isascii():
        return None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension is not None or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
