"""What the worker does for payments: settle announced pay-ins."""

from customer_stack.payments.service import PAY_IN_ANNOUNCED, PaymentsService
from shared.events.worker import Listener


def build_listeners(service: PaymentsService) -> list[Listener]:
    """Return the listeners of payments."""
    return [Listener(PAY_IN_ANNOUNCED, "payments", service.settle)]
