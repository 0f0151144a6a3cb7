"""The nodes of a rule's condition. Frozen values; what they mean is in `evaluation`. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from customer_stack.aml.domain.catalogue import Measure, Subject, Window
from customer_stack.aml.domain.values import Unit

DEPTH_LIMIT: Final = 12
NODES_LIMIT: Final = 200
WORDS_LIMIT: Final = 300


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number: LKR cents, a count, or seconds."""

    unit: Unit
    number: int


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of two whole numbers in lowest terms, such as 4/5."""

    numerator: int
    denominator: int


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    value: bool


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a vocabulary."""

    vocabulary: str
    text: str


@dataclass(frozen=True, slots=True)
class Words:
    """Some words of a vocabulary."""

    vocabulary: str
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact of the catalogue."""

    name: str


@dataclass(frozen=True, slots=True)
class Counter:
    """A counter: `name` is a metric for sums and counts, a dimension for distinct counts."""

    subject: Subject
    measure: Measure
    name: str
    window: Window


FactKey = Fact | Counter
"""What a situation has a value for."""


@dataclass(frozen=True, slots=True)
class Known:
    """Whether a fact or counter is known. Itself never unknown."""

    what: FactKey


class Comparison(StrEnum):
    """How two values can compare."""

    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    LESS = "less"
    AT_MOST = "at_most"
    MORE = "more"
    AT_LEAST = "at_least"


ORDERED: Final = frozenset({Comparison.LESS, Comparison.AT_MOST, Comparison.MORE, Comparison.AT_LEAST})


class Operation(StrEnum):
    """Exact arithmetic. A division by zero is not known."""

    PLUS = "plus"
    MINUS = "minus"
    TIMES = "times"
    DIVIDE = "divide"
    REMAINDER = "remainder"


@dataclass(frozen=True, slots=True)
class Compare:
    """Two values compared."""

    comparison: Comparison
    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class Between:
    """`low` at most `value` at most `high`."""

    value: "Node"
    low: "Node"
    high: "Node"


@dataclass(frozen=True, slots=True)
class In:
    """A word is among words."""

    word: "Node"
    words: "Node"


@dataclass(frozen=True, slots=True)
class Overlaps:
    """Two sets of words share one."""

    left: "Node"
    right: "Node"


@dataclass(frozen=True, slots=True)
class All:
    """Every part is true. One false part makes it false, whatever is unknown."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """One part is true. One true part makes it true, whatever is unknown."""

    parts: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is false."""

    part: "Node"


@dataclass(frozen=True, slots=True)
class Compute:
    """Two numbers combined."""

    operation: Operation
    left: "Node"
    right: "Node"


Literal = Whole | Ratio | Flag | Word | Words
Node = (
    Literal | Fact | Counter | Known | Compare | Between | In | Overlaps | All | Some | Not | Compute
)  # every node there is


def children(node: Node) -> tuple[Node, ...]:  # noqa: PLR0911 - one case per node
    """Return the nodes below a node, in the order in which they are written."""
    match node:
        case Known(what):
            return (what,)
        case Compare(_, left, right) | Compute(_, left, right) | Overlaps(left, right):
            return (left, right)
        case Between(value, low, high):
            return (value, low, high)
        case In(word, words):
            return (word, words)
        case All(parts) | Some(parts):
            return parts
        case Not(part):
            return (part,)
        case _:
            return ()


def facts_of(node: Node) -> frozenset[FactKey]:
    """Return all facts and counters that a tree asks for."""
    if isinstance(node, Fact | Counter):
        return frozenset({node})
    return frozenset().union(*(facts_of(child) for child in children(node)))
