"""What is matched with what, as `matching.yaml` says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Final

from customer_stack.ledger.domain import Account
from customer_stack.reconciliation.domain.breaks import Unit
from customer_stack.reconciliation.domain.rules import RuleKind, RuleSet, read_rules
from customer_stack.working_days.domain import COLOMBO
from shared.errors import invariant
from shared.ledger.domain import LKR, USD, AssetId
from shared.money import Currency

_FIRST_DAY: Final = date(1970, 1, 1)
_UNITS: Final = {Currency.LKR: Unit.LKR_CENT, Currency.USD: Unit.MICRO_DOLLAR}
_ASSETS: Final = {Currency.LKR: LKR, Currency.USD: USD}


class Reach(StrEnum):
    """Whose movements are on the account that a statement is about."""

    INSTALLATION = "installation"
    TENANT = "tenant"
    DEPARTMENT = "department"


class StatementKind(StrEnum):
    """Where the other side's lines come from."""

    BANK_FILES = "bank-files"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Source:
    """One account of ours and who tells about it. `holder`: the provider whose account it is."""

    name: str
    account: Account
    currency: Currency
    reach: Reach
    holder: str | None
    providers: tuple[str, ...]
    house: bool
    statements: StatementKind
    judged_days: int
    rules: RuleSet

    @property
    def asset(self) -> AssetId:
        """Return the asset that is compared."""
        return _ASSETS[self.currency]

    @property
    def reach_back_days(self) -> int:
        """Return how many days of lines a match reads: what it judges and what that may belong to."""
        return self.judged_days + self.rules.reach_days


@dataclass(frozen=True, slots=True)
class Configuration:
    """All sources by name. `version` and `digest` say which review of them it is."""

    version: int
    digest: bytes
    sources: Mapping[str, Source]


def read_configuration(document: Mapping[str, Any], digest: bytes) -> Configuration:
    """Return what `matching.yaml` says. A source begins with an exact rule, so equal lines never differ."""
    rules = read_rules(document["rules"])
    sources = {}
    for each in document["sources"]:
        currency = Currency(each["currency"])
        chosen = tuple(rules[name] for name in each["rules"])
        invariant(chosen[0].kind is RuleKind.EXACT, f"source {each['name']}: exact comes first")
        reach = Reach(each["reach"])
        is_held = each["holder"] is not None
        invariant((reach is Reach.INSTALLATION) == is_held, f"source {each['name']}: who holds the account")
        source = Source(
            name=each["name"],
            account=Account(each["account"]),
            currency=currency,
            reach=reach,
            holder=each["holder"],
            providers=tuple(each["providers"]),
            house=each["house"],
            statements=StatementKind(each["statements"]),
            judged_days=each["judged_days"],
            rules=RuleSet(each["name"], _UNITS[currency], chosen, each["waits_days"], each["rounding"]),
        )
        invariant(source.name not in sources, f"source {source.name} stands twice")
        invariant(
            0 <= source.rules.waits_days < source.judged_days, f"source {source.name}: who waits is judged"
        )
        sources[source.name] = source
    return Configuration(document["version"], digest, sources)


def number_of(day: date) -> int:
    """Return a day as its number since 1970."""
    return (day - _FIRST_DAY).days


def day_of(number: int) -> date:
    """Return the day with a number."""
    return _FIRST_DAY + timedelta(days=number)


def number_at(moment: datetime) -> int:
    """Return the number of the day that it is in Colombo at a moment."""
    return number_of(moment.astimezone(COLOMBO).date())


def begin_of(number: int) -> datetime:
    """Return the moment at which a day of Colombo begins."""
    return datetime.combine(day_of(number), time(), COLOMBO).astimezone(UTC)
