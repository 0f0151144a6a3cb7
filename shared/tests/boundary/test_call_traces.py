"""A call across the wall is one trace on both sides, and nothing more crosses for it."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from boundary.v1 import boundary_pb2 as pb
from shared.boundary import methods, wire
from shared.boundary.calls import CALL_KEY
from shared.ids import SystemIds
from shared.operations import tracing
from shared.operations.spans import Kind, Span
from shared.operations.tracing import Tracer, first_span

IDS = SystemIds()


@pytest.fixture
def spans() -> Iterator[list[Span]]:
    found: list[Span] = []
    tracing.keep(Tracer(found.extend, 1))
    yield found
    tracing.keep(None)


async def test_both_sides_of_a_call_are_in_its_trace_and_in_those_of_whom_it_is_about(
    wall: Any, spans: list[Span], monkeypatch: pytest.MonkeyPatch
) -> None:
    wager, key = IDS.new(), uuid4()
    register, seen = wall.register, []

    async def handle(request: Any, call: Any) -> Any:
        tracing.about([wager])
        return await register(request, call)

    wall.handlers = {methods.REGISTER_ACCOUNTS: handle}
    running = await wall.start()
    account = wire.uuid_to_wire(IDS.new())
    request = pb.RegisterAccountsRequest(accounts=[pb.Account(account=account, tenant=account)])
    async with running.client() as client:
        send = client._send

        async def listen(method: Any, raw: bytes, metadata: Any, timeout_seconds: float) -> Any:
            seen.append((raw, metadata))
            return await send(method, raw, metadata, timeout_seconds)

        monkeypatch.setattr(client, "_send", listen)
        await client.call(methods.REGISTER_ACCOUNTS, request, idempotency_key=key, about=[wager])
    [(raw, metadata)] = seen
    assert raw == request.SerializeToString(deterministic=True)
    assert [name for name, _ in metadata] == [CALL_KEY]
    answered, answered_for_wager, called, called_for_wager = spans
    assert {each.name for each in spans} == {"boundary.RegisterAccounts"}
    assert called.place.trace == answered.place.trace == key
    assert called_for_wager.place.trace == answered_for_wager.place.trace == wager
    assert (called.kind, answered.kind) == (Kind.CLIENT, Kind.SERVER)
    assert (called.place.span, called.parent, answered.parent) == (first_span(key), 0, first_span(key))
    assert called.began <= answered.began <= answered.ended <= called.ended
