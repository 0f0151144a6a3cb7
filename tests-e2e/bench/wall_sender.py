"""The sender of the boundary's bench: a process that has its messages built before it begins.

It reads its task from standard input and writes what it measured to standard output, both JSON. A call
counts when its answer is signed, verifies, and says that every intent was received.
"""

import asyncio
import itertools
import secrets
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import grpc
import grpc.aio
import orjson
import uvloop

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from execution_stack.exchange.domain import Action
from execution_stack.intents.domain import required_max_total
from shared.boundary import signing
from shared.boundary.calls import CALL_KEY, CallHeader, pack_call, unpack_answer
from shared.boundary.errors import Code
from shared.boundary.keys import Direction, load_keys
from shared.boundary.methods import SUBMIT_INTENTS
from shared.boundary.wire import uuid_to_wire

WARM_UP_SECONDS, SECONDS, BATCHES_IN_FLIGHT = 1.5, 8.0, 6
BATCHES: Final = 1_400
TURNS, TURN_SECONDS, UNARY_IN_FLIGHT = 8, 1.0, 16
UNARY: Final = 30_000
LIMIT_PRICE, QUANTITY = 4_000, 100

Message = tuple[bytes, tuple[tuple[str, bytes], ...], bytes]
"""The bytes of a request, the metadata with its signature, and that signature."""
Call = Callable[[Message], Awaitable[None]]


