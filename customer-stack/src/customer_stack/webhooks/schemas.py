"""Wire shapes of webhooks."""

from uuid import UUID

from customer_stack.edge.schemas import Answer
from customer_stack.webhooks.domain import Message


class TakenAnswer(Answer):
    """The message is ours now. `new` is false for a repeat."""

    new: bool


class MessageAnswer(Answer):
    """A message of a provider: `state` is waiting, held or done; `problem` is why the last attempt failed."""

    id: UUID
    provider: str
    event_id: str
    kind: str
    received_at: str
    state: str
    attempts: int
    problem: str | None


class MessagesAnswer(Answer):
    """A page of messages, newest first."""

    items: list[MessageAnswer]
    next_cursor: str | None


def show_message(message: Message) -> MessageAnswer:
    """Return a message without its body, which may tell of people."""
    return MessageAnswer(
        id=message.id,
        provider=message.provider,
        event_id=message.event_id,
        kind=message.kind,
        received_at=message.received_at.isoformat(),
        state=message.state.value,
        attempts=message.attempts,
        problem=message.problem,
    )
