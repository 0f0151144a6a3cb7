"""Traces: what happened to one wager, as spans of both stacks under one trace id that nobody sends.

A trace's id is an id of the platform that both sides know anyway: of a wager the wager's own id, under which
the other stack knows the intent; of a call across the wall its idempotency key; of an order its id; of any
other request its correlation id. So nothing new crosses the wall, and who has a wager's id has its trace
(decision 20).

Much work is done for many at once: a lane's batch, a message of 500 intents, an order of a window, a page of
reports. Such work is one span in a trace of its own, and one span in the trace of each of its members, each
linked to the other. Which traces are kept follows from their ids alone, alike on both sides.

Guaranteed:
- while traces are off, OpenTelemetry's SDK is not loaded, and a hot path asks one question per batch;
- a span says nothing of a person: its attributes are in `ATTRIBUTES`, their values are ids of the platform,
  numbers and words of the code; what is none of these is left out;
- a trace that cannot be written never harms what it is about.
"""

import asyncio
import contextlib
import heapq
import random
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Final
from uuid import UUID

import structlog

from shared.errors import Refusal
from shared.operations.spans import Kind, Place, Span

ATTRIBUTES: Final = frozenset(
    {
        "bulkhead.attempt",
        "bulkhead.code",
        "bulkhead.correlation_id",
        "bulkhead.lane",
        "bulkhead.members",
        "bulkhead.order_id",
        "bulkhead.outcome",
        "bulkhead.topic",
        "http.request.method",
        "http.response.status_code",
        "http.route",
        "rpc.method",
    }
)
"""Every attribute that a span may have."""

MEMBERS_LIMIT: Final = 128
"""Members of one piece of work that get a span, as many as a span may have links."""
STOP_SECONDS: Final = 6.0
_WORD: Final = re.compile(r"[A-Za-z/][A-Za-z0-9_./{}-]{0,79}")
_NAME: Final = re.compile(r"(?:[A-Z]{3,7} )?" + _WORD.pattern)
_64_BITS: Final = (1 << 64) - 1
_SPREAD: Final = 0x9E3779B97F4A7C15
"""2**64 over the golden ratio: a factor that spreads ids which were made one after the other."""

Value = UUID | int | str

_log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Work:
    """A piece of work that is being traced. `name` and `attributes` may change until it ends."""

    name: str
    trace: UUID
    kind: Kind = Kind.INTERNAL
    is_first: bool = False
    began: int = field(default_factory=time.time_ns)
    attributes: dict[str, Value] = field(default_factory=dict)
    members: dict[UUID, int] = field(default_factory=dict)
    code: str | None = None

    def add(self, ids: Iterable[UUID], began: Iterable[int] | None = None) -> None:
        """Say whom the work is for, perhaps with the moments since which each of them waited."""
        if began is None:
            self.members.update(dict.fromkeys(ids, self.began))
        else:
            self.members.update(zip(ids, began, strict=True))


class Tracer:
    """Decides which traces are kept, and hands their spans to `write`."""

    def __init__(self, write: Callable[[Sequence[Span]], None], one_in: int) -> None:
        """Keep one in `one_in` traces; 1 keeps all."""
        self._write = write
        self._below = (1 << 64) // one_in + 1

    def keeps(self, trace: UUID) -> bool:
        """Tell whether a trace is kept. Every process of both stacks says the same, given the same share.

        An id without a number below is none that a trace can have; a client can send such a correlation id.
        """
        return 0 < _rank(trace) < self._below

    def finish(self, work: Work) -> None:
        """Write the spans of work that has ended, if it or somebody whom it was for is kept. Never raises."""
        try:
            chosen = [member for member in work.members if self.keeps(member)]
            if len(chosen) > MEMBERS_LIMIT:
                chosen = heapq.nsmallest(MEMBERS_LIMIT, chosen, key=_rank)
            if chosen or self.keeps(work.trace):
                self._write(_spans(work, chosen, time.time_ns()))
        except Exception:  # noqa: BLE001 - what is traced has happened already
            _log.exception("tracing.not_written", span=work.name)


