"""Why a market could not be shown."""

from typing import ClassVar

from shared.errors import Kind, Refusal


class MarketNotFound(Refusal):
    """No market has this id."""

    kind: ClassVar[Kind] = Kind.NOT_FOUND
    code: ClassVar[str] = "markets.not_found"
