"""Why a rule says what it says: each node with its value, as data and as one sentence. Pure."""

from typing import Final

from customer_stack.aml.domain.catalogue import FACTS, METRICS, Measure, Window
from customer_stack.aml.domain.checking import type_of
from customer_stack.aml.domain.evaluation import Trace
from customer_stack.aml.domain.form import write_node
from customer_stack.aml.domain.tree import (
    All,
    Between,
    Compare,
    Comparison,
    Compute,
    Counter,
    Fact,
    Flag,
    In,
    Known,
    Not,
    Operation,
    Overlaps,
    Ratio,
    Some,
    Whole,
    Word,
    Words,
)
from customer_stack.aml.domain.values import NumberType, Type, Unit, Value
from shared.money import LKR_SCALE, format_minor

_COMPARISONS: Final = {
    Comparison.EQUAL: "is",
    Comparison.NOT_EQUAL: "is not",
    Comparison.LESS: "is below",
    Comparison.AT_MOST: "is at most",
    Comparison.MORE: "is above",
    Comparison.AT_LEAST: "is at least",
}
_OPERATIONS: Final = {
    Operation.PLUS: "plus",
    Operation.MINUS: "minus",
    Operation.TIMES: "times",
    Operation.DIVIDE: "divided by",
    Operation.REMAINDER: "modulo",
}
_WINDOWS: Final = {
    Window.HOUR: "in 1 h",
    Window.DAY: "in 24 h",
    Window.WEEK: "in 7 days",
    Window.MONTH: "in 30 days",
    Window.CALENDAR_DAY: "on the day in Colombo",
}
_SECONDS: Final = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def describe(trace: Trace) -> dict[str, object]:
    """Return a trace as JSON: node, value and parts, down to the last fact."""
    name, body = next(iter(write_node(trace.node).items()))
    described: dict[str, object] = {"op": name, "value": _plain(trace.value)}
    if trace.parts:
        described["parts"] = [describe(part) for part in trace.parts]
    else:
        described["of"] = body
    return described


def tell(trace: Trace) -> str:
    """Return a trace as one sentence, with the value behind every fact."""
    return f"{_word(trace.value)}: {_tell(trace)}."


def _plain(value: Value) -> object:
    if isinstance(value, frozenset):
        return sorted(value)
    return list(value) if isinstance(value, tuple) else value


def _word(value: Value) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else "not known"


def _tell(trace: Trace) -> str:  # noqa: C901, PLR0911 - one case per node
    parts = [_tell(part) for part in trace.parts]
    match trace.node:
        case Fact(name):
            return f"{FACTS[name].words} ({show(trace.value, FACTS[name].type)})"
        case Counter():
            return f"{_name(trace.node)} ({show(trace.value, type_of(trace.node))})"
        case Whole() | Ratio() | Flag() | Word() | Words():
            return show(trace.value, type_of(trace.node))
        case Known():
            return f"{parts[0]} is {'known' if trace.value else 'not known'}"
        case Compare(comparison):
            return f"{parts[0]} {_COMPARISONS[comparison]} {parts[1]}: {_word(trace.value)}"
        case Between():
            return f"{parts[0]} is from {parts[1]} to {parts[2]}: {_word(trace.value)}"
        case In():
            return f"{parts[0]} is one of {parts[1]}: {_word(trace.value)}"
        case Overlaps():
            return f"{parts[0]} have one of {parts[1]}: {_word(trace.value)}"
        case All():
            return f"all of [{'; '.join(parts)}]"
        case Some():
            return f"any of [{'; '.join(parts)}]"
        case Not():
            return f"not [{parts[0]}]"
        case Compute(operation):
            result = show(trace.value, type_of(trace.node))
            return f"({parts[0]} {_OPERATIONS[operation]} {parts[1]} = {result})"


def _name(counter: Counter) -> str:
    of, window = counter.subject.value, _WINDOWS[counter.window]
    if counter.measure is Measure.DISTINCT:
        return f"different {counter.name}s of the {of} {window}"
    verb = "sum" if counter.measure is Measure.SUM else "number"
    return f"{verb} of {METRICS[counter.name].words} of the {of} {window}"


def show(value: Value, kind: Type) -> str:  # noqa: PLR0911 - one case per type
    """Return a value as a person reads it."""
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset):
        return ", ".join(sorted(value)) or "none"
    if isinstance(value, str):
        return value
    unit = kind.unit if isinstance(kind, NumberType) else Unit.COUNT
    if isinstance(value, tuple):
        return _show_fraction(value, unit)
    if unit is Unit.LKR:
        return f"LKR {_group(format_minor(value, LKR_SCALE))}"
    return _show_seconds(value) if unit is Unit.SECONDS else f"{value:,}"


def _show_fraction(value: tuple[int, int], unit: Unit) -> str:
    """Show four digits of a fraction, cut off: the exact pair is in the data."""
    top, bottom = value
    if unit is Unit.LKR:
        return f"LKR {_group(format_minor(_cut(top, bottom), LKR_SCALE))}"
    return format_minor(_cut(top * 10_000, bottom), 4)


def _cut(top: int, bottom: int) -> int:
    return top // bottom if top >= 0 else -(-top // bottom)


def _group(text: str) -> str:
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    whole, _, cents = digits.partition(".")
    return f"{sign}{int(whole):,}.{cents}"


def _show_seconds(value: int) -> str:
    for size, name in _SECONDS:
        if value and value % size == 0:
            return f"{value // size} {name}"
    return f"{value} s"
