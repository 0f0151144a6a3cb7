"""A call's header on the wire, and what a handler is told about a call that was verified.

The whole header is one binary metadata value of fixed width, and the answer's another: there is no room
for text, and the list of metadata keys is closed.
"""

import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from uuid import UUID

from shared.boundary.errors import CallRefused, Code

NONCE_BYTES: Final = 16

CALL_KEY: Final = "bulkhead-call-bin"
ANSWER_KEY: Final = "bulkhead-answer-bin"
CODE_KEY: Final = "bulkhead-code"
AGENT_KEY: Final = "user-agent"
"""gRPC adds it to every call. Nobody reads it, and so that nothing hides in it, it has one form."""

_AGENT: Final = re.compile(
    r"grpc-python(?:-asyncio)?/[0-9][0-9.]{0,15}(?:-?(?:dev|pre|rc)[0-9]{0,3})?"
    r" grpc-c/[0-9][0-9.]{0,15}(?:-?(?:dev|pre|rc)[0-9]{0,3})? \([a-z]{1,10}; chttp2\)"
)

_CALL: Final = struct.Struct(">16sQ16s16s32s")
_ANSWER: Final = struct.Struct(">16s32s")

Metadata = Iterable[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class CallHeader:
    """What is signed beside the bytes of a call."""

    key_id: UUID
    time_ns: int
    nonce: bytes
    idempotency_key: UUID


@dataclass(slots=True)
class NonceState:
    """What has become of a call's nonce, so that the server finds a handler that forgot it."""

    is_consumed: bool = False
    is_committed: bool = False


@dataclass(frozen=True, slots=True)
class VerifiedCall:
    """A call whose signature, time and shape are good. Its nonce is for the handler to consume."""

    key_id: UUID
    sender: str
    nonce: bytes
    idempotency_key: UUID
    at: datetime
    nonce_state: NonceState = field(default_factory=NonceState, compare=False)


def check_metadata(metadata: Metadata) -> None:
    """Refuse metadata outside the closed list. Raises CallRefused."""
    for key, value in metadata:
        if key == CALL_KEY:
            continue
        if key != AGENT_KEY or not isinstance(value, str) or _AGENT.fullmatch(value) is None:
            raise CallRefused(Code.UNKNOWN_METADATA)


def pack_call(header: CallHeader, signature: bytes) -> bytes:
    """Return the metadata value of a call."""
    return _CALL.pack(
        header.key_id.bytes, header.time_ns, header.nonce, header.idempotency_key.bytes, signature
    )


def unpack_call(metadata: Metadata) -> tuple[CallHeader, bytes]:
    """Return a call's header and signature. Raises CallRefused when it has none, two or a wrong one."""
    found = [value for key, value in metadata if key == CALL_KEY]
    if len(found) != 1 or not isinstance(found[0], bytes) or len(found[0]) != _CALL.size:
        raise CallRefused(Code.UNSIGNED)
    key_id, time_ns, nonce, idempotency_key, signature = _CALL.unpack(found[0])
    return CallHeader(UUID(bytes=key_id), time_ns, nonce, UUID(bytes=idempotency_key)), signature


def pack_answer(key_id: UUID, signature: bytes) -> bytes:
    """Return the metadata value of an answer."""
    return _ANSWER.pack(key_id.bytes, signature)


def unpack_answer(metadata: Metadata) -> tuple[Code, UUID, bytes] | None:
    """Return an answer's code, key id and signature, or None when it isn't a signed answer."""
    values: dict[str, str | bytes] = {}
    for key, value in metadata:
        if key in (ANSWER_KEY, CODE_KEY):
            if key in values:
                return None
            values[key] = value
    signed, code = values.get(ANSWER_KEY), values.get(CODE_KEY)
    if not isinstance(signed, bytes) or len(signed) != _ANSWER.size:
        return None
    if not isinstance(code, str) or code not in Code.__members__.values():
        return None
    key_id, signature = _ANSWER.unpack(signed)
    return Code(code), UUID(bytes=key_id), signature
