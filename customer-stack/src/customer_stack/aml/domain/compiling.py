"""A checked tree as one Python closure over a list of facts. Pure.

Compiled once when a version is loaded. A situation is a list; each fact and counter has a *slot*, its index
in it, which is the same for all rules that are evaluated together. Frequent forms (a fact against a
literal, a word among words) have closures of their own, because a call costs more than what it does.

Guaranteed: the same value as `evaluation` gives, for every situation; nothing is evaluated that no longer
matters.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from customer_stack.aml.domain.checking import type_of
from customer_stack.aml.domain.evaluation import ORDER, divide
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
)
from customer_stack.aml.domain.values import Fraction, NumberType
from shared.errors import invariant

Facts = Sequence[Any]
"""A situation as a list by slot; None is not known."""
Compiled = Callable[[Facts], Any]
Slots = Mapping[FactKey, int]

_WHOLE_ARITHMETIC: Final[Mapping[Operation, Callable[[int, int], int]]] = {
    Operation.PLUS: operator.add,
    Operation.MINUS: operator.sub,
    Operation.TIMES: operator.mul,
    Operation.REMAINDER: operator.mod,
}


def compile_tree(node: Node, slots: Slots) -> Compiled:  # noqa: C901, PLR0911 - one case per node
    """Return the closure of a checked tree."""
    match node:
        case Fact() | Counter():
            return operator.itemgetter(slots[node])
        case Whole() | Ratio() | Flag() | Word() | Words():
            value = _literal(node)
            return lambda _facts: value
        case Known(what):
            slot = slots[what]
            return lambda facts: facts[slot] is not None
        case All(parts):
            return _all([compile_tree(part, slots) for part in parts])
        case Some(parts):
            return _some([compile_tree(part, slots) for part in parts])
        case Not(part):
            return _not(compile_tree(part, slots))
        case Compare():
            return _compare(node, slots)
        case Between():
            return _between(node, slots)
        case In(word, words):
            return _in(word, words, slots)
        case Overlaps(left, right):
            return _overlaps(compile_tree(left, slots), compile_tree(right, slots))
        case Compute():
            return _compute(node, slots)


def _literal(node: Node) -> Any:
    match node:
        case Whole(_, number):
            return number
        case Ratio(numerator, denominator):
            return (numerator, denominator)
        case Flag(value):
            return value
        case Word(_, text):
            return text
        case Words(_, texts):
            return texts
    invariant(condition=False, message="a literal has a value")
    return None


def _all(parts: Sequence[Compiled]) -> Compiled:
    if len(parts) == 1:
        return parts[0]
    tests = tuple(parts)

    def run(facts: Facts) -> bool | None:
        outcome: bool | None = True
        for test in tests:
            value = test(facts)
            if value is False:
                return False
            if value is None:
                outcome = None
        return outcome

    return run


def _some(parts: Sequence[Compiled]) -> Compiled:
    if len(parts) == 1:
        return parts[0]
    tests = tuple(parts)

    def run(facts: Facts) -> bool | None:
        outcome: bool | None = False
        for test in tests:
            value = test(facts)
            if value is True:
                return True
            if value is None:
                outcome = None
        return outcome

    return run


def _not(part: Compiled) -> Compiled:
    def run(facts: Facts) -> bool | None:
        value = part(facts)
        return None if value is None else not value

    return run


def _compare(node: Compare, slots: Slots) -> Compiled:
    order = ORDER[node.comparison]
    if _is_fractional(node.left) or _is_fractional(node.right):
        left, right = _as_fraction(node.left, slots), _as_fraction(node.right, slots)
        return _compare_fractions(order, left, right)
    if isinstance(node.left, Fact | Counter):
        slot = slots[node.left]
        if isinstance(node.right, Whole | Flag | Word | Words):
            return _compare_slot(order, slot, _literal(node.right))
    return _apply(order, compile_tree(node.left, slots), compile_tree(node.right, slots))


def _compare_slot(order: Callable[[Any, Any], bool], slot: int, literal: Any) -> Compiled:
    def run(facts: Facts) -> bool | None:
        value = facts[slot]
        return None if value is None else order(value, literal)

    return run


def _apply(combine: Callable[[Any, Any], Any], left: Compiled, right: Compiled) -> Compiled:
    def run(facts: Facts) -> Any:
        one = left(facts)
        if one is None:
            return None
        other = right(facts)
        return None if other is None else combine(one, other)

    return run


def _compare_fractions(order: Callable[[Any, Any], bool], left: Compiled, right: Compiled) -> Compiled:
    def run(facts: Facts) -> bool | None:
        one = left(facts)
        if one is None:
            return None
        other = right(facts)
        return None if other is None else order(one[0] * other[1], other[0] * one[1])

    return run


def _between(node: Between, slots: Slots) -> Compiled:
    low = Compare(Comparison.AT_LEAST, node.value, node.low)
    high = Compare(Comparison.AT_MOST, node.value, node.high)
    return _all([_compare(low, slots), _compare(high, slots)])


def _in(word: Node, words: Node, slots: Slots) -> Compiled:
    if isinstance(word, Fact) and isinstance(words, Words):
        slot, texts = slots[word], words.texts

        def look_up(facts: Facts) -> bool | None:
            value = facts[slot]
            return None if value is None else value in texts

        return look_up
    inner, outer = compile_tree(word, slots), compile_tree(words, slots)

    def run(facts: Facts) -> bool | None:
        value, found = inner(facts), outer(facts)
        return None if value is None or found is None else value in found

    return run


def _overlaps(left: Compiled, right: Compiled) -> Compiled:
    def run(facts: Facts) -> bool | None:
        one, other = left(facts), right(facts)
        return None if one is None or other is None else not one.isdisjoint(other)

    return run


def _is_fractional(node: Node) -> bool:
    found = type_of(node)
    return isinstance(found, NumberType) and not found.is_whole


def _as_fraction(node: Node, slots: Slots) -> Compiled:
    """Return a closure that gives a pair also for a whole number."""
    inner = compile_tree(node, slots)
    if _is_fractional(node):
        return inner

    def widen(facts: Facts) -> Fraction | None:
        value = inner(facts)
        return None if value is None else (value, 1)

    return widen


def _compute(node: Compute, slots: Slots) -> Compiled:
    operation = node.operation
    if not _is_fractional(node):
        combine = _WHOLE_ARITHMETIC[operation]
        return _apply(combine, compile_tree(node.left, slots), compile_tree(node.right, slots))
    return _apply(_FRACTIONS[operation], _as_fraction(node.left, slots), _as_fraction(node.right, slots))


def _plus(left: Fraction, right: Fraction) -> Fraction:
    return left[0] * right[1] + right[0] * left[1], left[1] * right[1]


def _minus(left: Fraction, right: Fraction) -> Fraction:
    return left[0] * right[1] - right[0] * left[1], left[1] * right[1]


def _times(left: Fraction, right: Fraction) -> Fraction:
    return left[0] * right[0], left[1] * right[1]


_FRACTIONS: Final[Mapping[Operation, Callable[[Fraction, Fraction], Fraction | None]]] = {
    Operation.PLUS: _plus,
    Operation.MINUS: _minus,
    Operation.TIMES: _times,
    Operation.DIVIDE: divide,
}
