"""Bad calls at a real door: each is refused with its own code, counted, and without effect."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import grpc.aio
import pytest
from prometheus_client import REGISTRY

from boundary.v1 import boundary_pb2 as pb
from shared.boundary import methods, wire
from shared.boundary.calls import ANSWER_KEY, CALL_KEY, pack_call, unpack_call
from shared.boundary.receiver import REQUEST_BYTES_LIMIT

UNKNOWN_FIELD = b"\x98\x06\x01"  # field 99, varint 1


def register(count=1):
    account = wire.uuid_to_wire(UUID("0190a5b2-0000-4000-8000-00000000000a"))
    return pb.RegisterAccountsRequest(accounts=[pb.Account(account=account, tenant=account)] * count)


def raw(count=1):
    return register(count).SerializeToString(deterministic=True)


def refusals(code):
    return REGISTRY.get_sample_value("boundary_refusals_total", {"code": code}) or 0


@pytest.fixture
def counted():
    """Check that exactly one refusal was counted under a code."""
    before = {}

    def check(code):
        return refusals(code) - before.get(code, 0) == 1

    for code in ("replayed", "stale", "tampered", "unsigned", "unknown_field", "unknown_key", "oversize"):
        before[code] = refusals(code)
    return check


async def test_a_genuine_call_takes_effect_once(running):
    assert await running.send(raw(), running.signed(raw())) == "ok"
    assert (await running.count_effects(), await running.count_nonces()) == (1, 1)


async def test_a_replayed_call_is_refused(running, counted):
    metadata = running.signed(raw())
    assert await running.send(raw(), metadata) == "ok"
    assert await running.send(raw(), metadata) == "replayed"
    assert await running.count_effects() == 1
    assert counted("replayed")


async def test_of_many_copies_at_once_exactly_one_takes_effect(running):
    for _ in range(10):
        metadata = running.signed(raw())
        answers = await asyncio.gather(*(running.send(raw(), metadata) for _ in range(32)))
        assert sorted(answers) == ["ok", *["replayed"] * 31]
    assert await running.count_effects() == 10


async def test_a_nonce_holds_across_a_restart(running):
    metadata = running.signed(raw())
    assert await running.send(raw(), metadata) == "ok"
    await running.stop()
    await running.start()
    assert await running.send(raw(), metadata) == "replayed"
    assert await running.count_effects() == 1


@pytest.mark.parametrize(
    ("shift_seconds", "code"),
    [(30, "ok"), (30.1, "stale"), (3600, "stale"), (-5, "ok"), (-5.1, "from_future")],
)
async def test_a_call_is_accepted_in_its_window_only(running, shift_seconds, code):
    metadata = running.signed(raw())
    running.clock.advance(timedelta(seconds=shift_seconds))
    assert await running.send(raw(), metadata) == code
    assert await running.count_effects() == (code == "ok")


async def test_a_stale_call_is_counted(running, counted):
    metadata = running.signed(raw())
    running.clock.advance(timedelta(seconds=31))
    await running.send(raw(), metadata)
    assert counted("stale")


async def test_changed_bytes_are_refused(running, counted):
    assert await running.send(raw(2), running.signed(raw())) == "tampered"
    assert counted("tampered")
    assert (await running.count_effects(), await running.count_nonces()) == (0, 0)


@pytest.mark.parametrize(
    "change",
    [{"time_ns": 1}, {"nonce": bytes(16)}, {"idempotency_key": UUID("0190a5b2-0000-4000-8000-00000000000b")}],
)
async def test_a_changed_header_is_refused(running, change):
    header, signature = unpack_call(running.signed(raw()))
    forged = ((CALL_KEY, pack_call(replace(header, **change), signature)),)
    assert await running.send(raw(), forged) == "tampered"


@pytest.mark.parametrize("index", [0, 15, 16, 23, 24, 39, 40, 55, 56, 87])
async def test_every_byte_of_the_header_matters(running, index):
    ((key, packed),) = running.signed(raw())
    flipped = bytearray(packed)
    flipped[index] ^= 1
    assert await running.send(raw(), ((key, bytes(flipped)),)) in ("tampered", "unknown_key")


@pytest.mark.parametrize(
    "metadata",
    [(), ((CALL_KEY, b""),), ((CALL_KEY, bytes(87)),), ((CALL_KEY, bytes(89)),)],
    ids=["none", "empty", "short", "long"],
)
async def test_an_unsigned_call_is_refused(running, counted, metadata):
    assert await running.send(raw(), metadata) == "unsigned"
    assert counted("unsigned")


async def test_two_signatures_are_none(running):
    metadata = running.signed(raw())
    assert await running.send(raw(), metadata + metadata) == "unsigned"


async def test_a_call_signed_for_another_method_is_refused(wall):
    wall.handlers[methods.SUBMIT_INTENTS] = wall.register
    running = await wall.start()
    metadata = running.signed(raw(), method=methods.SUBMIT_INTENTS)
    assert await running.send(raw(), metadata) == "tampered"


async def test_a_call_signed_for_another_stack_or_environment_is_refused(running):
    for audience in ("execution.production", "execution2.sandbox"):
        other = replace(running.request_key, audience=audience)
        assert await running.send(raw(), running.signed(raw(), key=other)) == "tampered"
    for sender in ("customer-xx.sandbox",):
        other = replace(running.request_key, sender=sender)
        assert await running.send(raw(), running.signed(raw(), key=other)) == "tampered"


async def test_the_key_of_the_answers_signs_no_calls(running, counted):
    answer_key = next(key for key in running.keys if key is not running.request_key)
    reflected = replace(answer_key, sender=running.caller, audience=running.callee)
    assert await running.send(raw(), running.signed(raw(), key=reflected)) == "unknown_key"
    assert counted("unknown_key")


async def test_metadata_outside_the_closed_list_is_refused(running):
    metadata = (*running.signed(raw()), ("x-name", "nimal"))
    assert await running.send(raw(), metadata) == "unknown_metadata"


async def test_an_oversized_call_is_refused(running, counted):
    big = raw(5000)
    assert len(big) > REQUEST_BYTES_LIMIT
    assert await running.send(big, running.signed(big)) == "oversize"
    assert counted("oversize")


async def signed_send(running, message_bytes, method=methods.REGISTER_ACCOUNTS):
    return await running.send(message_bytes, running.signed(message_bytes, method=method), method)


async def test_an_unknown_field_is_refused_and_its_nonce_is_consumed(running, counted):
    assert await signed_send(running, raw() + UNKNOWN_FIELD) == "unknown_field"
    assert counted("unknown_field")
    assert (await running.count_effects(), await running.count_nonces()) == (0, 1)


async def test_what_breaks_the_shape_is_refused(wall):
    wall.handlers[methods.SUBMIT_INTENTS] = wall.register
    running = await wall.start()
    account = register().accounts[0].SerializeToString()
    nested = account + UNKNOWN_FIELD
    ident = wire.uuid_to_wire(UUID("0190a5b2-0000-4000-8000-00000000000a"))
    intent = {"intent": ident, "account": ident, "market": ident, "quantity": 1, "limit_price": 1}
    bad_ident = pb.Uuid(high=1, low=2)

    def intents(**changes):
        fields = {**intent, "side": 1, "action": 1} | changes
        message = pb.SubmitIntentsRequest(intents=[pb.Intent(**fields)])
        return message.SerializeToString(deterministic=True)

    assert await signed_send(running, bytes([0x0A, len(nested)]) + nested) == "unknown_field"
    doubled = account + account[:20]
    assert await signed_send(running, bytes([0x0A, len(doubled)]) + doubled) == "unknown_field"
    assert await signed_send(running, b"\x0a\xff") == "malformed"
    assert await signed_send(running, b"") == "out_of_bounds"
    assert await signed_send(running, raw(501)) == "out_of_bounds"
    submit = methods.SUBMIT_INTENTS
    assert await signed_send(running, intents(side=3), submit) == "undeclared_enum"
    assert await signed_send(running, intents(action=0), submit) == "undeclared_enum"
    assert await signed_send(running, intents(market=bad_ident), submit) == "bad_uuid"
    assert await signed_send(running, intents(market=None), submit) == "malformed"
    assert await signed_send(running, intents(max_total=2**63), submit) == "out_of_bounds"
    assert await running.count_effects() == 0


async def test_an_idempotency_key_is_a_uuid_too(running):
    metadata = running.signed(raw(), header=running.header(idempotency_key=UUID(bytes=b"nimal perera 071")))
    assert await running.send(raw(), metadata) == "bad_uuid"


async def test_what_is_refused_before_the_signature_is_answered_unsigned(running):
    async def answer_of(message, metadata):
        call = running.channel.unary_unary(methods.REGISTER_ACCOUNTS.path)(message, metadata=metadata)
        try:
            await call
            return await call.trailing_metadata()
        except grpc.aio.AioRpcError as error:
            return error.trailing_metadata()

    tampered = dict(tuple(await answer_of(raw(2), running.signed(raw()))))
    refused = dict(tuple(await answer_of(b"\x0a\xff", running.signed(b"\x0a\xff"))))
    assert ANSWER_KEY not in tampered
    assert ANSWER_KEY in refused
