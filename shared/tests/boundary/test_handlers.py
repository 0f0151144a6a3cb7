"""What a handler does with a call, and how its refusals, bugs and delays are answered."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from prometheus_client import REGISTRY

from boundary.v1 import boundary_pb2 as pb
from boundary.v2 import boundary_pb2 as v2
from shared.boundary import methods, methods_v1, nonces, wire
from shared.boundary.calls import NonceState
from shared.errors import Kind, Refusal

IDENT = wire.uuid_to_wire(UUID("0190a5b2-0000-4000-8000-00000000000a"))


class NotToday(Refusal):
    kind = Kind.CONFLICT
    code = "test.not_today"


def raw():
    request = pb.RegisterAccountsRequest(accounts=[pb.Account(account=IDENT, tenant=IDENT)])
    return request.SerializeToString(deterministic=True)


async def signed_send(running, message_bytes, method):
    return await running.send(message_bytes, running.signed(message_bytes, method=method), method)


async def test_a_refusal_of_the_service_is_signed_and_commits_its_nonce(wall):
    async def refuse(request, call):
        async with wall.database.app.transaction() as tx:
            await nonces.consume(tx, call)
            raise NotToday("Come back tomorrow.")

    wall.handlers[methods.REGISTER_ACCOUNTS] = refuse
    running = await wall.start()
    metadata = running.signed(raw())
    assert await running.send(raw(), metadata) == "conflict"
    assert await running.count_nonces() == 1
    assert await running.send(raw(), metadata) == "replayed"


async def test_a_refused_copy_is_not_final_when_another_copy_took_effect(wall):
    first = True

    async def refuse_the_first(request, call):
        nonlocal first
        if first:
            first = False
            await wall.register(request, replace_state(call))  # the other copy gets in between
            raise NotToday("Come back tomorrow.")
        return await wall.register(request, call)

    wall.handlers[methods.REGISTER_ACCOUNTS] = refuse_the_first
    running = await wall.start()
    assert await running.send(raw(), running.signed(raw())) == "replayed"
    assert await running.count_effects() == 1


def replace_state(call):
    return replace(call, nonce_state=NonceState())


async def test_a_refusal_whose_nonce_can_not_be_stored_does_not_look_final(wall):
    async def refuse(request, call):
        await wall.database.app.close()
        raise NotToday("Come back tomorrow.")

    wall.handlers[methods.REGISTER_ACCOUNTS] = refuse
    running = await wall.start()
    assert await running.send(raw(), running.signed(raw())) == "unavailable"


async def test_a_bug_and_a_forgotten_nonce_are_answered_as_internal(wall):
    async def broken(request, call):
        raise ZeroDivisionError

    async def forgetful(request, call):
        return v2.SubmitIntentsResponse()

    wall.handlers[methods.REGISTER_ACCOUNTS] = broken
    wall.handlers[methods.SUBMIT_INTENTS] = forgetful
    running = await wall.start()
    assert await running.send(raw(), running.signed(raw())) == "internal"
    intent = pb.Intent(intent=IDENT, account=IDENT, market=IDENT, side=1, action=1)
    request = pb.SubmitIntentsRequest(intents=[intent]).SerializeToString(deterministic=True)
    assert await signed_send(running, request, methods.SUBMIT_INTENTS) == "internal"


async def test_a_read_consumes_its_nonce_before_it_waits(wall):
    release, waits = asyncio.Event(), asyncio.Event()

    async def poll(request, call):
        await nonces.consume_alone(wall.database.app, call)
        waits.set()
        await release.wait()
        return v2.FetchReportsResponse()

    wall.handlers = {methods.FETCH_REPORTS: poll}
    running = await wall.start()
    request = pb.FetchReportsRequest(limit=10, wait_ms=1000).SerializeToString(deterministic=True)
    metadata = running.signed(request, method=methods.FETCH_REPORTS)
    waiting = asyncio.create_task(running.send(request, metadata, methods.FETCH_REPORTS))
    await waits.wait()
    assert await running.send(request, metadata, methods.FETCH_REPORTS) == "replayed"
    release.set()
    assert await waiting == "ok"


async def test_more_calls_than_agreed_are_turned_away(wall):
    release, entered = asyncio.Event(), asyncio.Event()

    async def slow(request, call):
        entered.set()
        await release.wait()
        return await wall.register(request, call)

    wall.handlers = {methods.REGISTER_ACCOUNTS: slow}
    running = await wall.start(concurrent_calls=1)
    first = asyncio.create_task(running.send(raw(), running.signed(raw())))
    await entered.wait()
    assert await running.send(raw(), running.signed(raw())) == "overloaded"
    older = methods_v1.REGISTER_ACCOUNTS
    assert await running.send(raw(), running.signed(raw(), method=older), older) == "overloaded"
    assert REGISTRY.get_sample_value("boundary_calls_running", {"method": older.name}) == 1
    release.set()
    assert await first == "ok"
    assert await running.send(raw(), running.signed(raw())) == "ok"


async def test_old_nonces_are_forgotten_only_when_their_calls_are_too_old(running):
    await running.send(raw(), running.signed(raw()))
    for seconds, left in ((69, 1), (2, 0)):
        running.clock.advance(timedelta(seconds=seconds))
        async with running.database.app.transaction() as tx:
            await nonces.forget_old(tx, running.clock.now())
        assert await running.count_nonces() == left