def _rank(trace: UUID) -> int:
    return trace.int * _SPREAD & _64_BITS


def _spans(work: Work, chosen: Sequence[UUID], ended: int) -> list[Span]:
    attributes = dict(work.attributes)
    if work.members:
        attributes.setdefault("bulkhead.members", len(work.members))
    if work.code is not None:
        attributes["bulkhead.code"] = work.code
    shown, name = _shown(attributes), _name(work.name)
    first = first_span(work.trace)
    own = Place(work.trace, first if work.is_first else _new_span())
    of_members = [
        Span(
            name,
            Place(member, _new_span()),
            first_span(member),
            work.kind,
            work.members[member],
            ended,
            shown,
            (own,),
            work.code is not None,
        )
        for member in chosen
    ]
    return [
        Span(
            name,
            own,
            0 if work.is_first else first,
            work.kind,
            work.began,
            ended,
            shown,
            tuple(each.place for each in of_members),
            work.code is not None,
        ),
        *of_members,
    ]


def _shown(attributes: Mapping[str, Value]) -> dict[str, str | int]:
    """Return the attributes that may be shown: known names; ids, numbers and words of the code."""
    shown: dict[str, str | int] = {}
    for key, value in attributes.items():
        if key not in ATTRIBUTES:
            continue
        if isinstance(value, int):
            shown[key] = value
        elif isinstance(value, UUID) or _WORD.fullmatch(value):
            shown[key] = str(value)
    return shown


def _name(name: str) -> str:
    return name if _NAME.fullmatch(name) else "unnamed"


def first_span(trace: UUID) -> int:
    """Return the id of a trace's first span, to which all others belong, whoever writes them."""
    return trace.int & _64_BITS


def _new_span() -> int:
    return random.getrandbits(64) | 1


_tracer: Tracer | None = None
_working: ContextVar[Work | None] = ContextVar("working", default=None)


def is_on() -> bool:
    """Tell whether traces are written. Ask before anything is made for them only."""
    return _tracer is not None


def keep(tracer: Tracer | None) -> None:
    """Trace with `tracer` from now on, or not at all."""
    global _tracer  # noqa: PLW0603 - one process has one tracer, like its log
    _tracer = tracer


def start(process: str, endpoint: str | None, one_in: int) -> None:
    """Send traces to an OTLP collector from now on; without an endpoint nothing happens."""
    if endpoint is None:
        return
    from shared.operations.trace_export import open_export  # noqa: PLC0415 - not loaded while traces are off

    keep(Tracer(open_export(process, endpoint), one_in))


async def stop() -> None:
    """Send what is left, for a few seconds at most."""
    if _tracer is None:
        return
    keep(None)
    from shared.operations.trace_export import close_export  # noqa: PLC0415 - loaded already

    with contextlib.suppress(TimeoutError):
        await asyncio.wait_for(asyncio.to_thread(close_export), STOP_SECONDS)


def begin(name: str, trace: UUID | None = None, *, kind: Kind = Kind.INTERNAL) -> Work | None:
    """Return work that begins now, or None while traces are off; `trace` is None for one of its own."""
    return None if _tracer is None else Work(name, trace or _new_trace(), kind)


def finish(work: Work | None) -> None:
    """Write what became of work."""
    if work is not None and _tracer is not None:
        _tracer.finish(work)


@contextlib.contextmanager
def working(work: Work | None) -> Iterator[Work | None]:
    """Trace the block as `work`, also where it fails. `about` inside of it says for whom it is."""
    if work is None:
        yield None
        return
    token = _working.set(work)
    try:
        yield work
    except BaseException as error:
        work.code = error.code if isinstance(error, Refusal) else type(error).__name__
        raise
    finally:
        _working.reset(token)
        finish(work)


def about(ids: Iterable[UUID]) -> None:
    """Say for whom the work is that is being done."""
    work = _working.get()
    if work is not None:
        work.add(ids)


def _new_trace() -> UUID:
    return UUID(int=random.getrandbits(128) | 1)
