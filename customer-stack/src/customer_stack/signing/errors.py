"""Refusals of signing."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class ProofWrong(Refusal):
    """The password, the code or the assertion does not prove this act. It never says which."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "signing.proof_wrong"


class TooManyAttempts(Refusal):
    """Five attempts went wrong within a quarter of an hour."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "signing.too_many_attempts"


class FactorMissing(Refusal):
    """Whoever signs has neither a passkey nor a code secret."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "signing.factor_missing"


class PasskeyRequired(Refusal):
    """Whoever has a passkey signs with it."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "signing.passkey_required"


class PasskeyNotFound(Refusal):
    """No live passkey of this person has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "signing.passkey_not_found"


class LastPasskey(Refusal):
    """The passkey is the only one of this person: without it the password alone would enrol another."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "signing.last_passkey"


class PasskeysOff(Refusal):
    """This deployment has no origin for passkeys."""

    kind: ClassVar[Kind] = Kind.REFUSED
    code: ClassVar[str] = "signing.passkeys_off"


class EnrolmentWordMissing(Refusal):
    """Whoever enrols a first factor shows a word that a colleague gave."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "signing.enrolment_word_missing"


class OwnEnrolmentWord(Refusal):
    """Nobody gives a word to themselves."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "signing.own_enrolment_word"


class ColleagueNotFound(Refusal):
    """Nobody of this operator who may work has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "signing.colleague_not_found"


class FactorStands(Refusal):
    """Whoever has a factor enrols another with it, never with a word."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "signing.factor_stands"


class EnrolmentWordNotFound(Refusal):
    """No word of this id may still be used."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "signing.enrolment_word_not_found"
