"""Refusals of markets."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class MarketUnknown(Refusal):
    """There is no such market."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "markets.unknown"

    def __init__(self) -> None:
        """Say what to do."""
        super().__init__("There is no such market. Read the list of markets.")
