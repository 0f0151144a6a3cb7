"""What a caller may believe: a signed answer to this very call, and nothing else."""

import asyncio
import functools
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import grpc
import grpc.aio
import pytest

from boundary.v1 import boundary_pb2 as pb
from shared.boundary import methods, nonces, signing, wire
from shared.boundary.calls import ANSWER_KEY, CALL_KEY, CODE_KEY, pack_answer, unpack_call
from shared.boundary.errors import Code, KeysUnusable, OutcomeUnknown, SignedRefusal
from shared.boundary.keys import Direction, KeyRing, make_keys
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer
from shared.errors import Kind, Refusal

REGISTER = methods.REGISTER_ACCOUNTS


class NotToday(Refusal):
    kind = Kind.REFUSED
    code = "test.not_today"


class Broken(Refusal):
    kind = Kind.UNAVAILABLE
    code = "test.broken"


def register(count=1):
    account = wire.uuid_to_wire(UUID("0190a5b2-0000-4000-8000-00000000000a"))
    return pb.RegisterAccountsRequest(accounts=[pb.Account(account=account, tenant=account)] * count)


async def call(client, count=1, **options):
    return await client.call(REGISTER, register(count), idempotency_key=uuid4(), **options)


class ScriptedServer:
    """A gRPC server that answers whatever a test tells it to: the man in the middle."""

    def __init__(self, answer):
        self.answer = answer

    async def __aenter__(self):
        async def serve(raw, context):
            status, trailing, body = await self.answer(raw, dict(tuple(context.invocation_metadata())))
            context.set_trailing_metadata(trailing)
            context.set_code(status)
            return body

        handlers = grpc.method_handlers_generic_handler(
            methods.SERVICE, {REGISTER.name: grpc.unary_unary_rpc_method_handler(serve)}
        )
        self.server = grpc.aio.server()
        self.server.add_generic_rpc_handlers((handlers,))
        self.port = self.server.add_insecure_port("127.0.0.1:0")
        await self.server.start()
        return self

    async def __aexit__(self, *_):
        await self.server.stop(None)


def sign_answer(wall, metadata, code, body, **changes):
    """The trailing metadata of a genuine answer; `changes` falsify the key."""
    _, request_signature = unpack_call(metadata.items())
    key = next(key for key in wall.keys if key.direction is Direction.RESPONSE)
    signature = signing.sign_response(replace(key, **changes), request_signature, code, body)
    return ((CODE_KEY, code.value), (ANSWER_KEY, pack_answer(key.id, signature)))


async def unknown_reason(wall, answer):
    """What the client concludes from a scripted answer."""
    async with ScriptedServer(answer) as server, wall.client(port=server.port) as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await call(client)
    return caught.value.reason


async def test_a_genuine_answer_is_returned(running):
    async with running.client() as client:
        assert (await call(client, 3)).registered == 3
        assert (await call(client, 1)).registered == 1
    assert await running.count_effects() == 2


@pytest.mark.parametrize("status", list(grpc.StatusCode), ids=lambda status: status.name)
async def test_an_unsigned_answer_is_unknown_whatever_its_status(wall, status):
    async def answer(raw, metadata):
        return status, ((CODE_KEY, "refused"),), b""

    assert await unknown_reason(wall, answer) == "unsigned_answer"


async def test_a_signed_answer_with_other_bytes_is_unknown(wall):
    async def answer(raw, metadata):
        return grpc.StatusCode.OK, sign_answer(wall, metadata, Code.OK, b"\x08\x01"), b"\x08\x02"

    assert await unknown_reason(wall, answer) == "unverified_answer"


async def test_a_signed_answer_with_another_code_is_unknown(wall):
    async def answer(raw, metadata):
        (_, signed) = sign_answer(wall, metadata, Code.OK, b"")
        return grpc.StatusCode.FAILED_PRECONDITION, ((CODE_KEY, "refused"), signed), b""

    assert await unknown_reason(wall, answer) == "unverified_answer"


@pytest.mark.parametrize(
    "changes",
    [{"secret": bytes(32)}, {"audience": "customer-xx.sandbox"}, {"sender": "execution.production"}],
)
async def test_an_answer_signed_by_or_for_others_is_unknown(wall, changes):
    async def answer(raw, metadata):
        return grpc.StatusCode.OK, sign_answer(wall, metadata, Code.OK, b"", **changes), b""

    assert await unknown_reason(wall, answer) == "unverified_answer"


