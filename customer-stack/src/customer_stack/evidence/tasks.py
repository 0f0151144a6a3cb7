"""The timers of evidence: make packs that were asked for, and drop those whose time is over."""

from typing import Final

from customer_stack.evidence.service.making import Making
from customer_stack.timers import Runner, repeat

MAKE_SECONDS: Final = 1.0
MAKE_IDLE_SECONDS: Final = 10.0
DROP_SECONDS: Final = 3_600.0


def build_runners(making: Making) -> dict[str, Runner]:
    """Return the timers of evidence, by name."""
    return {
        "evidence.make": repeat(
            "evidence.make", MAKE_SECONDS, making.make_due, idle_seconds=MAKE_IDLE_SECONDS
        ),
        "evidence.drop": repeat("evidence.drop", DROP_SECONDS, making.drop_over),
    }
