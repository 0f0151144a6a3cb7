"""What the worker does for settlement: notice payments that are late."""

from typing import Final

from customer_stack.settlement.service.closing import ClosingService
from customer_stack.timers import Runner, repeat

WATCH_SECONDS: Final = 60.0


def build_runners(service: ClosingService) -> dict[str, Runner]:
    """Return the timers of settlement."""
    return {"settlement.late": repeat("settlement.late", WATCH_SECONDS, service.notice_late)}
