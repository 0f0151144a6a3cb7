"""What an operator's command on halts can be refused for."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class NothingToLift(Refusal):
    """No halt stands that the command could lift."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "control.nothing_to_lift"
