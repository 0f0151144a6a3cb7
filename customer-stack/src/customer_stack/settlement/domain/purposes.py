"""What a settlement may be for: a reviewed list. Pure.

A bank abroad reads the ISO code (ExternalPurpose1Code); our own code is what people choose and approve.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Final

from customer_stack.settlement.domain.instruction import Direction
from customer_stack.settlement.errors import PurposeUnknown
from shared.errors import invariant

_CODE: Final = re.compile(r"[A-Z]{1,8}")
_ISO_CODE: Final = re.compile(r"[A-Z]{4}")
_NAME_LIMIT: Final = 140


@dataclass(frozen=True, slots=True)
class Purpose:
    """A code, what it means, what banks call it, and in which directions it may be used."""

    code: str
    name: str
    iso_code: str
    directions: frozenset[Direction]


@dataclass(frozen=True, slots=True)
class Purposes:
    """A version of the list."""

    version: int
    by_code: Mapping[str, Purpose]

    def require(self, code: str, direction: Direction | None = None) -> Purpose:
        """Return the purpose with this code that fits `direction`. Raises PurposeUnknown."""
        found = self.by_code.get(code)
        if found is None or (direction is not None and direction not in found.directions):
            fitting = sorted(
                one.code for one in self.by_code.values() if direction is None or direction in one.directions
            )
            raise PurposeUnknown(f"This purpose is not on the list. Choose one of: {', '.join(fitting)}.")
        return found


def read_purposes(document: Mapping[str, Any]) -> Purposes:
    """Return the list that a document states: `version`, and `purposes` with all four fields each."""
    invariant(set(document) == {"version", "purposes"}, "a list of purposes has a version and purposes")
    purposes = [_read(each) for each in document["purposes"]]
    by_code = {purpose.code: purpose for purpose in purposes}
    invariant(by_code, "a list of purposes is never empty: a purpose is mandatory")
    invariant(len(by_code) == len(purposes), "a purpose stands in the list once")
    return Purposes(int(document["version"]), MappingProxyType(by_code))


def _read(each: Mapping[str, Any]) -> Purpose:
    invariant(set(each) == {"code", "name", "iso_code", "directions"}, "a purpose has its four fields")
    invariant(_CODE.fullmatch(each["code"]), f"{each['code']}: a code is one to eight capital letters")
    invariant(_ISO_CODE.fullmatch(each["iso_code"]), f"{each['code']}: an ISO code has four capital letters")
    invariant(0 < len(each["name"]) <= _NAME_LIMIT, f"{each['code']}: a name has up to {_NAME_LIMIT} letters")
    directions = frozenset(Direction(one) for one in each["directions"])
    invariant(directions, f"{each['code']}: a purpose has a direction")
    return Purpose(each["code"], each["name"], each["iso_code"], directions)
