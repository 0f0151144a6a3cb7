"""Holds two sides together line by line. Pure, and fast in plain Python because it works on columns.

Rules are tried in their order over what is still open. Lines that a rule cannot tell apart by anything it
looks at are the same to it, so any pairing of them is the right one; lines that it can tell apart and that
fit more than one other are *ambiguous*: they are set aside and shown, never guessed. A batch whose lines do
not add up is set aside as one that *differs*.

*Guaranteed:*
- a line is in one match at most, or set aside once, or left over;
- the same lines give the same result in whatever order they are handed in;
- an exact match is never given up for a tolerant one that comes later.
"""

import hashlib
from array import array
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from customer_stack.reconciliation.domain.lines import Lines
from customer_stack.reconciliation.domain.rules import Rule, RuleKind
from shared.errors import invariant

OPEN = -1
ASIDE = -2

Found = int | list[int]
"""Places of lines with the same key: most keys have one line, and a list of one costs as much as the line."""


@dataclass(frozen=True, slots=True)
class SetAside:
    """Lines that a rule could not decide: places of ours and theirs. `rule` is a place in the rules.

    `differs`: it is a batch whose amounts do not add up, and nothing is ambiguous.
    """

    rule: int
    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    differs: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """Match number per line, or OPEN or ASIDE; which rule made each match; what was set aside."""

    ours: "array[int]"
    theirs: "array[int]"
    rule_of: "array[int]"
    aside: tuple[SetAside, ...]

    def left_over(self) -> tuple[list[int], list[int]]:
        """Return the places of lines that no rule touched."""
        return (
            [place for place, number in enumerate(self.ours) if number == OPEN],
            [place for place, number in enumerate(self.theirs) if number == OPEN],
        )

    def matches(self) -> Iterator[tuple[int, tuple[int, ...], tuple[int, ...]]]:
        """Yield (rule, places of ours, places of theirs) of every match, by number."""
        ours: list[list[int]] = [[] for _ in self.rule_of]
        theirs: list[list[int]] = [[] for _ in self.rule_of]
        for side, numbers in ((ours, self.ours), (theirs, self.theirs)):
            for place, number in enumerate(numbers):
                if number >= 0:
                    side[number].append(place)
        for rule, mine, other in zip(self.rule_of, ours, theirs, strict=True):
            yield rule, tuple(mine), tuple(other)

    def digest(self) -> bytes:
        """Return what stands for the whole result."""
        state = hashlib.sha256(b"bulkhead match 1\n")
        for numbers in (self.ours, self.theirs, self.rule_of):
            state.update(len(numbers).to_bytes(8, "little"))
            state.update(",".join(map(str, numbers)).encode())
        for each in self.aside:
            state.update(repr((each.rule, each.ours, each.theirs, each.differs)).encode())
        return state.digest()


@dataclass(slots=True)
class _Board:
    """What is decided so far."""

    ours: Lines
    theirs: Lines
    of_ours: "array[int]"
    of_theirs: "array[int]"
    rule_of: "array[int]" = field(default_factory=lambda: array("i"))
    aside: list[SetAside] = field(default_factory=list)

    def join(self, rule: int, ours: Sequence[int], theirs: Sequence[int]) -> None:
        """Make a match of open lines."""
        number = len(self.rule_of)
        self.rule_of.append(rule)
        for place in ours:
            invariant(self.of_ours[place] == OPEN, "a line is matched once")
            self.of_ours[place] = number
        for place in theirs:
            invariant(self.of_theirs[place] == OPEN, "a line is matched once")
            self.of_theirs[place] = number

    def set_aside(self, rule: int, ours: Sequence[int], theirs: Sequence[int], *, differs: bool) -> None:
        """Take open lines out of what later rules see."""
        for place in ours:
            self.of_ours[place] = ASIDE
        for place in theirs:
            self.of_theirs[place] = ASIDE
        self.aside.append(SetAside(rule, tuple(ours), tuple(theirs), differs))

    def open_by(self, side: str, keys: Sequence[object]) -> dict[object, Found]:
        """Return key -> open lines of a side, in their order; lines without a key are left out."""
        found: dict[object, Found] = {}
        numbers = self.of_ours if side == "ours" else self.of_theirs
        for place, key in enumerate(keys):
            if numbers[place] != OPEN or key == "":
                continue
            known = found.get(key)
            if known is None:
                found[key] = place
            elif isinstance(known, int):
                found[key] = [known, place]
            else:
                known.append(place)
        return found


def match(ours: Lines, theirs: Lines, rules: Sequence[Rule]) -> Outcome:
    """Apply rules in their order."""
    board = _Board(ours, theirs, array("i", [OPEN]) * len(ours), array("i", [OPEN]) * len(theirs))
    for number, rule in enumerate(rules):
        match rule.kind:
            case RuleKind.EXACT | RuleKind.DATE | RuleKind.AMOUNT:
                _pair_named(board, number, rule)
            case RuleKind.UNNAMED:
                _pair_unnamed(board, number, rule)
            case RuleKind.OURS_TO_ONE:
                _gather(board, number, rule, many="ours")
            case RuleKind.THEIRS_TO_ONE:
                _gather(board, number, rule, many="theirs")
    return Outcome(board.of_ours, board.of_theirs, board.rule_of, tuple(board.aside))


