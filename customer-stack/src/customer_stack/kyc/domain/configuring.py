"""Reads the document of routes, and says everything that is wrong with it. Pure.

Guaranteed:
- what is returned has a route for everybody, and no route that nobody can reach;
- every fault is found at once, each with the place where it stands; no document breaks the reader.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeVar

import orjson

from customer_stack.customers.domain import DocumentType
from customer_stack.kyc.domain.checks import CheckMaker, read_countries
from customer_stack.kyc.domain.files import Side
from customer_stack.kyc.domain.routing import (
    BusinessRules,
    Channel,
    Configuration,
    Risk,
    Route,
    Step,
    StepKind,
    Tier,
)
from customer_stack.kyc.errors import ConfigurationUnusable, ParameterUnusable

ANY: Final = "any"
ATTEMPTS: Final = range(1, 11)
STEPS: Final = range(1, 21)
PERCENTS: Final = range(1, 101)
REVIEW_MONTHS: Final = range(1, 121)

WINDOWS: Final = ("24h", "7d", "30d")
OVER_TIME: Final = ("deposits", "withdrawals")
"""Limits of a tier over rolling windows. A tier needs none, so versions before there were any stay valid."""

_ROUTE_KEYS: Final = {
    "name", "document", "country", "channel", "risk", "attempts", "files", "escalate_to", "tier", "steps",
}  # fmt: skip
_LKR: Final = re.compile(r"(0|[1-9][0-9]{0,9})\.[0-9]{2}")
_NAME: Final = re.compile(r"[a-z_]{1,60}")

MemberT = TypeVar("MemberT", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What configuration may name: checks, vendors, and permissions that some role gives."""

    checks: Mapping[str, CheckMaker]
    vendors: Collection[str]
    permissions: Collection[str]


def _cents(text: str) -> int:
    return int(text.replace(".", ""))


def canonical_text(document: Any) -> bytes:
    """Return the bytes of a configuration that its digest is of: order and spelling of YAML do not count."""
    return orjson.dumps(document, option=orjson.OPT_SORT_KEYS | orjson.OPT_STRICT_INTEGER)


def read_configuration(document: Any, vocabulary: Vocabulary) -> Configuration:
    """Return the configuration that a document describes. Raises ConfigurationUnusable with all faults."""
    reader = _Reader(vocabulary)
    configuration = reader.read(document)
    if reader.faults or configuration is None:
        raise ConfigurationUnusable("The routes cannot be used:\n- " + "\n- ".join(reader.faults))
    return configuration