class Sender:
    """Everything that is made beforehand, and the calls."""

    def __init__(self, task: dict[str, Any]) -> None:
        """Read the task."""
        self._task = task
        self._caller, self._callee = task["names"]
        self._keys = load_keys(Path(task["keys"]))
        self._accounts = itertools.cycle(uuid_to_wire(UUID(account)) for account in task["accounts"])
        self._markets = itertools.cycle(uuid_to_wire(UUID(market)) for market in task["markets"])
        self._max_total = required_max_total(Action.BUY, QUANTITY, LIMIT_PRICE, 10_000)

    def messages(self, count: int, size: int) -> Iterator[Message]:
        """Build and sign `count` requests of `size` intents."""
        key = self._keys.find_signing(Direction.REQUEST, self._caller, self._callee, datetime.now(UTC))
        built = [self._build(size) for _ in range(count)]
        for raw in built:
            header = CallHeader(key.id, time.time_ns() // 1000 * 1000, secrets.token_bytes(16), uuid4())
            signature = signing.sign_request(key, SUBMIT_INTENTS.path, header, raw)
            yield raw, ((CALL_KEY, pack_call(header, signature)),), signature

    def _build(self, size: int) -> bytes:
        made = v1.SubmitIntentsRequest()
        for _ in range(size):
            made.intents.add(
                intent=uuid_to_wire(uuid4()),
                account=next(self._accounts),
                market=next(self._markets),
                side=v1.SIDE_YES,
                action=v1.ACTION_BUY,
                quantity=QUANTITY,
                limit_price=LIMIT_PRICE,
                max_total=self._max_total,
            )
        return made.SerializeToString(deterministic=True)

    def signed_call(self, channel: grpc.aio.Channel) -> Call:
        """Return a function that sends a message and checks its signed answer."""
        stub: Any = channel.unary_unary(SUBMIT_INTENTS.path, None, None)

        async def call(message: Message) -> None:
            raw, metadata, request_signature = message
            sending = stub(raw, metadata=metadata, timeout=20)
            body = await sending
            answer = unpack_answer(tuple(await sending.trailing_metadata()))
            if answer is None:
                raise RuntimeError("an answer is not signed")
            code, key_id, signature = answer
            key = self._keys.find_verifying(key_id, Direction.RESPONSE, self._caller, datetime.now(UTC))
            if key is None or code is not Code.OK:
                raise RuntimeError(f"an answer says {code}")
            if not signing.matches(signing.sign_response(key, request_signature, code, body), signature):
                raise RuntimeError("an answer's signature is wrong")
            _require_received(body)

        return call

    def unsigned_call(self, channel: grpc.aio.Channel) -> Call:
        """Return a function that sends the bytes of a message alone."""
        stub: Any = channel.unary_unary(self._task["unsigned_path"], None, None)

        async def call(message: Message) -> None:
            _require_received(await stub(message[0], timeout=20))

        return call


def _require_received(body: bytes) -> None:
    answers = v2.SubmitIntentsResponse.FromString(body).answers
    if any(answer.outcome != v2.IntentAnswer.OUTCOME_RECEIVED for answer in answers):
        raise RuntimeError("an intent was not received")


async def keep_sending(
    call: Call, messages: Iterator[Message], *, in_flight: int, seconds: float
) -> list[float]:
    """Call without pause for `seconds`; return how long each call took."""
    latencies: list[float] = []
    deadline = time.perf_counter() + seconds

    async def work() -> None:
        while (began := time.perf_counter()) < deadline:
            message = next(messages, None)
            if message is None:
                raise RuntimeError("the sender has run out of messages")
            await call(message)
            latencies.append(time.perf_counter() - began)

    await asyncio.gather(*(work() for _ in range(in_flight)))
    return latencies


async def send_batches(sender: Sender, task: dict[str, Any]) -> dict[str, Any]:
    """Send batches: a warm-up, then the measurement."""
    messages = iter(list(sender.messages(BATCHES, task["batch"])))
    async with grpc.aio.insecure_channel(task["target"]) as channel:
        call = sender.signed_call(channel)
        in_flight = BATCHES_IN_FLIGHT
        warm = await keep_sending(call, messages, in_flight=in_flight, seconds=WARM_UP_SECONDS)
        began = time.perf_counter()
        full = await keep_sending(call, messages, in_flight=in_flight, seconds=SECONDS)
        rate = len(full) / (time.perf_counter() - began)
    return {"calls": len(warm) + len(full), "rate": rate, "latencies": full, "in_flight": in_flight}


async def send_in_turns(sender: Sender, task: dict[str, Any]) -> dict[str, Any]:
    """Send calls of one intent, signed and unsigned in turns; the first turn of each warms up."""
    messages = iter(list(sender.messages(UNARY, 1)))
    counts, seconds = {"signed": 0, "unsigned": 0}, {"signed": 0.0, "unsigned": 0.0}
    total, total_signed = 0, 0
    async with (
        grpc.aio.insecure_channel(task["target"]) as channel,
        grpc.aio.insecure_channel(task["unsigned_target"]) as unsigned_channel,
    ):
        calls = {
            "signed": sender.signed_call(channel),
            "unsigned": sender.unsigned_call(unsigned_channel),
        }
        for turn in range(TURNS + 1):
            # Whoever comes second finds a bigger table: each kind is first as often as the other.
            for kind in sorted(calls, reverse=bool(turn % 2)):
                began = time.perf_counter()
                done = await keep_sending(
                    calls[kind], messages, in_flight=UNARY_IN_FLIGHT, seconds=TURN_SECONDS
                )
                total += len(done)
                total_signed += len(done) * (kind == "signed")
                if turn > 0:
                    counts[kind] += len(done)
                    seconds[kind] += time.perf_counter() - began
    rates = {kind: counts[kind] / seconds[kind] for kind in counts}
    return {
        **rates,
        "calls": total,
        "signed_calls": total_signed,
        "turns": TURNS,
        "in_flight": UNARY_IN_FLIGHT,
    }


def main() -> None:
    """Do the task on standard input."""
    task = orjson.loads(sys.stdin.buffer.read())
    sender = Sender(task)
    work = send_batches if task["what"] == "batches" else send_in_turns
    sys.stdout.buffer.write(orjson.dumps(uvloop.run(work(sender, task))))


if __name__ == "__main__":
    main()
