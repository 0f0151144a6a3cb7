"""What an operator's command on halts can be refused for."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class NotHalted(Refusal):
    """The market is not halted, so what waits there goes on."""

    kind: ClassVar[Kind] = Kind.CONFLICT
    code: ClassVar[str] = "control.not_halted"


class NothingToLift(Refusal):
    """No halt stands that the command could lift."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "control.nothing_to_lift"
