"""What a ruling of AML stands on: which versions of rules, which thresholds, what they ask. Pure.

A decision names its basis by digest and keeps the facts as a bare list. The basis says what each place of
that list means, so that a later release that sorts facts in another way reads it rightly.

Guaranteed: two bases have one digest exactly when they are the same; what is written reads back.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from customer_stack.aml.domain.catalogue import FACTS, Measure, Subject, Window
from customer_stack.aml.domain.form import dump_document
from customer_stack.aml.domain.rules import Rule
from customer_stack.aml.domain.tree import Counter, Fact, FactKey
from customer_stack.aml.domain.values import EventKind, Value, WordsType
from customer_stack.aml.domain.verdicts import RuleSet, Thresholds
from shared.errors import invariant

SCHEMA: Final = 1


@dataclass(frozen=True, slots=True)
class Basis:
    """Versions of rules by digest, those that count and those in shadow; what is asked per kind of event."""

    published: tuple[tuple[str, bytes], ...]
    shadow: tuple[tuple[str, bytes], ...]
    thresholds: Thresholds
    asked: Mapping[EventKind, tuple[FactKey, ...]]

    @property
    def versions(self) -> frozenset[bytes]:
        """Return the digests of all versions."""
        return frozenset(digest for _, digest in (*self.published, *self.shadow))

    def situation(self, kind: EventKind, values: Sequence[Any]) -> dict[FactKey, Value]:
        """Return what a recorded list says, by fact and counter."""
        asked = self.asked[kind]
        invariant(len(asked) == len(values), "a record has a value for everything that was asked")
        return {key: _read_value(key, value) for key, value in zip(asked, values, strict=True)}


def write_basis(rules: RuleSet, thresholds: Thresholds) -> tuple[bytes, bytes]:
    """Return (digest, content) of what rules and thresholds stand for: canonical JSON."""
    content = dump_document(
        {
            "schema": SCHEMA,
            "published": [[rule.key, rule.digest.hex()] for rule in rules.published],
            "shadow": [[rule.key, rule.digest.hex()] for rule in rules.shadow],
            "thresholds": [thresholds.alert, thresholds.interdict, thresholds.family_cap],
            "asked": {
                kind.value: [_write_key(key) for key in rules.facts_for(kind)]
                for kind in EventKind
                if rules.asks(kind)
            },
        }
    )
    return hashlib.sha256(content).digest(), content


def read_basis(content: bytes) -> Basis:
    """Return the basis that was written."""
    body = orjson.loads(content)
    invariant(body["schema"] == SCHEMA, "a basis is read by a release that knows its schema")
    asked = {EventKind(kind): tuple(map(_read_key, keys)) for kind, keys in body["asked"].items()}
    return Basis(
        published=tuple((key, bytes.fromhex(digest)) for key, digest in body["published"]),
        shadow=tuple((key, bytes.fromhex(digest)) for key, digest in body["shadow"]),
        thresholds=Thresholds(*body["thresholds"]),
        asked={kind: asked.get(kind, ()) for kind in EventKind},
    )


def rebuild(basis: Basis, versions: Mapping[bytes, Rule]) -> RuleSet:
    """Compile a basis's rules anew, from the stored content of their versions."""
    return RuleSet(
        [versions[digest] for _, digest in basis.published], [versions[digest] for _, digest in basis.shadow]
    )


def _write_key(key: FactKey) -> str:
    if isinstance(key, Fact):
        return key.name
    return f"{key.subject.value}/{key.measure.value}/{key.name}/{key.window.value}"


def _read_key(text: str) -> FactKey:
    if "/" not in text:
        return Fact(text)
    subject, measure, name, window = text.split("/")
    return Counter(Subject(subject), Measure(measure), name, Window(window))


def _read_value(key: FactKey, value: Any) -> Value:
    is_words = isinstance(key, Fact) and isinstance(FACTS[key.name].type, WordsType)
    return frozenset(value) if is_words and value is not None else value
