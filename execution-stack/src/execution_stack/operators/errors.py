"""Refusals of operators' keys."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class KeyUnknown(Refusal):
    """The key is not one that stands."""

    kind: ClassVar[Kind] = Kind.FORBIDDEN
    code: ClassVar[str] = "operators.key_unknown"


class KeysFounded(Refusal):
    """Keys were founded before: from then on two operators register others."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "operators.keys_founded"


class KeyTaken(Refusal):
    """The key is another operator's, or was retired."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "operators.key_taken"


class LastKeys(Refusal):
    """Without this key fewer than two operators could act."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "operators.last_keys"
