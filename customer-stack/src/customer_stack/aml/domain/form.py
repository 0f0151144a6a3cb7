"""A tree as JSON, read strictly and written canonically. Pure.

Every node is an object with one key, its operator: `{"at_least": [{"fact": "event.amount"}, {"lkr": 100}]}`.
A refusal names the node by its path: `when.all[1].at_least[0].fact`.

Guaranteed:
- what is written reads back as the same tree, and a tree has one written form;
- an unknown key, a key that stands twice, a number with a point, a text too long: refused, never ignored.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from customer_stack.aml.domain.catalogue import DIMENSIONS, FACTS, METRICS, Measure, Subject, Window
from customer_stack.aml.domain.tree import (
    DEPTH_LIMIT,
    NODES_LIMIT,
    WORDS_LIMIT,
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
from customer_stack.aml.domain.values import VOCABULARIES, Unit, is_word
from customer_stack.aml.errors import RuleInvalid

NUMBER_LIMIT: Final = 2**62
TEXT_LIMIT: Final = 64_000
_UNITS: Final = {unit.value: unit for unit in (Unit.LKR, Unit.COUNT, Unit.SECONDS)}


def refuse(path: str, sentence: str) -> RuleInvalid:
    """Return the refusal of the node at `path`."""
    return RuleInvalid(f"{path}: {sentence}")


def load_document(text: bytes) -> Any:
    """Return the JSON in `text` without floats and repeated keys. Raises RuleInvalid."""

    def no_point(_number: str) -> object:
        raise refuse("document", "numbers have no point and no exponent; write cents, or a ratio as a pair")

    def once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
        found = dict(pairs)
        if len(found) != len(pairs):
            raise refuse("document", "a key stands twice in one object")
        return found

    if len(text) > TEXT_LIMIT:
        raise refuse("document", f"longer than {TEXT_LIMIT} bytes")
    try:
        return json.loads(text, parse_float=no_point, parse_constant=no_point, object_pairs_hook=once)
    except RecursionError:
        raise refuse("document", "nested too deeply") from None
    except ValueError:
        raise refuse("document", "not JSON") from None


def dump_document(document: object) -> bytes:
    """Return the canonical bytes of a JSON document: sorted keys, no blanks, ASCII."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode()


def read_node(document: object, path: str = "when") -> Node:
    """Return the tree that a document describes. Raises RuleInvalid."""
    node = _read(document, path, 1)
    if (count := _count(node)) > NODES_LIMIT:
        raise refuse(path, f"{count} nodes; at most {NODES_LIMIT} are evaluated")
    return node


def _count(node: Node) -> int:
    return 1 + sum(_count(child) for child in children(node))


def _read(document: object, path: str, depth: int) -> Node:
    if depth > DEPTH_LIMIT:
        raise refuse(path, f"nested deeper than {DEPTH_LIMIT}")
    if not isinstance(document, Mapping) or len(document) != 1:
        raise refuse(path, "a node is an object with one key, its operator")
    ((name, body),) = document.items()
    if not isinstance(name, str) or name not in _READERS:
        raise refuse(path, f"there is no operator {_quote(name)}")
    return _READERS[name](name, body, f"{path}.{name}", depth + 1)


def _parts(body: object, path: str, depth: int, least: int, most: int) -> tuple[Node, ...]:
    if not isinstance(body, list) or not least <= len(body) <= most:
        count = f"{least}" if least == most else f"{least} to {most}"
        raise refuse(path, f"takes a list of {count} nodes")
    return tuple(_read(each, f"{path}[{index}]", depth) for index, each in enumerate(body))


def _whole(body: object, path: str, low: int, high: int) -> int:
    if type(body) is not int or not low <= body <= high:
        raise refuse(path, f"takes a whole number from {low} to {high}")
    return body


def _object(body: object, path: str, keys: Sequence[str]) -> Mapping[str, object]:
    if not isinstance(body, Mapping) or set(body) != set(keys):
        raise refuse(path, f"takes an object with {', '.join(keys)}, and no more")
    return body


def _member(body: object, path: str, members: Mapping[str, Any] | frozenset[Any], what: str) -> str:
    if not isinstance(body, str) or body not in members:
        raise refuse(path, f"there is no {what} {_quote(body)}; there are {', '.join(sorted(members))}")
    return body


def _quote(body: object) -> str:
    return json.dumps(body, default=str)[:60]


def _read_whole(name: str, body: object, path: str, _depth: int) -> Node:
    return Whole(_UNITS[name], _whole(body, path, 0, NUMBER_LIMIT))


def _read_ratio(_name: str, body: object, path: str, _depth: int) -> Node:
    if not isinstance(body, list) or len(body) != 2:
        raise refuse(path, "takes a pair, numerator and denominator")
    numerator = _whole(body[0], f"{path}[0]", 0, NUMBER_LIMIT)
    denominator = _whole(body[1], f"{path}[1]", 1, NUMBER_LIMIT)
    if math.gcd(numerator, denominator) != 1:
        raise refuse(path, "not in lowest terms")
    return Ratio(numerator, denominator)


def _read_flag(_name: str, body: object, path: str, _depth: int) -> Node:
    if not isinstance(body, bool):
        raise refuse(path, "takes true or false")
    return Flag(body)


def _one_pair(body: object, path: str) -> tuple[str, object]:
    if not isinstance(body, Mapping) or len(body) != 1:
        raise refuse(path, "takes an object with one vocabulary")
    ((vocabulary, inner),) = body.items()
    return _member(vocabulary, path, VOCABULARIES, "vocabulary"), inner


