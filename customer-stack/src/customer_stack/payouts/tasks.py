"""What the worker does for payouts: send and look up, and settle what the bank's messages say."""

from typing import Final

from customer_stack.payouts.providers.sandbox import SandboxPayouts, read_answer
from customer_stack.payouts.service import PayoutSettlement
from customer_stack.timers import Runner, repeat
from customer_stack.webhooks.domain import Envelope, Handler

SEND_SECONDS: Final = 0.2
IDLE_SECONDS: Final = 0.5


def build_handler(settlement: PayoutSettlement) -> Handler:
    """Return what payouts do about a message of the bank."""

    async def handle(envelope: Envelope) -> None:
        found = read_answer(envelope)
        if found is not None:
            payout_id, answer = found
            await settlement.record_answer(SandboxPayouts.name, payout_id, answer)

    return handle


def build_runners(settlement: PayoutSettlement) -> dict[str, Runner]:
    """Return the timers of payouts."""
    return {
        "payouts.send": repeat("payouts.send", SEND_SECONDS, settlement.send_due, idle_seconds=IDLE_SECONDS)
    }
