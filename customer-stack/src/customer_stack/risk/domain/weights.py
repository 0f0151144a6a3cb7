"""What the parts of a score weigh, read from reviewed configuration. Pure.

Guaranteed: limits of parts add up to 100; points rise with what they are for. So a score needs no cut, and is
monotone in everything that it counts.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import Any, Final

import orjson

from customer_stack.aml.domain.values import CustomerFlag, Product
from shared.errors import invariant

WHOLE: Final = 100
_CENTS: Final = 100


class Part(StrEnum):
    """What a score is made of. FLOOR is what lacks to the least score of a flag."""

    GEOGRAPHY = "geography"
    IDENTITY = "identity"
    EXPOSURE = "exposure"
    PRODUCTS = "products"
    AGE = "age"
    TURNOVER = "turnover"
    HISTORY = "history"
    LINKS = "links"
    FLOOR = "floor"


class Band(StrEnum):
    """How closely somebody is looked at. The members of the database type risk_band."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Finding(StrEnum):
    """How cases ended, or that they are open."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    VALUABLE = "valuable"
    NO_FINDING = "no_finding"
    FALSE_POSITIVE = "false_positive"


Steps = tuple[tuple[int, int], ...]
"""From a value on, or below it: points."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Points by what they are for. `undeclared` in LKR cents."""

    version: int
    digest: bytes
    limits: Mapping[Part, int]
    bands: Mapping[Band, int]
    review_months: Mapping[Band, int]
    home: str
    foreign: int
    unknown: int
    countries: Mapping[str, int]
    tier_missing: int
    tiers: Mapping[str, int]
    high_route: int
    flags: Mapping[CustomerFlag, int]
    products: Mapping[Product, int]
    below_days: Steps
    percent: Steps
    undeclared: Steps
    cases: Mapping[Finding, int]
    linked: int
    floors: Mapping[CustomerFlag, int]

    def band_of(self, score: int) -> Band:
        """Return the band of a score."""
        return max((band for band in Band if score >= self.bands.get(band, 0)), key=list(Band).index)


def read_weights(document: Mapping[str, Any]) -> Weights:
    """Return the weights that a document says. A document that is not sound is a bug of the repository."""
    parts = {part: document[part.value] for part in Part if part is not Part.FLOOR}
    places = parts[Part.GEOGRAPHY]
    weights = Weights(
        version=document["version"],
        digest=hashlib.sha256(orjson.dumps(document, option=orjson.OPT_SORT_KEYS)).digest(),
        limits={part: found["limit"] for part, found in parts.items()},
        bands={Band(name): least for name, least in document["bands"].items()},
        review_months={Band(name): months for name, months in document["review_months"].items()},
        home=places["home"],
        foreign=places["foreign"],
        unknown=places["unknown"],
        countries={country: group["points"] for group in places["groups"] for country in group["countries"]},
        tier_missing=parts[Part.IDENTITY]["none"],
        tiers=parts[Part.IDENTITY]["tiers"],
        high_route=parts[Part.IDENTITY]["high_route"],
        flags={CustomerFlag(name): points for name, points in parts[Part.EXPOSURE]["flags"].items()},
        products={Product(name): points for name, points in parts[Part.PRODUCTS]["used"].items()},
        below_days=_steps(parts[Part.AGE]["below_days"]),
        percent=_steps(parts[Part.TURNOVER]["percent"]),
        undeclared=_steps(
            [[least * _CENTS, points] for least, points in parts[Part.TURNOVER]["undeclared_lkr"]]
        ),
        cases={Finding(name): points for name, points in parts[Part.HISTORY]["cases"].items()},
        linked=parts[Part.LINKS]["each"],
        floors={CustomerFlag(name): least for name, least in document["floors"].items()},
    )
    _check(weights)
    return weights


def _steps(rows: Sequence[Sequence[int]]) -> Steps:
    return tuple((least, points) for least, points in rows)


def _check(weights: Weights) -> None:
    invariant(sum(weights.limits.values()) == WHOLE, "weights: the limits of the parts add up to 100")
    invariant(set(weights.review_months) == set(Band), "weights: every band has its months")
    invariant(set(weights.bands) == {Band.MEDIUM, Band.HIGH}, "weights: medium and high begin somewhere")
    invariant(0 < weights.bands[Band.MEDIUM] < weights.bands[Band.HIGH] <= WHOLE, "weights: bands rise")
    months = [weights.review_months[band] for band in Band]
    invariant(all(a >= b > 0 for a, b in pairwise(months)), "weights: a higher band is looked at sooner")
    invariant(set(weights.cases) == set(Finding), "weights: every finding has its points")
    invariant(set(weights.products) == set(Product), "weights: every product has its points")
    invariant(set(weights.flags) == set(CustomerFlag), "weights: every flag has its points")
    for rising in (weights.percent, weights.undeclared):
        invariant(all(a[0] < b[0] and a[1] <= b[1] for a, b in pairwise(rising)), "weights: steps rise")
    invariant(
        all(a[0] < b[0] and a[1] >= b[1] for a, b in pairwise(weights.below_days)), "weights: age calms"
    )
    points = [
        *weights.countries.values(),
        *weights.tiers.values(),
        *weights.flags.values(),
        *weights.products.values(),
        *weights.cases.values(),
        *weights.floors.values(),
        *(each for steps in (weights.below_days, weights.percent, weights.undeclared) for _, each in steps),
        *(weights.foreign, weights.unknown, weights.tier_missing, weights.high_route, weights.linked),
    ]
    invariant(all(type(each) is int for each in points), "weights: points are whole")
    invariant(all(0 <= each <= WHOLE for each in points), "weights: points fit")
