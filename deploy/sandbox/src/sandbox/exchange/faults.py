"""Faults on demand: what a real exchange does at the worst moment.

A *single shot* waits for the next requests (or messages) that it fits and is used up by them, first come
first served. A *standing* fault stays until it is taken back and meets every `every`-th request that it fits,
one of each kind at a time. Where both fit, the single shot goes first.

| kind | what happens |
|---|---|
| accept_then_drop | the request is carried out, then the connection breaks without an answer |
| delay_ms | the request is carried out, the answer comes `delay_ms` later |
| error_500, error_503 | that status; the request was carried out only where `carried_out` says so |
| rate_limited | 429 as the exchange says it; nothing was carried out |
| late_fill | a new order shows canceled without a fill; what it would have got appears `delay_ms` later |
| lagging_positions | the list of positions is that of `delay_ms` ago |
| lagging_fills | the list of fills ends `delay_ms` ago |
| looping_cursor | a page names itself as the following one |
| duplicate_ws | a message of the WebSocket is sent twice |
| out_of_order_ws | a message of the WebSocket is sent after the one that follows it |
| pause | standing only: trading is paused; resting orders that asked for it are canceled |
| clock_skew | standing only: Date, as_of_time and the clock that judges signatures are off by `skew_ms` |

The first five fit requests of their `scope`: new orders unless told otherwise.

Faults do not survive a restart: whoever restarts the exchange wants it whole. A late fill that was still to
come is then one that never happened.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

WAITING_LIMIT = 10_000


class FaultKind(StrEnum):
    """What goes wrong."""

    ACCEPT_THEN_DROP = "accept_then_drop"
    DELAY_MS = "delay_ms"
    ERROR_500 = "error_500"
    ERROR_503 = "error_503"
    RATE_LIMITED = "rate_limited"
    LATE_FILL = "late_fill"
    LAGGING_POSITIONS = "lagging_positions"
    LAGGING_FILLS = "lagging_fills"
    LOOPING_CURSOR = "looping_cursor"
    DUPLICATE_WS = "duplicate_ws"
    OUT_OF_ORDER_WS = "out_of_order_ws"
    PAUSE = "pause"
    CLOCK_SKEW = "clock_skew"


class Scope(StrEnum):
    """Which requests a fault of the answer fits."""

    ORDERS = "orders"
    CANCELS = "cancels"
    WRITES = "writes"
    READS = "reads"
    ALL = "all"

    def covers(self, request: "Scope") -> bool:
        """Say whether a request of a narrow scope (orders, cancels, writes, reads) is meant."""
        is_write = request is not Scope.READS
        return self in (request, Scope.ALL) or (self is Scope.WRITES and is_write)


OF_ANSWERS = frozenset(
    {
        FaultKind.ACCEPT_THEN_DROP,
        FaultKind.DELAY_MS,
        FaultKind.ERROR_500,
        FaultKind.ERROR_503,
        FaultKind.RATE_LIMITED,
    }
)
OF_MESSAGES = frozenset({FaultKind.DUPLICATE_WS, FaultKind.OUT_OF_ORDER_WS})
STANDING_ONLY = frozenset({FaultKind.PAUSE, FaultKind.CLOCK_SKEW})


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; what `delay_ms` and `skew_ms` mean stands in the table of its kind."""

    kind: FaultKind
    delay_ms: int = 0
    skew_ms: int = 0
    every: int = 1
    scope: Scope = Scope.ORDERS
    carried_out: bool = False


class Faults:
    """The faults that wait, and those that stand."""

    def __init__(self) -> None:
        self._waiting: list[Fault] = []
        self._standing: dict[FaultKind, Fault] = {}
        self._met: dict[FaultKind, int] = {}

    def add(self, fault: Fault, times: int) -> None:
        """Let a fault wait for the next `times` requests that it fits."""
        self._waiting.extend([fault] * min(times, WAITING_LIMIT - len(self._waiting)))

    def clear(self) -> None:
        """Take back what still waits."""
        self._waiting.clear()

    def stand(self, fault: Fault) -> None:
        """Let a fault stand, in the place of one of its kind."""
        self._standing[fault.kind] = fault
        self._met[fault.kind] = 0

    def lift(self, kind: FaultKind | None) -> None:
        """Take back one kind of the faults that stand, or all."""
        if kind is None:
            self._standing.clear()
        else:
            self._standing.pop(kind, None)

    def take_for_request(self, scope: Scope) -> Fault | None:
        """Return the fault that the answer of a request meets."""
        return self._take(lambda fault: fault.kind in OF_ANSWERS and fault.scope.covers(scope))

    def take(self, kind: FaultKind) -> Fault | None:
        """Return the fault of this kind that is met now."""
        return self._take(lambda fault: fault.kind is kind)

    def take_for_message(self) -> Fault | None:
        """Return the fault that a message of the WebSocket meets."""
        return self._take(lambda fault: fault.kind in OF_MESSAGES)

    def standing(self, kind: FaultKind) -> Fault | None:
        """Return the fault of this kind if it stands."""
        return self._standing.get(kind)

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    def listed(self) -> tuple[list[Fault], list[Fault]]:
        """Return what waits, the next one first, and what stands."""
        return list(self._waiting), list(self._standing.values())

    def _take(self, fits: Callable[[Fault], bool]) -> Fault | None:
        if not self._waiting and not self._standing:
            return None
        for position, fault in enumerate(self._waiting):
            if fits(fault):
                return self._waiting.pop(position)
        for fault in self._standing.values():
            if fits(fault):
                self._met[fault.kind] += 1
                if self._met[fault.kind] % fault.every == 0:
                    return fault
        return None