def _pair_named(board: _Board, number: int, rule: Rule) -> None:
    """Pair lines with the same reference: alone in it, at once; several, by what the rule looks at."""
    others = board.open_by("theirs", board.theirs.references)
    for reference, mine in board.open_by("ours", board.ours.references).items():
        theirs = others.get(reference)
        if theirs is None:
            continue
        if isinstance(mine, int) and isinstance(theirs, int):
            if _fits(board, rule, mine, theirs):
                board.join(number, (mine,), (theirs,))
        else:
            _pair_several(board, number, rule, (_listed(mine), _listed(theirs)))


def _fits(board: _Board, rule: Rule, mine: int, other: int) -> bool:
    apart = abs(board.ours.amounts[mine] - board.theirs.amounts[other])
    days = abs(board.ours.days[mine] - board.theirs.days[other])
    return apart <= rule.amount and days <= rule.days


def _pair_several(board: _Board, number: int, rule: Rule, lines: tuple[list[int], list[int]]) -> None:
    """Pair lines of one reference (or one amount) where they are near each other and nobody else is."""
    along_days = rule.kind is not RuleKind.AMOUNT
    tolerance = rule.days if along_days else rule.amount
    buckets: dict[int, tuple[list[tuple[int, int]], list[tuple[int, int]]]] = {}
    for side, places, columns in ((0, lines[0], board.ours), (1, lines[1], board.theirs)):
        for place in places:
            fixed, moving = columns.amounts[place], columns.days[place]
            if not along_days:
                fixed, moving = moving, fixed
            buckets.setdefault(fixed, ([], []))[side].append((moving, place))
    for _, (mine, other) in sorted(buckets.items()):
        if mine and other:
            for near in _near_each_other(mine, other, tolerance):
                _pair_near(board, number, rule, near)


def _pair_near(
    board: _Board, number: int, rule: Rule, near: tuple[list[tuple[int, int]], list[tuple[int, int]]]
) -> None:
    """Pair what hangs together where nothing is a guess, else set it aside."""
    mine, other = ([place for _, place in side] for side in near)
    if rule.kind is RuleKind.UNNAMED:
        named = all(board.ours.references[place] for place in mine) and all(
            board.theirs.references[place] for place in other
        )
        is_sure = len(mine) == 1 == len(other)
    else:
        named = False
        is_sure = all(len({value for value, _ in side}) == 1 for side in near)
    if named:
        return
    if not is_sure:
        board.set_aside(number, mine, other, differs=False)
        return
    for place, counterpart in zip(mine, other, strict=False):
        board.join(number, (place,), (counterpart,))


Values = list[tuple[int, int]]
"""(what a rule moves along, place) of lines of one side."""


def _near_each_other(mine: Values, other: Values, tolerance: int) -> list[tuple[Values, Values]]:
    """Return which lines hang together: each within the tolerance of one of the other side.

    Lines in order of their value; each one draws in what is still near on the other side. What is near on
    its own side then is near to that too, so one group is kept, and the smaller is moved into the larger.
    """
    groups: dict[int, tuple[Values, Values]] = {}
    near: tuple[deque[tuple[int, int]], deque[tuple[int, int]]] = (deque(), deque())
    walk = sorted(
        [(value, 0, place) for value, place in mine] + [(value, 1, place) for value, place in other]
    )
    for number, (value, side, place) in enumerate(walk):
        for queue in near:
            while queue and queue[0][0] < value - tolerance:
                queue.popleft()
        behind = near[1 - side]
        group = number
        if behind:
            joined = sorted({known for _, known in behind}, key=lambda known: -len(groups[known][1 - side]))
            group, *smaller = joined
            for known in smaller:
                first, second = groups.pop(known)
                groups[group][0].extend(first)
                groups[group][1].extend(second)
            last = behind[-1][0]
            behind.clear()
            behind.append((last, group))
            near[side].clear()
        groups.setdefault(group, ([], []))[side].append((value, place))
        near[side].append((value, group))
    return [(sorted(first), sorted(second)) for first, second in groups.values() if first and second]


def _pair_unnamed(board: _Board, number: int, rule: Rule) -> None:
    """Pair by amount alone where one side says no reference and nothing else has the amount nearby."""
    if all(board.ours.references) and all(board.theirs.references):
        return
    others = board.open_by("theirs", board.theirs.amounts)
    for amount, mine in board.open_by("ours", board.ours.amounts).items():
        theirs = others.get(amount)
        if theirs is None:
            continue
        places = (_listed(mine), _listed(theirs))
        if all(board.ours.references[place] for place in places[0]) and all(
            board.theirs.references[place] for place in places[1]
        ):
            continue
        _pair_several(board, number, rule, places)


def _gather(board: _Board, number: int, rule: Rule, *, many: str) -> None:
    """Hold the lines of a batch against the one line that names it."""
    of_many, of_one = (board.ours, board.theirs) if many == "ours" else (board.theirs, board.ours)
    single = "theirs" if many == "ours" else "ours"
    ones = board.open_by(single, of_one.references)
    for batch, found in board.open_by(many, of_many.batches).items():
        one = ones.get(batch)
        if one is None:
            continue
        members, named = _listed(found), _listed(one)
        sides = (members, named) if many == "ours" else (named, members)
        if len(named) > 1:
            board.set_aside(number, *sides, differs=False)
            continue
        day, wanted = of_one.days[named[0]], of_one.amounts[named[0]]
        if any(abs(of_many.days[place] - day) > rule.days for place in members):
            continue
        if abs(sum(of_many.amounts[place] for place in members) - wanted) <= rule.amount:
            board.join(number, *sides)
        else:
            board.set_aside(number, *sides, differs=True)


def _listed(found: Found) -> list[int]:
    return [found] if isinstance(found, int) else found