class _Reader:
    """Reads one document and collects what is wrong with it."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._tiers: dict[str, Tier] = {}
        self.faults: list[str] = []

    def read(self, document: Any) -> Configuration | None:
        keys = {"high_risk_countries", "tiers", "default_tier", "businesses", "routes"}
        if not self._has_keys("the document", document, keys):
            return None
        self._read_tiers(document["tiers"])
        self._known("default_tier", "tier", document["default_tier"], self._tiers)
        businesses = self._businesses(document["businesses"])
        high = self._countries("high_risk_countries", document["high_risk_countries"]) or frozenset()
        listed = document["routes"]
        if not isinstance(listed, list) or not listed:
            self.faults.append("routes: must be a list of routes")
            return None
        routes = [route for number, each in enumerate(listed, 1) if (route := self._route(number, each))]
        if not self.faults:
            self._look_at_all(routes)
        text = b"" if self.faults else canonical_text(document)
        return Configuration(
            digest=hashlib.sha256(text).digest(),
            text=text,
            high_risk_countries=high,
            tiers=self._tiers,
            default_tier=document["default_tier"],
            businesses=businesses,
            routes=tuple(routes),
        )

    def _read_tiers(self, document: Any) -> None:
        if not isinstance(document, dict) or not document:
            self.faults.append("tiers: must be tiers by their names")
            return
        for name, each in document.items():
            place = f"tier {name}"
            self._name(place, name)
            limits = {key: each[key] for key in OVER_TIME if isinstance(each, dict) and key in each}
            keys = {"largest_deposit", "review_months", "needs_valid_document", *limits}
            if not self._has_keys(place, each, keys):
                continue
            windows = {key: self._windows(f"{place}: {key}", limit) for key, limit in limits.items()}
            largest, months, valid = (
                each[key] for key in ("largest_deposit", "review_months", "needs_valid_document")
            )
            if not isinstance(largest, str) or _LKR.fullmatch(largest) is None:
                self.faults.append(f'{place}: largest_deposit must be LKR in quotes, such as "5000000.00"')
            elif type(months) is not int or months not in REVIEW_MONTHS:
                self.faults.append(f"{place}: review_months must be a whole number from 1 to 120")
            elif not isinstance(valid, bool):
                self.faults.append(f"{place}: needs_valid_document must be true or false")
            else:
                tier = Tier(name, _cents(largest), months, valid, **windows)
                if any(limit < tier.largest_deposit_cents for limit in tier.deposits.values()):
                    self.faults.append(f"{place}: largest_deposit never fits under its deposits")
                self._tiers[name] = tier

    def _windows(self, place: str, document: Any) -> dict[str, int]:
        """Read limits over rolling windows: whoever may do more in a day than in a month has no month."""
        if not isinstance(document, dict) or not document or not set(document) <= set(WINDOWS):
            self.faults.append(f"{place}: must be LKR by window, which are {', '.join(WINDOWS)}")
            return {}
        if not all(isinstance(each, str) and _LKR.fullmatch(each) for each in document.values()):
            self.faults.append(f'{place}: must be LKR in quotes, such as "5000000.00"')
            return {}
        limits = {window: _cents(document[window]) for window in WINDOWS if window in document}
        if list(limits.values()) != sorted(limits.values()):
            self.faults.append(f"{place}: a longer window has the lower limit")
        return limits

    def _businesses(self, document: Any) -> BusinessRules:
        if not self._has_keys("businesses", document, {"owner_share_percent", "permission"}):
            return BusinessRules(0, "")
        percent = document["owner_share_percent"]
        if type(percent) is not int or percent not in PERCENTS:
            self.faults.append("businesses: owner_share_percent must be a whole number from 1 to 100")
            return BusinessRules(0, "")
        self._permission("businesses: permission", document["permission"])
        return BusinessRules(percent * 100, document["permission"])

    def _route(self, number: int, document: Any) -> Route | None:
        place = f"route {number}"
        if not self._has_keys(place, document, _ROUTE_KEYS):
            return None
        place = f"route {number} ({document['name']})"
        self._name(f"{place}: name", document["name"])
        kind = self._member(f"{place}: document", DocumentType, document["document"])
        channel, risk = (
            None if document[name] == ANY else self._member(f"{place}: {name}", members, document[name])
            for name, members in (("channel", Channel), ("risk", Risk))
        )
        country = document["country"]
        countries = None if country == ANY else self._countries(f"{place}: country", country)
        attempts = document["attempts"]
        if type(attempts) is not int or attempts not in ATTEMPTS:
            self.faults.append(f"{place}: attempts must be a whole number from 1 to 10")
        files = document["files"]
        if not isinstance(files, list):
            self.faults.append(f"{place}: files must be a list")
            files = []
        sides = [self._member(f"{place}: files", Side, each) for each in files]
        self._permission(f"{place}: escalate_to", document["escalate_to"])
        steps = self._steps(place, document["steps"])
        if not self._known(f"{place}: tier", "tier", document["tier"], self._tiers) or kind is None:
            return None
        return Route(
            name=document["name"],
            document=kind,
            countries=countries,
            channel=channel if isinstance(channel, Channel) else None,
            risk=risk if isinstance(risk, Risk) else None,
            attempts=attempts,
            files=frozenset(side for side in sides if side is not None),
            escalate_to=document["escalate_to"],
            tier=self._tiers[document["tier"]],
            steps=steps,
        )

    def _steps(self, place: str, document: Any) -> tuple[Step, ...]:
        if not isinstance(document, list) or len(document) not in STEPS:
            self.faults.append(f"{place}: steps must be a list of 1 to 20 steps")
            return ()
        found = [self._step(f"{place}, step {number}", each) for number, each in enumerate(document, 1)]
        steps = tuple(step for step in found if step is not None)
        names = [step.name for step in steps]
        if len(set(names)) != len(names):
            self.faults.append(f"{place}: two steps have one name")
        if steps and all(step.kind is StepKind.CHECK for step in steps):
            self.faults.append(f"{place}: nobody looks at the document: add a vendor, a review or four eyes")
        return steps

    def _step(self, place: str, document: Any) -> Step | None:
        if not isinstance(document, dict):
            self.faults.append(f"{place}: must have the form `kind: name`")
            return None
        kinds = [kind for kind in StepKind if kind.value in document]
        if len(kinds) != 1 or not isinstance(document[kinds[0].value], str):
            self.faults.append(f"{place}: must be one of check, vendor, review, four_eyes, with a name")
            return None
        kind, name = kinds[0], document[kinds[0].value]
        self._name(place, name)
        rest = {key: value for key, value in document.items() if key != kind.value}
        match kind:
            case StepKind.CHECK:
                return self._check(place, name, rest)
            case StepKind.VENDOR:
                self._known(place, "vendor", name, self._vocabulary.vendors)
                if rest:
                    self.faults.append(f"{place}: a vendor has no parameters")
                return Step(name, kind)
            case StepKind.REVIEW | StepKind.FOUR_EYES:
                if set(rest) != {"permission"}:
                    self.faults.append(f"{place}: needs permission, and nothing else")
                    return None
                self._permission(f"{place}: permission", rest["permission"])
                return Step(name, kind, permission=rest["permission"])

    def _check(self, place: str, name: str, parameters: Mapping[str, Any]) -> Step | None:
        if not self._known(place, "check", name, self._vocabulary.checks):
            return None
        try:
            return Step(name, StepKind.CHECK, check=self._vocabulary.checks[name](parameters))
        except ParameterUnusable as fault:
            self.faults.append(f"{place} ({name}): {fault}")
            return None

    def _look_at_all(self, routes: list[Route]) -> None:
        names = [route.name for route in routes]
        if len(set(names)) != len(names):
            self.faults.append("two routes have one name")
        for place, route in enumerate(routes):
            earlier = next((one for one in routes[:place] if one.covers(route)), None)
            if earlier is not None:
                self.faults.append(f"nobody reaches {route.name}: {earlier.name} stands before and takes all")
        for kind in DocumentType:
            everybody = [route for route in routes if route.document is kind]
            last = everybody[-1] if everybody else None
            if last is None or (last.countries, last.channel, last.risk) != (None, None, None):
                self.faults.append(f"the last route of {kind} must be for every country, channel and risk")

    def _name(self, place: str, name: Any) -> None:
        if not isinstance(name, str) or _NAME.fullmatch(name) is None:
            self.faults.append(f"{place}: a name has small letters and _ only")

    def _has_keys(self, place: str, document: Any, keys: set[str]) -> bool:
        if isinstance(document, dict) and set(document) == keys:
            return True
        self.faults.append(f"{place}: must have {', '.join(sorted(keys))}, and nothing else")
        return False

    def _member(self, place: str, members: type[MemberT], value: Any) -> MemberT | None:
        try:
            return members(value)
        except ValueError:
            self.faults.append(f"{place} must be one of {', '.join(members)}")
            return None

    def _countries(self, place: str, value: Any) -> frozenset[str] | None:
        try:
            return read_countries(value)
        except ParameterUnusable as fault:
            self.faults.append(f"{place}: {fault}")
            return None

    def _permission(self, place: str, name: Any) -> None:
        if not isinstance(name, str) or name not in self._vocabulary.permissions:
            self.faults.append(f"{place}: no role has the permission {name}")

    def _known(self, place: str, what: str, name: Any, known: Collection[str]) -> bool:
        if isinstance(name, str) and name in known:
            return True
        self.faults.append(f"{place}: no {what} has the name {name}; there are {', '.join(sorted(known))}")
        return False
