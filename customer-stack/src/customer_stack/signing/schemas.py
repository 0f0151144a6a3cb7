"""Wire shapes of signing. What browsers make and get is JSON of WebAuthn Level 3, handed on as it is."""

from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from pydantic import Field, SecretStr, StringConstraints

from customer_stack.edge.schemas import Answer, Body
from customer_stack.signing.domain import Passkey
from customer_stack.signing.service import Evidence, NewSecret
from customer_stack.signing.words import GivenWord

CodeText = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]
Password = Annotated[SecretStr, Field(min_length=1, max_length=200)]
WordText = Annotated[SecretStr, Field(min_length=1, max_length=64)]
BrowserAnswer = Annotated[dict[str, Any], Field(max_length=16)]
"""A credential as `navigator.credentials` gives it, in its JSON form."""


class EnrolBody(Body):
    """Your password; a code, where you have codes already; a colleague's word, where you have nothing."""

    password: Password
    code: CodeText | None = None
    word: WordText | None = None

    @property
    def evidence(self) -> Evidence:
        """Return what is shown."""
        word = None if self.word is None else self.word.get_secret_value()
        return Evidence(password=self.password.get_secret_value(), code=self.code, word=word)


class PasskeyBody(Body):
    """What the browser made of the options; `assertion`: of a passkey that you have, over the challenge."""

    challenge_id: UUID
    credential: BrowserAnswer
    assertion: BrowserAnswer | None = None


class PasswordBody(Body):
    """Your password."""

    password: Password


class WordOptionsBody(PasswordBody):
    """For which colleague, and your password."""

    staff_id: UUID


class PasskeyEndBody(Body):
    """The challenge, and an assertion of a passkey of yours over it."""

    challenge_id: UUID
    assertion: BrowserAnswer


class CodeBody(Body):
    """A code that your app shows now."""

    code: CodeText


class ProofBody(Body):
    """What proves that you mean it: an assertion of your passkey, or password and code without one."""

    assertion: BrowserAnswer | None = None
    password: Password | None = None
    code: CodeText | None = None

    @property
    def evidence(self) -> Evidence:
        """Return what is shown."""
        password = None if self.password is None else self.password.get_secret_value()
        return Evidence(self.assertion, password, self.code)


class WordBody(ProofBody):
    """For which colleague, and what proves that you mean it; the challenge that the assertion is over."""

    staff_id: UUID
    challenge_id: UUID | None = None


class PasskeyOptionsAnswer(Answer):
    """What to hand to `navigator.credentials`, and the challenge to name afterwards."""

    challenge_id: UUID
    options: dict[str, Any]


class PasskeyAnswer(Answer):
    """A passkey of yours."""

    id: UUID
    enrolled_at: str


class PasskeysAnswer(Answer):
    """Your passkeys: fifty at most."""

    items: list[PasskeyAnswer]


class PasskeyIdAnswer(Answer):
    """The passkey that was enrolled."""

    id: UUID


class SecretAnswer(Answer):
    """A secret for an authenticator app, shown once."""

    id: UUID
    secret: str
    uri: str


class WordAnswer(Answer):
    """A word to hand to your colleague, shown once: it counts once, until then."""

    id: UUID
    staff_id: UUID
    word: str
    expires_at: str


def show_word(given: GivenWord) -> WordAnswer:
    """Return a word as whoever gives it sees it."""
    return WordAnswer(
        id=given.word.id,
        staff_id=given.word.staff_id,
        word=given.text,
        expires_at=given.word.expires_at.isoformat(),
    )


def show_passkeys(passkeys: tuple[Passkey, ...]) -> PasskeysAnswer:
    """Return passkeys as their owner sees them."""
    return PasskeysAnswer(
        items=[PasskeyAnswer(id=one.id, enrolled_at=one.enrolled_at.isoformat()) for one in passkeys]
    )


def show_secret(secret: NewSecret, staff_id: UUID) -> SecretAnswer:
    """Return a secret with the address that apps read from a QR code."""
    label = quote(f"Bulkhead:{staff_id}")
    uri = f"otpauth://totp/{label}?secret={secret.base32}&issuer=Bulkhead&digits=6&period=30"
    return SecretAnswer(id=secret.id, secret=secret.base32, uri=uri)
