"""What exactly is signed, and how a signature is verified. Pure.

Protocol buffers have no canonical form, so the signature covers the raw bytes as they travel, and the
receiver verifies before it parses. Every field goes in with its length, so no two calls give one base.
The answer's signature covers the request's signature: an answer can't be moved to another call.

Guaranteed:
- a signature covers version, full method, both stacks, key, time, nonce, idempotency key and bytes;
- comparison takes the same time wherever two signatures differ.
"""

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from typing import Final, assert_never

from shared.boundary.calls import NONCE_BYTES, CallHeader
from shared.boundary.errors import CallRefused, Code
from shared.boundary.keys import Algorithm, KeyRecord
from shared.errors import invariant

REQUEST_VERSION: Final = b"bulkhead-boundary-request-v1"
RESPONSE_VERSION: Final = b"bulkhead-boundary-response-v1"
WINDOW: Final = timedelta(seconds=30)
FUTURE_TOLERANCE: Final = timedelta(seconds=5)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_WINDOW_NS: Final = WINDOW // _MICROSECOND * 1000
_FUTURE_NS: Final = FUTURE_TOLERANCE // _MICROSECOND * 1000


def sign_request(key: KeyRecord, method: str, header: CallHeader, raw: bytes) -> bytes:
    """Return the signature of a call. `method` is the full gRPC path."""
    invariant(len(header.nonce) == NONCE_BYTES, "a nonce has 16 bytes")
    return _sign(
        key,
        (
            REQUEST_VERSION,
            method.encode(),
            key.audience.encode(),
            key.sender.encode(),
            header.key_id.bytes,
            header.time_ns.to_bytes(8, "big"),
            header.nonce,
            header.idempotency_key.bytes,
            hashlib.sha256(raw).digest(),
        ),
    )


def sign_response(key: KeyRecord, request_signature: bytes, code: Code, raw: bytes) -> bytes:
    """Return the signature of the answer to the call with `request_signature`."""
    return _sign(
        key,
        (
            RESPONSE_VERSION,
            key.audience.encode(),
            key.sender.encode(),
            key.id.bytes,
            request_signature,
            code.value.encode(),
            hashlib.sha256(raw).digest(),
        ),
    )


def matches(expected: bytes, given: bytes) -> bool:
    """Compare two signatures in constant time."""
    return hmac.compare_digest(expected, given)


def check_time(time_ns: int, now: datetime) -> None:
    """Refuse a call signed more than 30 s ago or more than 5 s ahead of us."""
    age_ns = to_ns(now) - time_ns
    if age_ns > _WINDOW_NS:
        raise CallRefused(Code.STALE)
    if -age_ns > _FUTURE_NS:
        raise CallRefused(Code.FROM_FUTURE)


def to_ns(moment: datetime) -> int:
    """Return nanoseconds since the Unix epoch, exactly."""
    return (moment - _EPOCH) // _MICROSECOND * 1000


def from_ns(time_ns: int) -> datetime:
    """Return the moment, cut to the microsecond."""
    return _EPOCH + timedelta(microseconds=time_ns // 1000)


def _sign(key: KeyRecord, fields: tuple[bytes, ...]) -> bytes:
    base = b"".join([len(field).to_bytes(4, "big") + field for field in fields])
    match key.algorithm:
        case Algorithm.HMAC_SHA256:
            return hmac.digest(key.secret, base, "sha256")
        case _:
            assert_never(key.algorithm)
