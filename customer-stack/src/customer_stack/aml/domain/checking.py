"""The type of every node, before anything is evaluated. Pure.

Guaranteed: a tree that passes never raises, whatever the facts are, as long as each has its catalogue's
type; units never mix; numbers stay within `REACH`.
"""

from collections.abc import Callable, Mapping
from typing import Final

from customer_stack.aml.domain.catalogue import FACTS, counter_type
from customer_stack.aml.domain.form import refuse
from customer_stack.aml.domain.tree import (
    ORDERED,
    All,
    Between,
    Compare,
    Compute,
    Counter,
    Fact,
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
from customer_stack.aml.domain.values import (
    REACH,
    FlagType,
    NumberType,
    Type,
    Unit,
    WordsType,
    WordType,
)

FLAG: Final = FlagType()


def check_condition(node: Node, path: str = "when") -> None:
    """Refuse a tree that is not a condition of true or false. Raises RuleInvalid."""
    _flag(node, path)


def type_of(node: Node, path: str = "when") -> Type:  # noqa: PLR0911 - one case per node
    """Return the type of a tree. Raises RuleInvalid, naming the node."""
    match node:
        case Whole(unit, number):
            return NumberType(unit, max(number, 1))
        case Ratio(numerator, denominator):
            return NumberType(Unit.RATIO, max(numerator, 1), denominator + 1)
        case Flag() | Known():
            return FLAG
        case Word(vocabulary):
            return WordType(vocabulary)
        case Words(vocabulary):
            return WordsType(vocabulary)
        case Fact(name):
            return FACTS[name].type
        case Counter(_, measure):
            return counter_type(measure)
        case Compute():
            return _compute(node, path)
        case _:
            _check_parts(node, path)
            return FLAG


def _check_parts(node: Node, path: str) -> None:  # noqa: C901, PLR0912 - one case per node
    match node:
        case Compare():
            _compare(node, f"{path}.{node.comparison.value}")
        case Between(value, low, high):
            path = f"{path}.between"
            types = [_number(each, f"{path}[{index}]") for index, each in enumerate((value, low, high))]
            _same_unit(types[0], types[1], f"{path}[1]")
            _same_unit(types[0], types[2], f"{path}[2]")
        case In(word, words):
            path = f"{path}.in"
            left, right = type_of(word, f"{path}[0]"), type_of(words, f"{path}[1]")
            if not isinstance(left, WordType):
                raise refuse(f"{path}[0]", "takes a word")
            if right != WordsType(left.vocabulary):
                raise refuse(f"{path}[1]", f"takes words of {left.vocabulary}")
        case Overlaps(one, other):
            path = f"{path}.overlaps"
            left, right = type_of(one, f"{path}[0]"), type_of(other, f"{path}[1]")
            if not isinstance(left, WordsType):
                raise refuse(f"{path}[0]", "takes words")
            if right != left:
                raise refuse(f"{path}[1]", f"takes words of {left.vocabulary}")
        case All(parts):
            for index, part in enumerate(parts):
                _flag(part, f"{path}.all[{index}]")
        case Some(parts):
            for index, part in enumerate(parts):
                _flag(part, f"{path}.any[{index}]")
        case Not(part):
            _flag(part, f"{path}.not")
        case _:
            raise refuse(path, "is no condition")


def _flag(node: Node, path: str) -> None:
    if type_of(node, path) != FLAG:
        raise refuse(path, "takes a condition that is true or false")


def _number(node: Node, path: str) -> NumberType:
    found = type_of(node, path)
    if not isinstance(found, NumberType):
        raise refuse(path, "takes a number")
    return found


def _same_unit(left: NumberType, right: NumberType, path: str) -> None:
    if left.unit is not right.unit:
        raise refuse(path, f"is in {right.unit.value}; what it meets is in {left.unit.value}")


def _compare(node: Compare, path: str) -> None:
    left, right = type_of(node.left, f"{path}[0]"), type_of(node.right, f"{path}[1]")
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        _same_unit(left, right, f"{path}[1]")
    elif node.comparison in ORDERED:
        raise refuse(path, "only numbers have an order")
    elif left != right:
        raise refuse(f"{path}[1]", "is not of the type that it is compared with")


def _compute(node: Compute, path: str) -> NumberType:
    path = f"{path}.{node.operation.value}"
    left, right = _number(node.left, f"{path}[0]"), _number(node.right, f"{path}[1]")
    if node.operation is Operation.REMAINDER and not (isinstance(node.right, Whole) and node.right.number):
        raise refuse(f"{path}[1]", "takes a whole number above zero, written out")
    found = _RESULTS[node.operation](left, right, path)
    if max(found.top, found.bottom) > REACH:
        raise refuse(path, "could grow too large; use fewer multiplications")
    return found


def _add(left: NumberType, right: NumberType, path: str) -> NumberType:
    _same_unit(left, right, f"{path}[1]")
    top = left.top * right.bottom + right.top * left.bottom
    return NumberType(left.unit, top, left.bottom * right.bottom)


def _multiply(left: NumberType, right: NumberType, path: str) -> NumberType:
    pure = {Unit.RATIO, Unit.COUNT}
    if left.unit not in pure and right.unit not in pure:
        raise refuse(path, "two quantities cannot be multiplied; one must be a ratio or a count")
    unit = right.unit if left.unit is Unit.RATIO or right.unit not in pure else left.unit
    return NumberType(unit, left.top * right.top, left.bottom * right.bottom)


def _divide(left: NumberType, right: NumberType, path: str) -> NumberType:
    top, bottom = left.top * right.bottom, left.bottom * right.top + 1
    if left.unit is right.unit:
        return NumberType(Unit.RATIO, top, bottom)
    if right.unit in {Unit.RATIO, Unit.COUNT}:
        return NumberType(left.unit, top, bottom)
    raise refuse(path, f"{left.unit.value} cannot be divided by {right.unit.value}")


def _remain(left: NumberType, right: NumberType, path: str) -> NumberType:
    _same_unit(left, right, f"{path}[1]")
    if not left.is_whole:
        raise refuse(f"{path}[0]", "takes a whole number")
    return NumberType(left.unit, right.top)


_RESULTS: Final[Mapping[Operation, Callable[[NumberType, NumberType, str], NumberType]]] = {
    Operation.PLUS: _add,
    Operation.MINUS: _add,
    Operation.TIMES: _multiply,
    Operation.DIVIDE: _divide,
    Operation.REMAINDER: _remain,
}
