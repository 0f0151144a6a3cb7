"""From raw bytes to a verified call, and from a verdict to a signed answer: the receiving half of the wall.

The order is fixed: size, key, signature, time, shape, then the handler with nonce and effect in one
transaction. Each step is cheaper to pass honestly than the next one is to attack. What is refused before
the signature was verified is answered unsigned: a signed "tampered" would let somebody between the stacks
spoil one copy of a call, hand its refusal to the sender, and deliver the good copy afterwards.

Guaranteed:
- a handler sees only messages that were verified and checked, and every answer after that is signed;
- a handler that answers without consuming the nonce is reported as the bug that it is;
- refusals are counted by code, and logs carry codes and class names, nothing that arrived.
"""

import time
import traceback
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Generic

import structlog
from prometheus_client import Counter, Gauge, Histogram

from shared.boundary import schema, signing
from shared.boundary.calls import (
    ANSWER_KEY,
    CODE_KEY,
    CallHeader,
    Metadata,
    VerifiedCall,
    check_metadata,
    pack_answer,
    unpack_call,
)
from shared.boundary.errors import CODE_OF_KIND, FINAL, CallRefused, Code, KeysUnusable, Replayed
from shared.boundary.keys import Direction, KeyRecord, Keys, note_use
from shared.boundary.methods import Method, RequestT, ResponseT
from shared.boundary.wire import are_uuid_bits
from shared.clock import Clock
from shared.errors import Refusal, invariant
from shared.operations import tracing
from shared.operations.spans import Kind

REQUEST_BYTES_LIMIT: Final = 128 * 1024
CONCURRENT_CALLS_LIMIT: Final = 64

CALLS: Final = Counter(
    "boundary_calls", "Calls answered, by version, method and code.", ("version", "method", "code")
)
REFUSALS: Final = Counter("boundary_refusals", "Calls refused, by code.", ("code",))
SECONDS: Final = Histogram("boundary_call_seconds", "From arrival to answer.", ("method",))
SKEW: Final = Gauge("boundary_clock_skew_seconds", "Our clock minus the time of the last genuine call.")

Handler = Callable[[RequestT, VerifiedCall], Awaitable[ResponseT]]
Remember = Callable[[VerifiedCall], Awaitable[None]]

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it arrived. `peer` are the names in the caller's certificate, None without TLS."""

    raw: bytes
    metadata: Metadata
    peer: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back: a code, the bytes of the answer and, when signed, its signature."""

    code: Code
    body: bytes
    metadata: tuple[tuple[str, str | bytes], ...]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who this stack is on the wall, with which keys, and how it remembers the nonce of a refusal."""

    audience: str
    keys: Keys
    clock: Clock
    remember: Remember


@dataclass(frozen=True, slots=True)
class _Genuine:
    """A header whose signature is good."""

    key: KeyRecord
    answer_key: KeyRecord
    header: CallHeader
    signature: bytes


class Places:
    """How many calls may run at a time. The versions of one method share theirs."""

    def __init__(self, count: int = CONCURRENT_CALLS_LIMIT) -> None:
        """Begin with `count` free places."""
        self.count = count
        self.free = count


