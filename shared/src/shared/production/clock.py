"""Whether this machine's clock is disciplined: by what, and how that is known.

Boundary calls are good for 30 s, windows and locked rates are times, evidence says when. A clock that nobody
sets drifts by seconds a day, unseen. So production says what sets it, and that is proven:

- `ntp`: something on this machine sets the clock (chrony, ntpd, systemd-timesyncd, PTP). The kernel knows:
  `adjtimex` says whether the clock is synchronised, also inside a container, without any right.
- `hypervisor`: the clock is set from outside and the kernel is not told. Then the database has to be on
  another machine, and its clock agrees.

Either way the clock and the database's are at most a second apart.
"""

import ctypes
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from shared.production.rules import Problem, is_here

ClockSource = Literal["ntp", "hypervisor"]
MOST_APART_SECONDS: Final = 1.0

_TIME_ERROR: Final = 5
_MAX_ERROR_AT: Final = 24
_TIMEX_BYTES: Final = 512
"""struct timex is 208 bytes; mode 0 reads it, and its fourth field is the largest error in microseconds."""


@dataclass(frozen=True, slots=True)
class KernelClock:
    """What the kernel says of its clock. `is_synchronised` is None where it cannot be asked."""

    is_synchronised: bool | None
    most_error_seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """Another clock, read over a connection: how far ours is ahead of it at least, in seconds."""

    is_elsewhere: bool
    apart_seconds: float


def read_kernel_clock() -> KernelClock:
    """Ask the kernel, changing nothing (adjtimex(2), modes 0)."""
    try:
        timex = ctypes.create_string_buffer(_TIMEX_BYTES)
        state = ctypes.CDLL(None, use_errno=True).adjtimex(timex)
    except (OSError, AttributeError):
        return KernelClock(None)
    if state < 0:
        return KernelClock(None)
    largest = ctypes.c_long.from_buffer(timex, _MAX_ERROR_AT).value
    return KernelClock(state != _TIME_ERROR, largest / 1_000_000)


def read_against(dsn: str, before_seconds: float, theirs_seconds: float, after_seconds: float) -> Reading:
    """Compare with a database's clock, read between two readings of ours; all are Unix seconds.

    Somewhere in between the database answered: only what is outside of that counts as a difference.
    """
    late_seconds = theirs_seconds - after_seconds
    apart_seconds = late_seconds if late_seconds > 0 else min(theirs_seconds - before_seconds, 0.0)
    return Reading(not is_here(dsn), -apart_seconds)


def check_clock(
    setting: str, source: ClockSource | None, kernel: KernelClock, readings: Mapping[str, Reading]
) -> list[Problem]:
    """Refuse a clock of which nobody says or proves what sets it, and one that is off."""
    found = [
        Problem(
            "production.clock_apart",
            f"this clock and that of {name} are {abs(reading.apart_seconds):.1f} s apart. Set both by the "
            "same source.",
        )
        for name, reading in readings.items()
        if abs(reading.apart_seconds) > MOST_APART_SECONDS
    ]
    if source is None:
        found.append(
            Problem(
                "production.clock_unpinned",
                f"{setting} has to say what sets this machine's clock: ntp, or hypervisor.",
            )
        )
    elif source == "ntp" and not kernel.is_synchronised:
        said = "cannot be asked" if kernel.is_synchronised is None else "says that nothing does"
        found.append(
            Problem(
                "production.clock_unsynchronised",
                f"{setting} says that this machine keeps its clock, but the kernel {said}. Start chrony, or "
                "set hypervisor where the clock is set from outside.",
            )
        )
    elif source == "hypervisor" and not any(each.is_elsewhere for each in readings.values()):
        found.append(
            Problem(
                "production.clock_unproven",
                f"{setting} is hypervisor, and no clock of another machine could be compared with. Use a "
                "database on another machine, or ntp.",
            )
        )
    return found
