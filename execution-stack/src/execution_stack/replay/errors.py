"""What a replay can be refused for."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class WindowNotFound(Refusal):
    """No window has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "replay.window_not_found"