def _read_text(vocabulary: str, body: object, path: str) -> str:
    if not isinstance(body, str) or not is_word(vocabulary, body):
        raise refuse(path, f"{_quote(body)} is no word of {vocabulary}")
    return body


def _read_word(_name: str, body: object, path: str, _depth: int) -> Node:
    vocabulary, inner = _one_pair(body, path)
    return Word(vocabulary, _read_text(vocabulary, inner, path))


def _read_words(_name: str, body: object, path: str, _depth: int) -> Node:
    vocabulary, inner = _one_pair(body, path)
    if not isinstance(inner, list) or not 1 <= len(inner) <= WORDS_LIMIT:
        raise refuse(path, f"takes 1 to {WORDS_LIMIT} words")
    texts = [_read_text(vocabulary, each, f"{path}[{index}]") for index, each in enumerate(inner)]
    if len(set(texts)) != len(texts):
        raise refuse(path, "a word stands twice")
    return Words(vocabulary, frozenset(texts))


def _read_fact(_name: str, body: object, path: str, _depth: int) -> Node:
    return Fact(_member(body, path, FACTS, "fact"))


def _read_counter(_name: str, body: object, path: str, _depth: int) -> Node:
    fields = _object(body, path, ("subject", "measure", "of", "window"))
    subject = Subject(_member(fields["subject"], f"{path}.subject", frozenset(Subject), "subject"))
    measure = Measure(_member(fields["measure"], f"{path}.measure", frozenset(Measure), "measure"))
    names: Mapping[str, Any] | frozenset[Any] = METRICS
    if measure is Measure.DISTINCT:
        names = DIMENSIONS[subject]
    name = _member(fields["of"], f"{path}.of", names, f"{measure.value} per {subject.value} of")
    window = Window(_member(fields["window"], f"{path}.window", frozenset(Window), "window"))
    return Counter(subject, measure, str(name), window)


def _read_known(_name: str, body: object, path: str, depth: int) -> Node:
    inner = _read(body, path, depth)
    if not isinstance(inner, Fact | Counter):
        raise refuse(path, "takes a fact or a counter")
    return Known(inner)


def _read_compare(name: str, body: object, path: str, depth: int) -> Node:
    left, right = _parts(body, path, depth, 2, 2)
    return Compare(Comparison(name), left, right)


def _read_between(_name: str, body: object, path: str, depth: int) -> Node:
    return Between(*_parts(body, path, depth, 3, 3))


def _read_in(_name: str, body: object, path: str, depth: int) -> Node:
    return In(*_parts(body, path, depth, 2, 2))


def _read_overlaps(_name: str, body: object, path: str, depth: int) -> Node:
    return Overlaps(*_parts(body, path, depth, 2, 2))


def _read_all(_name: str, body: object, path: str, depth: int) -> Node:
    return All(_parts(body, path, depth, 1, 40))


def _read_some(_name: str, body: object, path: str, depth: int) -> Node:
    return Some(_parts(body, path, depth, 1, 40))


def _read_not(_name: str, body: object, path: str, depth: int) -> Node:
    return Not(_read(body, path, depth))


def _read_compute(name: str, body: object, path: str, depth: int) -> Node:
    left, right = _parts(body, path, depth, 2, 2)
    return Compute(Operation(name), left, right)


_READERS: Final[Mapping[str, Callable[[str, object, str, int], Node]]] = {
    **dict.fromkeys(_UNITS, _read_whole),
    **dict.fromkeys(Comparison, _read_compare),
    **dict.fromkeys(Operation, _read_compute),
    "ratio": _read_ratio,
    "flag": _read_flag,
    "word": _read_word,
    "words": _read_words,
    "fact": _read_fact,
    "counter": _read_counter,
    "known": _read_known,
    "between": _read_between,
    "in": _read_in,
    "overlaps": _read_overlaps,
    "all": _read_all,
    "any": _read_some,
    "not": _read_not,
}


_LISTS: Final[Mapping[type, str]] = {
    Between: "between",
    In: "in",
    Overlaps: "overlaps",
    All: "all",
    Some: "any",
}


def write_node(node: Node) -> dict[str, object]:  # noqa: C901 - one case per node
    """Return the document of a tree; `read_node` reads it back."""
    name: str
    body: object
    match node:
        case Whole(unit, number):
            name, body = unit.value, number
        case Ratio(numerator, denominator):
            name, body = "ratio", [numerator, denominator]
        case Flag(value):
            name, body = "flag", value
        case Word(vocabulary, text):
            name, body = "word", {vocabulary: text}
        case Words(vocabulary, texts):
            name, body = "words", {vocabulary: sorted(texts)}
        case Fact(fact):
            name, body = "fact", fact
        case Counter(subject, measure, of, window):
            fields = {"subject": subject.value, "measure": measure.value, "of": of, "window": window.value}
            name, body = "counter", fields
        case Known(what):
            name, body = "known", write_node(what)
        case Not(part):
            name, body = "not", write_node(part)
        case Compare(comparison):
            name, body = comparison.value, _write_all(node)
        case Compute(operation):
            name, body = operation.value, _write_all(node)
        case _:
            name, body = _LISTS[type(node)], _write_all(node)
    return {name: body}


def _write_all(node: Node) -> list[object]:
    return [write_node(child) for child in children(node)]
