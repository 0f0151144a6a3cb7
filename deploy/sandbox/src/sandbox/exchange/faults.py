"""Faults on demand: what a real exchange does at the worst moment, for the next orders only."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong."""

    ACCEPT_THEN_DROP = "accept_then_drop"
    ERROR_503 = "error_503"
    DELAY_MS = "delay_ms"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault; `delay_ms` belongs to that kind: the order is accepted, the answer comes late."""

    kind: FaultKind
    delay_ms: int = 0


class Faults:
    """Faults that wait for their orders, first come first served. They do not survive a restart."""

    def __init__(self) -> None:
        self._waiting: deque[Fault] = deque()

    def add(self, fault: Fault, times: int) -> None:
        self._waiting.extend([fault] * times)

    def clear(self) -> None:
        self._waiting.clear()

    def take(self) -> Fault | None:
        """Return the fault of the order that is being placed now."""
        return self._waiting.popleft() if self._waiting else None

    @property
    def waiting(self) -> int:
        return len(self._waiting)
