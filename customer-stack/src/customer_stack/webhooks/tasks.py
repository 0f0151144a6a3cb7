"""What the worker does for webhooks: hand stored messages to their handlers."""

from typing import Final

from customer_stack.timers import Runner, repeat
from customer_stack.webhooks.service import WebhooksService

DELIVERY_SECONDS: Final = 0.1
IDLE_SECONDS: Final = 0.5


def build_runners(service: WebhooksService) -> dict[str, Runner]:
    """Return the timers of webhooks."""
    return {
        "webhooks.deliver": repeat(
            "webhooks.deliver", DELIVERY_SECONDS, service.deliver, idle_seconds=IDLE_SECONDS
        )
    }
