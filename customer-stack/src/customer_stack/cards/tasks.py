"""What the worker does for cards: ask the acquirer, free what was reserved too long."""

from typing import Final

from customer_stack.cards.providers.sandbox import read_report
from customer_stack.cards.service.issuing import IssuingService
from customer_stack.cards.service.working import CardWork
from customer_stack.timers import Runner, repeat
from customer_stack.webhooks.domain import Envelope, Handler

POLL_SECONDS: Final = 0.5
EXPIRY_SECONDS: Final = 10.0


def build_runners(work: CardWork | None, issuing: IssuingService) -> dict[str, Runner]:
    """Return the timers of cards; without an acquirer there is nobody to ask."""
    runners = {"cards.expire": repeat("cards.expire", EXPIRY_SECONDS, issuing.expire)}
    if work is not None:
        runners["cards.ask"] = repeat("cards.ask", POLL_SECONDS, work.work)
    return runners


def handle_reports(work: CardWork) -> Handler:
    """Return what is done about messages of the sandbox's acquirer."""

    async def handle(envelope: Envelope) -> None:
        report = read_report(envelope)
        if report is not None:
            await work.hear(report)

    return handle
