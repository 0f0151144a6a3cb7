"""What a tree means: its value, node by node, over known and unknown facts. Pure.

This is the slow and plain reading that explains; `compiling` is the fast one, and tests hold them equal.

Three values: true, false, not known. What is not known stays so unless the other parts decide alone:
false AND unknown is false, true OR unknown is true.

Guaranteed: a checked tree has a value for every situation; the root of its trace is the outcome.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from customer_stack.aml.domain.tree import (
    All,
    Between,
    Compare,
    Comparison,
    Compute,
    Counter,
    Fact,
    FactKey,
    Flag,
    In,
    Known,
    Node,
    Not,
    Operation,
    Overlaps,
    Ratio,
    Some,
    Whole,
    Word,
    Words,
    children,
)
from customer_stack.aml.domain.values import Fraction, Value
from shared.errors import invariant

Situation = Mapping[FactKey, Value]
"""What is known at the moment of a decision. A key that is missing is not known."""

ORDER: Final[Mapping[Comparison, Callable[[int, int], bool]]] = {
    Comparison.EQUAL: operator.eq,
    Comparison.NOT_EQUAL: operator.ne,
    Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le,
    Comparison.MORE: operator.gt,
    Comparison.AT_LEAST: operator.ge,
}


@dataclass(frozen=True, slots=True)
class Trace:
    """A node, its value, and the traces of its parts."""

    node: Node
    value: Value
    parts: tuple["Trace", ...] = ()


def trace(node: Node, situation: Situation) -> Trace:
    """Return the value of every node of a checked tree. Nothing is skipped."""
    if isinstance(node, Known):
        below = trace(node.what, situation)
        return Trace(node, below.value is not None, (below,))
    parts = tuple(trace(child, situation) for child in children(node))
    return Trace(node, _value(node, [part.value for part in parts], situation), parts)


def evaluate(node: Node, situation: Situation) -> bool | None:
    """Return whether a checked condition is true, false or not known."""
    return _as_flag(trace(node, situation).value)


def _value(  # noqa: C901, PLR0911, PLR0912 - one case per node
    node: Node, below: Sequence[Value], situation: Situation
) -> Value:
    match node:
        case Fact() | Counter():
            return situation.get(node)
        case Whole(_, number):
            return number
        case Ratio(numerator, denominator):
            return numerator, denominator
        case Flag(value):
            return value
        case Word(_, text):
            return text
        case Words(_, texts):
            return texts
        case All():
            return conjunction([_as_flag(each) for each in below])
        case Some():
            return invert(conjunction([invert(_as_flag(each)) for each in below]))
        case Not():
            return invert(_as_flag(below[0]))
        case Between():
            at_least = compare(Comparison.AT_LEAST, below[0], below[1])
            return conjunction([at_least, compare(Comparison.AT_MOST, below[0], below[2])])
    if any(each is None for each in below):
        return None
    match node:
        case Compare(comparison):
            return compare(comparison, below[0], below[1])
        case Compute(operation):
            return compute(operation, below[0], below[1])
        case In():
            return below[0] in _as_words(below[1])
        case Overlaps():
            return not _as_words(below[0]).isdisjoint(_as_words(below[1]))
    invariant(condition=False, message="a node without a meaning")
    return None


def conjunction(flags: Sequence[bool | None]) -> bool | None:
    """Return whether all are true; None when that hangs on what is not known."""
    if any(flag is False for flag in flags):
        return False
    return None if any(flag is None for flag in flags) else True


def invert(flag: bool | None) -> bool | None:  # noqa: FBT001 - a value, not a switch
    """Return the opposite; what is not known stays so."""
    return None if flag is None else not flag


def compare(comparison: Comparison, left: Value, right: Value) -> bool | None:
    """Compare two values exactly; fractions by crossing their denominators."""
    if left is None or right is None:
        return None
    if isinstance(left, tuple) or isinstance(right, tuple):
        (top, bottom), (other_top, other_bottom) = _as_fraction(left), _as_fraction(right)
        return ORDER[comparison](top * other_bottom, other_top * bottom)
    return bool(ORDER[comparison](left, right))  # type: ignore[arg-type]  # checked: both of one type


def compute(operation: Operation, left: Value, right: Value) -> Value:
    """Return the exact result: a whole number of whole numbers, else a fraction; by zero, not known."""
    if operation is Operation.REMAINDER:
        return _as_whole(left) % _as_whole(right)
    (top, bottom), (other_top, other_bottom) = _as_fraction(left), _as_fraction(right)
    whole = not isinstance(left, tuple) and not isinstance(right, tuple)
    found: Fraction
    match operation:
        case Operation.PLUS:
            found = top * other_bottom + other_top * bottom, bottom * other_bottom
        case Operation.MINUS:
            found = top * other_bottom - other_top * bottom, bottom * other_bottom
        case Operation.TIMES:
            found = top * other_top, bottom * other_bottom
        case _:
            return divide((top, bottom), (other_top, other_bottom))
    return found[0] if whole else found


def divide(left: Fraction, right: Fraction) -> Fraction | None:
    """Return the quotient with a positive denominator; by zero, not known."""
    top, bottom = left[0] * right[1], left[1] * right[0]
    if bottom == 0:
        return None
    return (top, bottom) if bottom > 0 else (-top, -bottom)


def _as_fraction(value: Value) -> Fraction:
    return value if isinstance(value, tuple) else (_as_whole(value), 1)


def _as_whole(value: Value) -> int:
    invariant(isinstance(value, int), "a number where a number was checked")
    return value  # type: ignore[return-value]  # the line before


def _as_flag(value: Value) -> bool | None:
    invariant(value is None or isinstance(value, bool), "a flag where a flag was checked")
    return value  # type: ignore[return-value]  # the line before


def _as_words(value: Value) -> frozenset[str]:
    invariant(isinstance(value, frozenset), "words where words were checked")
    return value  # type: ignore[return-value]  # the line before
