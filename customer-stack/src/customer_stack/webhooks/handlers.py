"""Several modules that handle the messages of one provider."""

from customer_stack.webhooks.domain import Envelope, Handler


def in_turn(*handlers: Handler) -> Handler:
    """Return one handler that calls several; a failure of one has all of them called again later."""

    async def handle(envelope: Envelope) -> None:
        for handler in handlers:
            await handler(envelope)

    return handle
