"""From what is known of a customer to a score with its parts. Pure, over whole numbers."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from customer_stack.aml.domain.values import CustomerFlag, Product
from customer_stack.risk.domain.weights import Band, Finding, Part, Steps, Weights
from shared.errors import invariant

_PERCENT = 100


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a score is reckoned from.

    `countries`: of residence and of the document; None: not known. `turnover` and `expected`: LKR cents of
    30 days and of a month. `cases`: how many of the last 180 days ended how. `linked`: other customers.
    """

    countries: tuple[str | None, ...]
    tier: str | None
    is_high_route: bool
    flags: frozenset[CustomerFlag]
    products: frozenset[Product]
    age_days: int
    expected: int | None
    turnover: int
    cases: Mapping[Finding, int]
    linked: int


@dataclass(frozen=True, slots=True)
class Score:
    """A score with its parts, which add up to it, and the digest of the weights."""

    total: int
    band: Band
    parts: Mapping[Part, int]
    weights: bytes


def score(inputs: Inputs, weights: Weights) -> Score:
    """Return the score of a customer."""
    points = {
        Part.GEOGRAPHY: max((_country(each, weights) for each in inputs.countries), default=0),
        Part.IDENTITY: _identity(inputs, weights),
        Part.EXPOSURE: sum(weights.flags[flag] for flag in inputs.flags),
        Part.PRODUCTS: sum(weights.products[product] for product in inputs.products),
        Part.AGE: next((each for days, each in weights.below_days if inputs.age_days < days), 0),
        Part.TURNOVER: _turnover(inputs, weights),
        Part.HISTORY: sum(weights.cases[finding] * number for finding, number in inputs.cases.items()),
        Part.LINKS: weights.linked * inputs.linked,
    }
    parts = {part: min(each, weights.limits[part]) for part, each in points.items()}
    least = max((weights.floors.get(flag, 0) for flag in inputs.flags), default=0)
    parts[Part.FLOOR] = max(0, least - sum(parts.values()))
    total = sum(parts.values())
    invariant(0 <= total <= _PERCENT, "the limits of the parts add up to 100")
    return Score(total, weights.band_of(total), MappingProxyType(parts), weights.digest)


def _country(country: str | None, weights: Weights) -> int:
    if country is None:
        return weights.unknown
    return weights.countries.get(country, 0 if country == weights.home else weights.foreign)


def _identity(inputs: Inputs, weights: Weights) -> int:
    tier = weights.tier_missing
    if inputs.tier is not None:
        tier = weights.tiers.get(inputs.tier, weights.tier_missing)
    return tier + (weights.high_route if inputs.is_high_route else 0)


def _turnover(inputs: Inputs, weights: Weights) -> int:
    if inputs.expected is None:
        return _from(weights.undeclared, inputs.turnover, 1)
    if inputs.turnover == 0:
        return 0
    return _from(weights.percent, inputs.turnover * _PERCENT, inputs.expected)


def _from(steps: Steps, value: int, unit: int) -> int:
    """Return the points of the last step that a value has passed; steps are multiples of `unit`."""
    return max((points for least, points in steps if value > least * unit), default=0)