async def test_answers_swapped_between_two_calls_are_unknown(wall):
    arrived = []
    both = asyncio.Event()

    async def swap(raw, metadata):
        arrived.append((metadata, raw))
        if len(arrived) == 2:
            both.set()
        await both.wait()
        other = next(entry for entry in arrived if entry[0][CALL_KEY] != metadata[CALL_KEY])
        return grpc.StatusCode.OK, sign_answer(wall, other[0], Code.OK, b"\x08\x01"), b"\x08\x01"

    async with ScriptedServer(swap) as server, wall.client(port=server.port) as client:
        results = await asyncio.gather(call(client), call(client), return_exceptions=True)
    assert [type(result) for result in results] == [OutcomeUnknown, OutcomeUnknown]
    assert {result.reason for result in results} == {"unverified_answer"}


async def test_a_signed_answer_of_a_wrong_shape_is_unknown(wall):
    async def answer(raw, metadata):
        body = b"\x98\x06\x01"
        return grpc.StatusCode.OK, sign_answer(wall, metadata, Code.OK, body), body

    assert await unknown_reason(wall, answer) == "malformed_answer"


@pytest.mark.parametrize(
    "code", [Code.REPLAYED, Code.STALE, Code.FROM_FUTURE, Code.UNAVAILABLE, Code.INTERNAL]
)
async def test_a_signed_refusal_that_another_copy_could_escape_is_unknown(wall, code):
    async def answer(raw, metadata):
        return grpc.StatusCode.UNAVAILABLE, sign_answer(wall, metadata, code, b""), b""

    assert await unknown_reason(wall, answer) == code.value


async def test_a_final_refusal_is_told_as_such(wall):
    async def refuse(request, call):
        async with wall.database.app.transaction() as tx:
            await nonces.consume(tx, call)
            raise NotToday("Come back tomorrow.")

    wall.handlers = {REGISTER: refuse}
    running = await wall.start()
    async with running.client() as client:
        with pytest.raises(SignedRefusal) as caught:
            await call(client)
    assert caught.value.answered is Code.REFUSED
    assert await running.count_nonces() == 1


async def test_a_service_that_is_unavailable_leaves_the_outcome_unknown(wall):
    async def fail(request, call):
        raise Broken("The database does not answer.")

    wall.handlers = {REGISTER: fail}
    running = await wall.start()
    async with running.client() as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await call(client)
    assert caught.value.reason == "unavailable"


async def test_no_server_and_no_answer_in_time_are_unknown(wall):
    async def sleep(request, call):
        await asyncio.sleep(5)

    wall.handlers = {REGISTER: sleep}
    running = await wall.start()
    async with running.client() as client, running.client(port=1) as nobody:
        for dialling in (client, nobody):
            with pytest.raises(OutcomeUnknown) as caught:
                await call(dialling, timeout_seconds=0.3)
            assert caught.value.reason == "no_answer"


async def test_a_method_that_is_not_served_is_unknown(running):
    async with running.client() as client:
        with pytest.raises(OutcomeUnknown) as caught:
            await client.call(methods.LIST_MARKETS, pb.ListMarketsRequest(limit=1), idempotency_key=uuid4())
    assert caught.value.reason == "no_answer"


async def test_a_client_reconnects_after_the_server_comes_back(wall):
    running = await wall.start()
    async with running.client() as client:
        assert (await call(client)).registered == 1
        port = running.port
        await running.stop()
        with pytest.raises(OutcomeUnknown):
            await call(client)
        remember = functools.partial(nonces.consume_alone, wall.database.app)
        again = BoundaryServer(
            f"127.0.0.1:{port}", Identity(wall.callee, KeyRing(wall.keys), wall.clock, remember)
        )
        again.handle(REGISTER, wall.register)
        await again.start()
        async with asyncio.timeout(20):
            while True:
                try:
                    assert (await call(client)).registered == 1
                    break
                except OutcomeUnknown:
                    await asyncio.sleep(0.05)
        await again.stop()
        wall.server = None


async def test_keys_are_rotated_with_an_overlap(wall):
    start, hour = wall.clock.now(), timedelta(hours=1)
    span = functools.partial(make_keys, wall.caller, wall.callee)
    old = span(not_before=start - hour, not_after=start + 2 * hour)
    new = span(not_before=start + hour, not_after=start + 9 * hour)
    running = await wall.start(keys=old + new)
    async with running.client(keys=old) as behind, running.client(keys=old + new) as ahead:
        assert (await call(behind)).registered == 1
        assert (await call(ahead)).registered == 1
        wall.clock.advance(timedelta(minutes=90))  # both valid: the server signs with the new one
        assert (await call(ahead)).registered == 1
        with pytest.raises(OutcomeUnknown):
            await call(behind)
        wall.clock.advance(hour)
        assert (await call(ahead)).registered == 1
        with pytest.raises(KeysUnusable):
            await call(behind)
    old_request = next(key for key in old if key.direction is Direction.REQUEST)
    raw = register().SerializeToString(deterministic=True)
    assert await running.send(raw, running.signed(raw, key=old_request)) == "unknown_key"
