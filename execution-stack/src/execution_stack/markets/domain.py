"""A market as we keep it. Pure.

Units: price and tick 0.0001 USD, fee multiplier 0.0001.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from execution_stack.exchange.domain import MarketStatus, Ticker
from shared.ids import uuid_from_name

_MARKETS: Final = UUID("1b0d3f5e-7a52-5c0b-8e9f-5a3c2d4e6f70")


def market_id_of(ticker: Ticker) -> UUID:
    """Return the id of the market with this ticker; the same everywhere and for ever."""
    return uuid_from_name(_MARKETS, ticker)


@dataclass(frozen=True, slots=True)
class MarketTerms:
    """What a market asks of an intent."""

    is_open: bool
    tick: int
    fee_multiplier: int


@dataclass(frozen=True, slots=True)
class Market:
    """One market of the catalogue. Prices are 0 when there is none; `yes_value` stands once resolved.

    `refreshed_at` is when the market was first found as it stands here.
    """

    market_id: UUID
    ticker: Ticker
    title: str
    rules: str
    status: MarketStatus
    tick: int
    yes_bid: int
    yes_ask: int
    close_time: datetime
    fee_multiplier: int
    yes_value: int | None
    refreshed_at: datetime

    @property
    def terms(self) -> MarketTerms:
        """Return what the market asks of an intent."""
        return MarketTerms(self.status is MarketStatus.OPEN, self.tick, self.fee_multiplier)
