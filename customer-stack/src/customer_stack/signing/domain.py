"""One-time codes, attempts and counters: what proves a person. Pure.

Codes are those of RFC 6238 with SHA-1, six digits and steps of thirty seconds, which every authenticator
app makes.
"""

import hashlib
import hmac
import struct
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final
from uuid import UUID

STEP: Final = timedelta(seconds=30)
SKEW_STEPS: Final = 1
"""A clock may be one step behind or ahead (RFC 6238, section 5.2)."""
DIGITS: Final = 6
SECRET_BYTES: Final = 20
ATTEMPTS: Final = 5
PAUSE: Final = timedelta(minutes=15)
CHALLENGE_LIFETIME: Final = timedelta(minutes=5)
WORD_BYTES: Final = 20
WORD_LIFETIME: Final = timedelta(hours=24)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Method(StrEnum):
    """How strong a proof is. The members of the database type signing_method."""

    PASSKEY = "passkey"
    PASSWORD_AND_CODE = "password_and_code"  # noqa: S105 - a method, no password


@dataclass(frozen=True, slots=True)
class Passkey:
    """A passkey that stands. `credential` is the attested credential data (WebAuthn, section 6.5.2)."""

    id: UUID
    tenant_id: UUID
    staff_id: UUID
    credential_id: bytes
    credential: bytes
    counter: int
    enrolled_at: datetime


@dataclass(frozen=True, slots=True)
class CodeSecret:
    """A secret of one-time codes, open."""

    id: UUID
    secret: bytes
    last_step: int | None


@dataclass(frozen=True, slots=True)
class Shown:
    """What was shown when an enrolment began, beside the password: a word, or a code of a secret."""

    word_id: UUID | None = None
    secret_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class EnrolmentWord:
    """What a person without any factor enrols the first one with. `given_by` None: at the machine."""

    id: UUID
    tenant_id: UUID
    staff_id: UUID
    given_by: UUID | None
    given_at: datetime

    @property
    def expires_at(self) -> datetime:
        """Return until when it may be used."""
        return self.given_at + WORD_LIFETIME


@dataclass(frozen=True, slots=True)
class Challenge:
    """What a browser is asked to sign when a passkey is enrolled or ended, or a word given."""

    id: UUID
    staff_id: UUID
    challenge: bytes
    made_at: datetime
    shown: Shown = Shown()


@dataclass(frozen=True, slots=True)
class Assertion:
    """What an authenticator signed, verified."""

    passkey_id: UUID
    client_data: bytes
    authenticator_data: bytes
    signature: bytes
    counter: int


@dataclass(frozen=True, slots=True)
class CodeProof:
    """The code that was shown: which secret's, of which step."""

    secret_id: UUID
    step: int


@dataclass(frozen=True, slots=True)
class Signature:
    """A person bound to a digest. Of `assertion` and `code` there is one."""

    id: UUID
    tenant_id: UUID
    staff_id: UUID
    digest: bytes
    signed_at: datetime
    assertion: Assertion | None = None
    code: CodeProof | None = None

    @property
    def method(self) -> Method:
        """Return how strong the proof is."""
        return Method.PASSKEY if self.assertion is not None else Method.PASSWORD_AND_CODE


def step_of(at: datetime) -> int:
    """Return the step of thirty seconds that a moment lies in."""
    return (at - _EPOCH) // STEP


def code_of(secret: bytes, step: int) -> str:
    """Return the code of a step (RFC 4226, section 5.3)."""
    digest = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 0xF
    number = struct.unpack(">I", digest[offset : offset + 4])[0] & 0x7FFFFFFF
    return str(number % 10**DIGITS).zfill(DIGITS)


def match_code(secret: CodeSecret, code: str, at: datetime) -> int | None:
    """Return the step that a code is of, or None. Steps up to the last one that was used are over."""
    now, found = step_of(at), None
    for step in range(max(now - SKEW_STEPS, 0), now + SKEW_STEPS + 1):
        is_right = hmac.compare_digest(code_of(secret.secret, step).encode(), code.encode())
        if is_right and (secret.last_step is None or step > secret.last_step):
            found = step if found is None else found
    return found


def counter_grows(before: int, now: int) -> bool:
    """Tell whether a counter may follow another: it grows, or the device counts nothing (WebAuthn 6.1.1)."""
    return now > before or (now == 0 and before == 0)


def is_fresh(challenge: Challenge, staff_id: UUID, now: datetime) -> bool:
    """Tell whether a challenge is this person's and still young."""
    return challenge.staff_id == staff_id and is_young(challenge.made_at, now)


def is_young(made_at: datetime, now: datetime) -> bool:
    """Tell whether what was begun then may still be finished."""
    return now - made_at < CHALLENGE_LIFETIME


def is_enough(shown: Shown, standing_secret: UUID | None) -> bool:
    """Tell whether what was shown is what an enrolment without a passkey needs as factors stand.

    A code of the secret that stands; without one, a word. A passkey that stands signs for itself.
    """
    if standing_secret is not None:
        return shown.secret_id == standing_secret
    return shown.word_id is not None


def hash_word(word: str) -> bytes:
    """Return what is kept of an enrolment word, however it was typed."""
    return hashlib.sha256(b"bulkhead enrolment word\x00" + word.strip().upper().encode()).digest()


def digest_end(challenge: Challenge, passkey_id: UUID) -> bytes:
    """Return what is signed to end a passkey: a challenge bound to the one that ends."""
    return hashlib.sha256(b"bulkhead passkey end\x00" + passkey_id.bytes + challenge.challenge).digest()


def digest_word(challenge: Challenge, staff_id: UUID) -> bytes:
    """Return what is signed to give a word: a challenge bound to the person whom it lets in."""
    return hashlib.sha256(b"bulkhead word given\x00" + staff_id.bytes + challenge.challenge).digest()
