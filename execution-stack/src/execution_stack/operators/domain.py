"""Which operators' keys stand, and what is signed. Pure.

A key stands when it was founded, or two operators registered it; until two operators retired it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from execution_stack.operators.errors import KeyTaken, LastKeys

WANTED: Final = 2
"""How many operators have to say the same of a key, and how many have to be left."""


class Act(StrEnum):
    """What is said of a key. The members of the type operator_key_act_kind."""

    FOUND = "found"
    REGISTER = "register"
    RETIRE = "retire"


@dataclass(frozen=True, slots=True)
class Key:
    """A key, and which operators registered and retired it."""

    id: UUID
    operator: UUID
    public: bytes
    is_founded: bool = False
    registered_by: frozenset[UUID] = frozenset()
    retired_by: frozenset[UUID] = frozenset()

    @property
    def is_retired(self) -> bool:
        """Tell whether two operators said that it is over."""
        return len(self.retired_by) >= WANTED

    @property
    def stands(self) -> bool:
        """Tell whether what it signs counts."""
        is_in = self.is_founded or len(self.registered_by) >= WANTED
        return is_in and not self.is_retired


def message(act: str, *parts: object) -> bytes:
    """Return the bytes that an operator signs: what is done, and to what. No part has a line's end."""
    return "\n".join(["bulkhead operator 1", act, *map(str, parts)]).encode()


def require_registrable(known: Key | None, operator: UUID) -> None:
    """Go on only when the key may become this operator's. Raises KeyTaken."""
    if known is not None and (known.operator != operator or known.is_retired):
        raise KeyTaken("This key is another operator's, or was retired. Make a new one.")


def require_others(keys: Sequence[Key], retired: Key) -> None:
    """Go on only when two operators are left without a key. Raises LastKeys."""
    left = {key.operator for key in keys if key.stands and key.id != retired.id}
    if retired.stands and len(left) < WANTED:
        raise LastKeys("Two operators have to be left. Register another key first.")
