"""What operations sees of checks and breaks."""

from collections.abc import Iterable, Mapping
from typing import Final

from prometheus_client import Gauge

from customer_stack.reconciliation.domain.breaks import AgeBucket, BreakType
from customer_stack.reconciliation.domain.checks import Check, CheckName

BREAKS_OPEN: Final = Gauge(
    "reconciliation_breaks_open", "Breaks of all tenants that nobody has ended.", ("type", "age")
)


def show_open(counts: Mapping[tuple[BreakType, AgeBucket], int]) -> None:
    """Show how many breaks of each type and age are open."""
    for kind in BreakType:
        for age in AgeBucket:
            BREAKS_OPEN.labels(kind.value, age.value).set(counts.get((kind, age), 0))


CHECK_HELD: Final = Gauge(
    "reconciliation_check_held", "1 while a check held for every tenant that it was made for.", ("check",)
)


def show_held(checks: Iterable[Check]) -> None:
    """Show which of the checks held; of several with one name all must."""
    held: dict[CheckName, bool] = {}
    for check in checks:
        held[check.name] = held.get(check.name, True) and check.is_held
    for name, is_held in held.items():
        CHECK_HELD.labels(name.value).set(int(is_held))
