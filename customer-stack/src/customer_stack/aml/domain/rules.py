"""A rule's definition: its condition, what a hit is worth and does, and its version by digest. Pure.

Guaranteed: two definitions have one digest exactly when they are the same; what evaluates has been checked.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from customer_stack.aml.domain.checking import check_condition
from customer_stack.aml.domain.form import dump_document, load_document, read_node, refuse, write_node
from customer_stack.aml.domain.tree import Node
from customer_stack.aml.domain.values import EventKind

SCHEMA: Final = 1
SCORE_LIMIT: Final = 100

_KEY: Final = re.compile(r"[a-z][a-z0-9_]{2,47}")
_FIELDS: Final = frozenset(
    {"schema", "key", "title", "purpose", "family", "applies_to", "when", "score", "effect", "fail"}
)


class Effect(StrEnum):
    """What a hit does by itself, whatever the score. In rising order."""

    NONE = "none"
    HOLD = "hold"
    DENY = "deny"


class FailMode(StrEnum):
    """What counts when a rule cannot be decided because a fact is not known."""

    CLOSED = "closed"
    """As a hit: the event is held at least."""
    OPEN = "open"
    """The event passes, and a case is asked for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `family` groups rules that see the same thing: together they score at most a cap."""

    key: str
    title: str
    purpose: str
    family: str
    applies_to: frozenset[EventKind]
    when: Node
    score: int
    effect: Effect
    fail: FailMode

    @property
    def document(self) -> dict[str, object]:
        """Return the rule as JSON; `read_rule` reads it back."""
        return {
            "schema": SCHEMA,
            "key": self.key,
            "title": self.title,
            "purpose": self.purpose,
            "family": self.family,
            "applies_to": sorted(self.applies_to),
            "when": write_node(self.when),
            "score": self.score,
            "effect": self.effect.value,
            "fail": self.fail.value,
        }

    @property
    def content(self) -> bytes:
        """Return the canonical bytes of the rule."""
        return dump_document(self.document)

    @property
    def digest(self) -> bytes:
        """Return what identifies this version of the rule: SHA-256 of its canonical bytes."""
        return hashlib.sha256(self.content).digest()


def parse_rule(text: bytes) -> Rule:
    """Return the rule in JSON text. Raises RuleInvalid."""
    return read_rule(load_document(text))


def read_rule(document: object) -> Rule:
    """Return the rule that a document describes, its condition checked. Raises RuleInvalid."""
    if not isinstance(document, Mapping):
        raise refuse("rule", "takes an object")
    if set(document) != _FIELDS:
        missing = ", ".join(sorted(_FIELDS - set(document))) or "nothing"
        unknown = ", ".join(sorted(str(each)[:40] for each in set(document) - _FIELDS)) or "nothing"
        raise refuse("rule", f"missing: {missing}; not known: {unknown}")
    if type(document["schema"]) is not int or document["schema"] != SCHEMA:
        raise refuse("schema", f"this release reads schema {SCHEMA}")
    when = read_node(document["when"])
    check_condition(when)
    score = document["score"]
    if type(score) is not int or not 0 <= score <= SCORE_LIMIT:
        raise refuse("score", f"takes a whole number from 0 to {SCORE_LIMIT}")
    return Rule(
        key=_name(document["key"], "key"),
        title=_text(document["title"], "title", 120),
        purpose=_text(document["purpose"], "purpose", 600),
        family=_name(document["family"], "family"),
        applies_to=_kinds(document["applies_to"]),
        when=when,
        score=score,
        effect=Effect(_member(document["effect"], "effect", Effect)),
        fail=FailMode(_member(document["fail"], "fail", FailMode)),
    )


def _name(value: object, path: str) -> str:
    if not isinstance(value, str) or _KEY.fullmatch(value) is None:
        raise refuse(path, "takes 3 to 48 small letters, digits and underscores, a letter first")
    return value


def _text(value: object, path: str, limit: int) -> str:
    if not isinstance(value, str) or not value.strip() == value or not 1 <= len(value) <= limit:
        raise refuse(path, f"takes a text of 1 to {limit} characters without blanks around it")
    if not value.isprintable():
        raise refuse(path, "has characters that do not print")
    return value


def _member(value: object, path: str, members: Iterable[str]) -> str:
    known = sorted(str(each) for each in members)
    if not isinstance(value, str) or value not in known:
        raise refuse(path, f"is one of {', '.join(known)}")
    return value


def _kinds(value: object) -> frozenset[EventKind]:
    if not isinstance(value, list) or not value:
        raise refuse("applies_to", "takes a list of kinds of events")
    kinds = [EventKind(_member(each, f"applies_to[{index}]", EventKind)) for index, each in enumerate(value)]
    if len(set(kinds)) != len(kinds):
        raise refuse("applies_to", "a kind stands twice")
    return frozenset(kinds)
