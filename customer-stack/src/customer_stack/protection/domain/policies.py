"""What a tenant rules about protection. Pure.

A change is a new version, whole; the newest of a tenant counts.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from customer_stack.protection.domain.counting import Window
from customer_stack.protection.domain.limits import Limit, LimitKind, Source

COOLING_HOURS: Final = range(24, 721)
"""At least a day (compliance.md, "Responsible gaming norms": operators take 24 to 72 hours)."""
CONFIRM_HOURS: Final = range(1, 721)
REALITY_MINUTES: Final = range(15, 61)


@dataclass(frozen=True, slots=True)
class Policy:
    """A tenant's rules: limits for everybody, how long raising waits, what an exclusion leaves open."""

    version: int
    limits: tuple[Limit, ...]
    cooling: timedelta = timedelta(hours=24)
    confirming: timedelta = timedelta(days=7)
    sells_when_excluded: bool = True
    reality_minutes: int = 60
    reality_required: bool = False


DEFAULT_POLICY: Final = Policy(
    version=0, limits=(Limit(LimitKind.STAKE, Window.DAY, 1_000_000_000, Source.TENANT),)
)
"""Of a tenant that has set none: stakes of one thousand dollars within 24 hours."""
