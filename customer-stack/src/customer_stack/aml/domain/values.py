"""What a value in a rule can be: its type, its unit and how far it can reach. Pure.

A whole number is an int. A fraction is a pair of ints, numerator and positive denominator, never reduced
and never rounded. None is a value that is not known; it is never read as a no.

Guaranteed: no number in a rule is inexact, and none outgrows `REACH` bits whatever the facts are.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

Fraction = tuple[int, int]
Value = bool | int | Fraction | str | frozenset[str] | None

REACH: Final = 2**256
"""No numerator or denominator of a checked tree is larger: evaluation has a bounded cost."""


class Unit(StrEnum):
    """What a number counts. Numbers of different units are never compared or added."""

    LKR = "lkr"
    COUNT = "count"
    SECONDS = "seconds"
    RATIO = "ratio"


@dataclass(frozen=True, slots=True)
class NumberType:
    """A number. `top` bounds the numerator, `bottom` the denominator, which is 1 for a whole number."""

    unit: Unit
    top: int
    bottom: int = 1

    @property
    def is_whole(self) -> bool:
        """Tell whether values are ints, not pairs."""
        return self.bottom == 1


@dataclass(frozen=True, slots=True)
class FlagType:
    """True or false."""


@dataclass(frozen=True, slots=True)
class WordType:
    """One word of a vocabulary."""

    vocabulary: str


@dataclass(frozen=True, slots=True)
class WordsType:
    """A set of words of one vocabulary."""

    vocabulary: str


Type = NumberType | FlagType | WordType | WordsType


class EventKind(StrEnum):
    """What a customer did with money. The members of the database type aml_event_kind."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    DEPOSIT = "deposit"
    WITHDRAWAL = "withdrawal"
    TRANSFER_IN = "transfer_in"
    TRANSFER_OUT = "transfer_out"
    WAGER = "wager"
    WAGER_SALE = "wager_sale"
    WINNINGS = "winnings"
    CHARGEBACK = "chargeback"


class Product(StrEnum):
    """By which way. The members of the database type aml_product."""

    __hash__ = str.__hash__  # Enum's own is a call in Python, for each look-up by a member

    BANK = "bank"
    CARD = "card"
    CHECKOUT = "checkout"
    OPEN_BANKING = "open_banking"
    QR = "qr"
    WALLET = "wallet"
    MARKET = "market"


class Tier(StrEnum):
    """How far an identity was verified. A tier of the routes of KYC that is not here is not known."""

    BASIC = "basic"
    LIMITED = "limited"
    STANDARD = "standard"
    ENHANCED = "enhanced"


class CustomerFlag(StrEnum):
    """What compliance knows of a customer."""

    PEP = "pep"
    PEP_RELATIVE = "pep_relative"
    BUSINESS = "business"
    WATCHED = "watched"


VOCABULARIES: Final[Mapping[str, frozenset[str] | None]] = MappingProxyType(
    {
        "event_kind": frozenset(EventKind),
        "product": frozenset(Product),
        "tier": frozenset(Tier),
        "customer_flag": frozenset(CustomerFlag),
        "country": None,
    }
)
"""Closed lists of words; a country is any ISO 3166-1 alpha-2 code."""

_COUNTRY: Final = re.compile(r"[A-Z]{2}")


def is_word(vocabulary: str, text: str) -> bool:
    """Tell whether a vocabulary has a word."""
    members = VOCABULARIES[vocabulary]
    return text in members if members is not None else _COUNTRY.fullmatch(text) is not None


def conforms(wanted: Type, value: Value) -> bool:
    """Tell whether a fact's value is of its type, within its bounds. What is not known always is."""
    if value is None:
        return True
    match wanted:
        case FlagType():
            return isinstance(value, bool)
        case WordType(vocabulary):
            return isinstance(value, str) and is_word(vocabulary, value)
        case WordsType(vocabulary):
            return isinstance(value, frozenset) and all(is_word(vocabulary, each) for each in value)
        case NumberType():
            return type(value) is int and abs(value) <= wanted.top
