"""Messages on a real database: stored before the yes, handled until it works, held after that."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from customer_stack.webhooks.domain import ATTEMPTS, LEASE, Door, Envelope, State
from customer_stack.webhooks.errors import EventAltered, MessageNotFound, SignatureInvalid
from customer_stack.webhooks.handlers import in_turn
from customer_stack.webhooks.service import WebhooksService
from shared.clock import FixedClock
from shared.errors import Kind, Refusal
from shared.ids import SystemIds

IDS = SystemIds()


class Later(Refusal):
    kind = Kind.UNAVAILABLE
    code = "sample.later"


class Plain:
    """A provider whose secret is a word before the message."""

    name = "plain"

    def open(self, raw, headers, now):
        if headers.get("signature") != "secret":
            raise SignatureInvalid("Sign the message.")
        event_id, kind, _ = raw.decode("latin-1").split("|", 2)
        return Envelope(self.name, event_id, kind, raw)


class Scrambled:
    """Stands for encryption: what is stored is not what came."""

    def seal(self, message_id, body):
        return message_id.bytes + bytes(255 - byte for byte in body)

    def open(self, message_id, sealed):
        assert sealed[:16] == message_id.bytes
        return bytes(255 - byte for byte in sealed[16:])


class Office:
    def __init__(self, database):
        self.clock = FixedClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
        self.database = database
        self.handled = []
        self.trouble = []
        self.tenant = IDS.new()
        self.service = WebhooksService(
            database.app, Scrambled(), [Door(Plain(), in_turn(self.handle))], self.clock, IDS
        )

    async def handle(self, envelope):
        if self.trouble:
            raise self.trouble.pop()
        self.handled.append((envelope.event_id, envelope.body))

    async def take(self, raw, provider="plain", signature="secret"):
        return await self.service.take(provider, raw, {"signature": signature})

    async def messages(self, state=None):
        return (await self.service.list_messages(self.tenant, state, 50, None)).messages

    async def count(self, table):
        async with self.database.app.transaction() as tx:
            return await tx.fetch_value(f"SELECT count(*) FROM {table}")


@pytest.fixture
async def office(customer_database):
    return Office(customer_database)


async def test_a_message_is_stored_and_then_handled_once(office):
    assert await office.take(b"e1|paid|Kumari")
    assert office.handled == []
    assert [message.state for message in await office.messages()] == [State.WAITING]
    assert await office.service.deliver() == 1
    assert await office.service.deliver() == 0
    assert office.handled == [("e1", b"e1|paid|Kumari")]
    (message,) = await office.messages()
    assert (message.state, message.attempts, message.kind) == (State.DONE, 1, "paid")


async def test_a_repeat_is_no_news_and_other_bytes_are_a_conflict(office):
    assert await office.take(b"e1|paid|1")
    assert not await office.take(b"e1|paid|1")
    with pytest.raises(EventAltered):
        await office.take(b"e1|paid|2")
    await office.service.deliver()
    assert not await office.take(b"e1|paid|1")
    assert await office.service.deliver() == 0
    assert office.handled == [("e1", b"e1|paid|1")]


async def test_repeats_at_the_same_moment_are_one_message(office):
    taken = await asyncio.gather(*(office.take(b"e1|paid|1") for _ in range(6)))
    assert sorted(taken) == [False] * 5 + [True]
    assert await office.count("webhook_message") == 1


@pytest.mark.parametrize(("provider", "signature"), [("plain", "guess"), ("nobody", "secret")])
async def test_what_nobody_signed_is_not_stored(office, provider, signature):
    with pytest.raises(SignatureInvalid):
        await office.take(b"e1|paid|1", provider, signature)
    assert await office.count("webhook_message") == 0


async def test_the_content_is_not_readable_in_the_database(office):
    await office.take(b"e1|paid|for the birthday of Kumari")
    async with office.database.app.transaction() as tx:
        assert b"Kumari" not in await tx.fetch_value("SELECT body_sealed FROM webhook_message")


async def test_bytes_that_are_no_text_come_back_as_they_were(office):
    raw = b"e1|paid|" + bytes(range(256))
    await office.take(raw)
    await office.service.deliver()
    assert office.handled == [("e1", raw)]


@pytest.mark.parametrize(
    ("trouble", "problem"),
    [(Later("Not now."), "sample.later"), (RuntimeError("Kumari"), "webhooks.handler_broke")],
)
async def test_a_failure_is_tried_again_after_a_pause(office, trouble, problem):
    await office.take(b"e1|paid|1")
    office.trouble.append(trouble)
    assert await office.service.deliver() == 1
    (message,) = await office.messages(State.WAITING)
    assert (message.attempts, message.problem) == (1, problem)
    assert await office.service.deliver() == 0
    office.clock.advance(timedelta(seconds=1))
    assert await office.service.deliver() == 1
    assert [event for event, _ in office.handled] == ["e1"]


async def test_attempts_are_bounded_and_then_a_person_replays(office):
    await office.take(b"e1|paid|1")
    office.trouble = [Later("Not now.")] * ATTEMPTS
    for _ in range(ATTEMPTS + 3):
        await office.service.deliver()
        office.clock.advance(timedelta(hours=1))
    (held,) = await office.messages(State.HELD)
    assert held.attempts == ATTEMPTS
    assert office.handled == []
    again = await office.service.replay(office.tenant, held.id, "staff:1")
    assert again.state is State.WAITING
    await office.service.deliver()
    assert [message.state for message in await office.messages()] == [State.DONE]
    assert [event for event, _ in office.handled] == ["e1"]
    async with office.database.app.transaction(office.tenant) as tx:
        kinds = [row["kind"] for row in await tx.fetch("SELECT kind FROM audit_record")]
    assert kinds == ["webhooks.replayed"]


async def test_a_message_that_was_handled_can_be_replayed(office):
    await office.take(b"e1|paid|1")
    await office.service.deliver()
    (message,) = await office.messages()
    await office.service.replay(office.tenant, message.id, "staff:1")
    await office.service.deliver()
    assert [event for event, _ in office.handled] == ["e1", "e1"]


async def test_a_message_nobody_sent_is_not_replayed(office):
    with pytest.raises(MessageNotFound):
        await office.service.replay(office.tenant, IDS.new(), "staff:1")


async def test_a_worker_that_died_leaves_its_message_to_another(office):
    await office.take(b"e1|paid|1")
    office.trouble.append(asyncio.CancelledError())
    with pytest.raises(asyncio.CancelledError):
        await office.service.deliver()
    assert await office.service.deliver() == 0
    office.clock.advance(LEASE)
    assert await office.service.deliver() == 1
    assert [event for event, _ in office.handled] == ["e1"]


async def test_two_workers_do_not_handle_one_message_at_once(office):
    for number in range(30):
        await office.take(f"e{number}|paid|1".encode())
    await asyncio.gather(*(office.service.deliver() for _ in range(4)))
    await office.service.deliver()
    assert len(office.handled) == 30
    assert len(set(office.handled)) == 30


async def test_messages_are_listed_in_pages(office):
    for number in range(3):
        await office.take(f"e{number}|paid|1".encode())
    first = await office.service.list_messages(office.tenant, None, 2, None)
    rest = await office.service.list_messages(office.tenant, None, 2, first.next_cursor)
    assert [message.event_id for message in (*first.messages, *rest.messages)] == ["e2", "e1", "e0"]
    assert rest.next_cursor is None
