"""What operations sees of breaks."""

from collections.abc import Mapping
from typing import Final

from prometheus_client import Gauge

from customer_stack.reconciliation.domain.breaks import AgeBucket, BreakType

BREAKS_OPEN: Final = Gauge(
    "reconciliation_breaks_open", "Breaks of all tenants that nobody has ended.", ("type", "age")
)


def show_open(counts: Mapping[tuple[BreakType, AgeBucket], int]) -> None:
    """Show how many breaks of each type and age are open."""
    for kind in BreakType:
        for age in AgeBucket:
            BREAKS_OPEN.labels(kind.value, age.value).set(counts.get((kind, age), 0))