class Receiver(Generic[RequestT, ResponseT]):
    """Receives the calls of one method."""

    def __init__(
        self,
        identity: Identity,
        method: Method[RequestT, ResponseT],
        handler: Handler[RequestT, ResponseT],
        *,
        places: Places | None = None,
    ) -> None:
        """Answer calls of `method` with `handler`, as many at a time as there are places."""
        self.method = method
        self._identity = identity
        self._handler = handler
        self._places = places or Places()

    async def receive(self, arrival: Arrival) -> Answer:
        """Verify one call, have it handled, and return what to send back. Never raises a refusal."""
        started = time.perf_counter()
        answer = await self._answer(arrival)
        SECONDS.labels(self.method.name).observe(time.perf_counter() - started)
        CALLS.labels(self.method.version, self.method.name, answer.code.value).inc()
        if answer.code is not Code.OK:
            REFUSALS.labels(answer.code.value).inc()
            _log.info("boundary.refused", method=self.method.name, code=answer.code.value)
        return answer

    async def _answer(self, arrival: Arrival) -> Answer:
        if self._places.free == 0:
            return _unsigned(Code.OVERLOADED)
        self._places.free -= 1
        try:
            genuine = self._authenticate(arrival)
            code, body = await self._decide(genuine, arrival.raw)
            return _signed(genuine, code, body)
        except CallRefused as refused:
            return _unsigned(refused.answered)
        except KeysUnusable as unusable:
            _report(self.method, unusable)
            return _unsigned(Code.UNAVAILABLE)
        finally:
            self._places.free += 1

    def _authenticate(self, arrival: Arrival) -> _Genuine:
        """Check everything up to the signature. Raises CallRefused."""
        if len(arrival.raw) > REQUEST_BYTES_LIMIT:
            raise CallRefused(Code.OVERSIZE)
        metadata = tuple(arrival.metadata)
        header, signature = unpack_call(metadata)
        check_metadata(metadata)
        identity = self._identity
        now = identity.clock.now()
        key = identity.keys.find_verifying(header.key_id, Direction.REQUEST, identity.audience, now)
        if key is None:
            raise CallRefused(Code.UNKNOWN_KEY)
        if arrival.peer is not None and key.sender not in arrival.peer:
            raise CallRefused(Code.WRONG_PEER)
        expected = signing.sign_request(key, self.method.path, header, arrival.raw)
        if not signing.matches(expected, signature):
            raise CallRefused(Code.TAMPERED)
        answer_key = identity.keys.find_signing(Direction.RESPONSE, identity.audience, key.sender, now)
        return _Genuine(key, answer_key, header, signature)

    async def _decide(self, genuine: _Genuine, raw: bytes) -> tuple[Code, bytes]:
        """Check time and shape and call the handler; commit the nonce of a final refusal."""
        header, now = genuine.header, self._identity.clock.now()
        SKEW.set((signing.to_ns(now) - header.time_ns) / 1e9)
        note_use(genuine.key, now)
        try:
            signing.check_time(header.time_ns, now)
        except CallRefused as refused:
            return refused.answered, b""
        call = VerifiedCall(
            key_id=header.key_id,
            sender=genuine.key.sender,
            nonce=header.nonce,
            idempotency_key=header.idempotency_key,
            at=signing.from_ns(header.time_ns),
        )
        code, body = await self._handle(call, raw)
        if code in FINAL and not call.nonce_state.is_committed:
            code = await self._remember(call, code)
        return code, body

    async def _work(self, request: RequestT, call: VerifiedCall) -> ResponseT:
        """Call the handler, traced as the caller's call: under its idempotency key."""
        name = self.method.name
        work = tracing.begin(f"boundary.{name}", call.idempotency_key, kind=Kind.SERVER)
        if work is None:
            return await self._handler(request, call)
        work.attributes["rpc.method"] = name
        with tracing.working(work):
            return await self._handler(request, call)

    async def _handle(self, call: VerifiedCall, raw: bytes) -> tuple[Code, bytes]:
        try:
            if not are_uuid_bits(*divmod(call.idempotency_key.int, 1 << 64)):
                return Code.BAD_UUID, b""
            request = schema.parse_request(raw, self.method.request)
            response = await self._work(request, call)
            invariant(call.nonce_state.is_consumed, "a handler answered without consuming the nonce")
            return Code.OK, response.SerializeToString(deterministic=True)
        except CallRefused as refused:
            return refused.answered, b""
        except Replayed:
            return Code.REPLAYED, b""
        except Refusal as refusal:
            return CODE_OF_KIND[refusal.kind], b""
        except Exception as error:  # noqa: BLE001 - the edge: every bug becomes an answer and a log line
            _report(self.method, error)
            return Code.INTERNAL, b""

    async def _remember(self, call: VerifiedCall, code: Code) -> Code:
        """Commit the nonce of a refusal, so that no other copy of the call can still be carried out."""
        try:
            await self._identity.remember(call)
        except Replayed:
            return Code.REPLAYED
        except Exception as error:  # noqa: BLE001 - without the nonce the refusal must not look final
            _report(self.method, error)
            return Code.UNAVAILABLE
        return code


def _signed(genuine: _Genuine, code: Code, body: bytes) -> Answer:
    key = genuine.answer_key
    signed = pack_answer(key.id, signing.sign_response(key, genuine.signature, code, body))
    return Answer(code, body, ((CODE_KEY, code.value), (ANSWER_KEY, signed)))


def _unsigned(code: Code) -> Answer:
    return Answer(code, b"", ((CODE_KEY, code.value),))


def _report(method: Method[Any, Any], error: Exception) -> None:
    """Log where a bug is, without its text: that could quote what arrived."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f"{frames[-1].filename.rsplit('/', 1)[-1]}:{frames[-1].lineno}" if frames else "unknown"
    _log.error("boundary.failed", method=method.name, error=type(error).__name__, place=place)
