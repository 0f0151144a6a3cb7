"""Why a call was not carried out, and what its sender may conclude.

Somebody between the stacks can deliver a call twice, late, or altered, and hand the sender whichever
answer he likes. So a refusal is final only if no copy of the same signed call can have been, or can ever
be, carried out: when the signature was valid, and the nonce was consumed with the refusal.
A replayed, stale or busy answer says only that *this copy* did nothing.

Guaranteed: codes are a closed list; no text of either side crosses in an error.
"""

from enum import StrEnum
from typing import ClassVar, Final

from shared.errors import Kind, Refusal


class Code(StrEnum):
    """The outcome of a call, as it crosses the wall."""

    OK = "ok"
    # Refused before the signature was verified. The answer isn't signed and proves nothing.
    UNSIGNED = "unsigned"
    OVERSIZE = "oversize"
    UNKNOWN_METADATA = "unknown_metadata"
    UNKNOWN_KEY = "unknown_key"
    WRONG_PEER = "wrong_peer"
    TAMPERED = "tampered"
    OVERLOADED = "overloaded"
    # Signed, but another copy of the call may have been carried out.
    STALE = "stale"
    FROM_FUTURE = "from_future"
    REPLAYED = "replayed"
    UNAVAILABLE = "unavailable"
    INTERNAL = "internal"
    # Signed and final: the nonce is consumed, so no copy of the call will ever be carried out.
    MALFORMED = "malformed"
    UNKNOWN_FIELD = "unknown_field"
    UNDECLARED_ENUM = "undeclared_enum"
    BAD_UUID = "bad_uuid"
    OUT_OF_BOUNDS = "out_of_bounds"
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    NOT_FOUND = "not_found"
    CONFLICT = "conflict"
    REFUSED = "refused"


FINAL: Final = frozenset(
    {
        Code.MALFORMED,
        Code.UNKNOWN_FIELD,
        Code.UNDECLARED_ENUM,
        Code.BAD_UUID,
        Code.OUT_OF_BOUNDS,
        Code.INVALID,
        Code.UNAUTHENTICATED,
        Code.FORBIDDEN,
        Code.NOT_FOUND,
        Code.CONFLICT,
        Code.REFUSED,
    }
)
"""Codes after which no copy of the call can take effect."""

CODE_OF_KIND: Final = {
    Kind.INVALID: Code.INVALID,
    Kind.UNAUTHENTICATED: Code.UNAUTHENTICATED,
    Kind.FORBIDDEN: Code.FORBIDDEN,
    Kind.NOT_FOUND: Code.NOT_FOUND,
    Kind.CONFLICT: Code.CONFLICT,
    Kind.REFUSED: Code.REFUSED,
    Kind.UNAVAILABLE: Code.UNAVAILABLE,
}


class OutcomeUnknown(Refusal):
    """The call may or may not have been carried out. Keep what is reserved, try again with the same key."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "boundary.outcome_unknown"

    def __init__(self, reason: str) -> None:
        """Keep `reason`: a word of a closed list, for metrics and logs."""
        super().__init__("The other stack gave no answer that proves anything. The call is tried again.")
        self.reason = reason


class SignedRefusal(Refusal):
    """The other stack refused, provably and for good: this call has no effect and never will have one.

    An *earlier* attempt with the same idempotency key, whose outcome stayed unknown, may have had one.
    """

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "boundary.refused"

    def __init__(self, answered: Code) -> None:
        """Keep the code that the other stack signed."""
        super().__init__("The other stack refused the call.")
        self.answered = answered


class Replayed(Refusal):
    """This nonce was consumed before."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "boundary.replayed"


class CallRefused(Refusal):
    """What arrived breaks a rule of the wall. The server turns it into an answer with `answered`."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "boundary.call_refused"

    def __init__(self, answered: Code) -> None:
        """Keep the code to answer."""
        super().__init__("What arrived breaks a rule of the boundary.")
        self.answered = answered


class KeysUnusable(Refusal):
    """The key file can't be read, breaks a rule, or holds no active key for what is asked."""

    kind: ClassVar[Kind] = Kind.UNAVAILABLE
    code: ClassVar[str] = "boundary.keys_unusable"
