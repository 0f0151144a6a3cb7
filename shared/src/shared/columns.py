"""Columns of a batch as parameters: what all rows share is sent once. Pure.

The driver looks at every element of every array, and most columns of a batch hold one value: its tenant, its
moment, its kind. `unnest` fills the shorter arrays with nulls, so a statement reads such a column as
`coalesce(u.at, ($3::timestamptz[])[1])`, and one that is missing in all rows as it is.
"""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


def folded(values: Sequence[T]) -> Sequence[T]:
    """Return a column without nulls; of one value where all are the same."""
    return [values[0]] if values and values.count(values[0]) == len(values) else values


def unless_missing(values: Sequence[T | None]) -> Sequence[T | None]:
    """Return a column with nulls; empty where all are null."""
    return [] if values and values[0] is None and values.count(None) == len(values) else values
