"""Random rules of every form, well typed, and random situations for them."""

from math import gcd

from hypothesis import strategies as st

from customer_stack.aml.domain.catalogue import DIMENSIONS, FACTS, METRICS, Measure, Subject, Window
from customer_stack.aml.domain.tree import (
    ORDERED,
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
    facts_of,
)
from customer_stack.aml.domain.values import VOCABULARIES, FlagType, NumberType, Unit, WordsType, WordType

WORDS = {name: sorted(members or {"LK", "IN", "AE", "GB"}) for name, members in VOCABULARIES.items()}
PLAIN = (Unit.LKR, Unit.COUNT, Unit.SECONDS)
UNORDERED = sorted(set(Comparison) - ORDERED)
DISTINCT = [(subject, dimension) for subject, names in DIMENSIONS.items() for dimension in sorted(names)]
SMALL = st.integers(0, 6)  # so that values meet at their edges


class Grower:
    """Draws one tree."""

    def __init__(self, draw):
        self.draw = draw

    def one(self, choices):
        return self.draw(st.sampled_from(choices))

    def fact(self, wanted):
        return Fact(self.one([name for name, spec in FACTS.items() if wanted(spec.type)]))

    def counter(self, unit=None):
        measures = [Measure.SUM] if unit is Unit.LKR else [Measure.COUNT, Measure.DISTINCT]
        measure = self.one(measures if unit else list(Measure))
        if measure is Measure.DISTINCT:
            subject, name = self.one(DISTINCT)
        else:
            subject, name = self.one(list(Subject)), self.one(sorted(METRICS))
        return Counter(subject, measure, name, self.one(list(Window)))

    def whole(self, unit):
        form = self.one(["literal", "fact", "counter"])
        if form == "literal" or (form == "counter" and unit is Unit.SECONDS):
            return Whole(unit, self.draw(SMALL))
        if form == "counter":
            return self.counter(unit)
        return self.fact(lambda kind: isinstance(kind, NumberType) and kind.unit is unit)

    def ratio(self):
        if self.draw(st.booleans()):
            top, bottom = self.draw(SMALL), self.draw(st.integers(1, 6))
            return Ratio(top // gcd(top, bottom), bottom // gcd(top, bottom))
        unit = self.one(PLAIN)
        return Compute(Operation.DIVIDE, self.whole(unit), self.whole(unit))

    def number(self, unit, depth=2):
        if unit is Unit.RATIO:
            return self.ratio()
        form = self.one(["whole", "sum", "scaled", "rest"]) if depth else "whole"
        match form:
            case "sum":
                operation = self.one([Operation.PLUS, Operation.MINUS])
                return Compute(operation, self.number(unit, depth - 1), self.number(unit, depth - 1))
            case "scaled":
                operation = self.one([Operation.TIMES, Operation.DIVIDE])
                return Compute(operation, self.number(unit, depth - 1), self.ratio())
            case "rest":
                literal = Whole(unit, self.draw(st.integers(1, 6)))
                return Compute(Operation.REMAINDER, self.whole(unit), literal)
        return self.whole(unit)

    def words(self, vocabulary):
        if vocabulary == "customer_flag" and self.draw(st.booleans()):
            return self.fact(lambda kind: kind == WordsType(vocabulary))
        return Words(vocabulary, frozenset({self.one(WORDS[vocabulary]), self.one(WORDS[vocabulary])}))

    def word(self, vocabulary):
        named = any(spec.type == WordType(vocabulary) for spec in FACTS.values())
        if named and self.draw(st.booleans()):
            return self.fact(lambda kind: kind == WordType(vocabulary))
        return Word(vocabulary, self.one(WORDS[vocabulary]))

    def leaf(self):
        form = self.one(["flag", "known", "compare", "compare", "between", "in", "overlaps", "equal"])
        match form:
            case "flag":
                return self.fact(lambda kind: kind == FlagType())
            case "known":
                is_literal = self.draw(st.booleans())
                return Flag(self.draw(st.booleans())) if is_literal else Known(self.counter())
            case "compare":
                unit = self.one([*PLAIN, Unit.RATIO])
                return Compare(self.one(list(Comparison)), self.number(unit), self.number(unit))
            case "between":
                unit = self.one([*PLAIN, Unit.RATIO])
                return Between(self.number(unit), self.number(unit), self.number(unit))
        return self.wordy(form, self.one(sorted(WORDS)))

    def wordy(self, form, vocabulary):
        if form == "in":
            return In(self.word(vocabulary), self.words(vocabulary))
        if form == "overlaps":
            return Overlaps(self.words(vocabulary), self.words(vocabulary))
        return Compare(self.one(UNORDERED), self.word(vocabulary), self.word(vocabulary))

    def condition(self, depth=2):
        form = self.one(["leaf", "all", "any", "not"]) if depth else "leaf"
        if form == "leaf":
            return self.leaf()
        if form == "not":
            return Not(self.condition(depth - 1))
        parts = tuple(self.condition(depth - 1) for _ in range(self.draw(st.integers(1, 3))))
        return All(parts) if form == "all" else Some(parts)


def values(key):
    """Return what a fact or counter can be."""
    if isinstance(key, Counter):
        return SMALL
    match FACTS[key.name].type:
        case FlagType():
            return st.booleans()
        case WordType(vocabulary):
            return st.sampled_from(WORDS[vocabulary])
        case WordsType(vocabulary):
            return st.frozensets(st.sampled_from(WORDS[vocabulary]), max_size=2)
        case NumberType():
            return SMALL


@st.composite
def conditions(draw):
    """Draw a condition that passes every check."""
    return Grower(draw).condition()


@st.composite
def cases(draw):
    """Draw a condition and a situation of what it asks for; anything may not be known."""
    node = Grower(draw).condition()
    keys = sorted(facts_of(node), key=repr)
    return node, {key: draw(values(key)) if draw(SMALL) else None for key in keys}
