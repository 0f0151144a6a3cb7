"""What a span is: values that `tracing` makes and `trace_export` sends."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID


class Kind(StrEnum):
    """What a span is of: work inside, a call made, a call answered."""

    INTERNAL = "internal"
    CLIENT = "client"
    SERVER = "server"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a span is: its trace and its own id in it."""

    trace: UUID
    span: int


@dataclass(frozen=True, slots=True)
class Span:
    """One span that has ended. Times are Unix nanoseconds; `parent` is 0 for the first span of a trace."""

    name: str
    place: Place
    parent: int
    kind: Kind
    began: int
    ended: int
    attributes: Mapping[str, str | int]
    links: tuple[Place, ...] = ()
    is_failed: bool = False
