"""What the worker does for payments: settle what the bank's messages say, propose refunds of what waits."""

from typing import Final

from customer_stack.payments.providers.contract import Bank
from customer_stack.payments.service import PaymentsService
from customer_stack.timers import Runner, repeat
from customer_stack.webhooks.domain import Envelope, Handler

REVIEW_SECONDS: Final = 60.0


def build_handler(service: PaymentsService, bank: Bank) -> Handler:
    """Return what payments do about a message of the bank."""

    async def handle(envelope: Envelope) -> None:
        notice = bank.read_notice(envelope)
        if notice is not None:
            await service.announce(notice)
        take_back = bank.read_take_back(envelope)
        if take_back is not None:
            await service.take_back(take_back)

    return handle


def build_runners(service: PaymentsService) -> dict[str, Runner]:
    """Return the timers of payments."""
    return {
        "payments.propose_refunds": repeat(
            "payments.propose_refunds", REVIEW_SECONDS, service.propose_refunds
        )
    }
