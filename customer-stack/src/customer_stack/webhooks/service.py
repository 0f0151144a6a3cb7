"""Use cases of webhooks: take a message, hand it to its handler, show and replay."""

import asyncio
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol
from uuid import UUID

import structlog

from customer_stack.ledger.service import read_id_cursor
from customer_stack.webhooks import store
from customer_stack.webhooks.domain import LEASE, Door, Envelope, Message, State, pause_after, require_form
from customer_stack.webhooks.errors import EventAltered, MessageNotFound, SignatureInvalid
from customer_stack.webhooks.store import NewMessage, Task
from shared.audit import AuditRecord, append
from shared.clock import Clock
from shared.database import Database
from shared.errors import Refusal, invariant
from shared.ids import HOUSE_TENANT, Ids

BATCH: Final = 20
HANDLING_SECONDS: Final = 8.0
"""Below the lease, so that a message is not handled by two workers."""

_log = structlog.get_logger(__name__)


class Bodies(Protocol):
    """Encrypts what providers send."""

    def seal(self, message_id: UUID, body: bytes) -> bytes:
        """Return a body encrypted and bound to its message."""
        ...

    def open(self, message_id: UUID, sealed: bytes) -> bytes:
        """Return the body that was sealed for this message."""
        ...


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Messages, newest first, and where the next page begins."""

    messages: tuple[Message, ...]
    next_cursor: str | None


class WebhooksService:
    """Messages of providers."""

    def __init__(
        self, database: Database, bodies: Bodies, doors: Iterable[Door], clock: Clock, ids: Ids
    ) -> None:
        """Open one door per provider."""
        every = list(doors)
        self._doors = {door.verifier.name: door for door in every}
        invariant(len(self._doors) == len(every), "a provider has one door")
        self._database = database
        self._bodies = bodies
        self._clock = clock
        self._ids = ids

    async def take(self, provider: str, raw: bytes, headers: Mapping[str, str]) -> bool:
        """Verify a message and store it with the wish to handle it; False for a repeat.

        Names of headers are in small letters. Raises SignatureInvalid, MessageInvalid, EventAltered.
        """
        door = self._doors.get(provider)
        if door is None:
            # The same answer as for a wrong signature: who asks does not learn whom we work with.
            raise SignatureInvalid("The signature does not belong to this message and our secret.")
        now = self._clock.now()
        envelope = door.verifier.open(raw, headers, now)
        require_form(envelope)
        invariant(envelope.provider == provider, "a verifier names its provider")
        message_id = self._ids.new()
        digest = hashlib.sha256(raw).digest()
        sealed = self._bodies.seal(message_id, envelope.body)
        async with self._database.transaction(HOUSE_TENANT) as tx:
            if await store.insert_message(tx, NewMessage(message_id, envelope, sealed, digest, now)):
                body = {"message": str(message_id), "provider": provider, "sha256": digest.hex()}
                await append(tx, [AuditRecord(HOUSE_TENANT, "webhooks.taken", body, now, "system")])
                return True
            if await store.load_digest(tx, provider, envelope.event_id) != digest:
                _log.warning("webhooks.event_altered", provider=provider)
                raise EventAltered(
                    "An event with this id was taken before with another content. "
                    "Send news under a new id, and a repeat unchanged."
                )
            return False

    async def deliver(self) -> int:
        """Hand messages that are due to their handlers. Return how many were tried. The timer's use case."""
        now = self._clock.now()
        async with self._database.transaction() as tx:
            tasks = await store.take_tasks(tx, now, now + LEASE, BATCH)
        for task in tasks:
            await self._handle(task)
        return len(tasks)

    async def replay(self, tenant_id: UUID, message_id: UUID, actor: str) -> Message:
        """Give a message new attempts. Raises MessageNotFound."""
        now = self._clock.now()
        async with self._database.transaction(tenant_id) as tx:
            message = await store.load_message(tx, message_id)
            if message is None:
                raise MessageNotFound("There is no such message. Check the id.")
            await store.renew(tx, message_id, now)
            body = {"message": str(message_id), "provider": message.provider, "state": message.state.value}
            await append(tx, [AuditRecord(tenant_id, "webhooks.replayed", body, now, actor)])
            renewed = await store.load_message(tx, message_id)
        invariant(renewed is not None, "messages are never deleted")
        return renewed or message

    async def list_messages(
        self, tenant_id: UUID, state: State | None, limit: int, cursor: str | None
    ) -> MessagePage:
        """Return one page of messages, without their bodies. Raises CursorUnknown."""
        before = read_id_cursor(cursor)
        async with self._database.transaction(tenant_id) as tx:
            found = await store.load_messages(tx, state, before, limit + 1)
        page = found[:limit]
        return MessagePage(page, str(page[-1].id) if len(found) > limit else None)

    async def _handle(self, task: Task) -> None:
        """Call the handler once and write down how it went."""
        problem = await self._try(task)
        now = self._clock.now()
        async with self._database.transaction() as tx:
            if problem is None:
                await store.finish(tx, task.message_id, now)
                return
            pause = pause_after(task.attempts)
            await store.record_failure(
                tx, task.message_id, problem, now, None if pause is None else now + pause
            )
        event = "webhooks.held" if pause is None else "webhooks.attempt_failed"
        _log.warning(event, message_id=str(task.message_id), provider=task.provider, problem=problem)

    async def _try(self, task: Task) -> str | None:
        """Return None when the message was handled, else a code that says why not."""
        door = self._doors.get(task.provider)
        if door is None:
            return "webhooks.no_handler"
        try:
            body = self._bodies.open(task.message_id, task.body_sealed)
            async with asyncio.timeout(HANDLING_SECONDS):
                await door.handler(Envelope(task.provider, task.event_id, task.kind, body))
        except Refusal as refusal:
            return refusal.code
        except TimeoutError:
            return "webhooks.too_slow"
        except Exception:  # noqa: BLE001 - whatever broke, the other messages must not suffer
            _log.exception("webhooks.handler_broke", message_id=str(task.message_id), provider=task.provider)
            return "webhooks.handler_broke"
        return None
