"""What the worker does for open banking: look after consents until their end."""

from typing import Final

from customer_stack.open_banking.service import OpenBankingService
from customer_stack.timers import Runner, repeat

ADVANCE_SECONDS: Final = 0.2
IDLE_SECONDS: Final = 0.5


def build_runners(service: OpenBankingService | None) -> dict[str, Runner]:
    """Return the timers of open banking; none where no bank is configured."""
    if service is None:
        return {}
    return {
        "open_banking.advance": repeat(
            "open_banking.advance", ADVANCE_SECONDS, service.advance_due, idle_seconds=IDLE_SECONDS
        )
    }
