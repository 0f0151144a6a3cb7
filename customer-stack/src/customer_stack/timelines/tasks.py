"""What the worker does for timelines: note what sealed records name."""

from customer_stack.timelines.service import Timelines
from customer_stack.timers import Runner, repeat

FOLLOW_SECONDS = 1.0
IDLE_SECONDS = 5.0


def build_runners(timelines: Timelines) -> dict[str, Runner]:
    """Return the timer of timelines."""
    return {
        "timelines.follow": repeat(
            "timelines.follow", FOLLOW_SECONDS, timelines.follow, idle_seconds=IDLE_SECONDS
        )
    }
