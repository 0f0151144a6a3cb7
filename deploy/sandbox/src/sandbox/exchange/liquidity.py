"""The house market maker: what it quotes in a market at a time step.

A pure function of (seed, market, step): the fair value drifts around the market's anchor like hills of
several widths (value noise over hashed lattice points), and around it stand a few levels of limited size. So
a restart goes on where time is, and two runs with one seed see the same books.

Guaranteed at every step, on each side of every market of the catalogue:
- the first three levels stand within 0.04 of the mid and offer at least 150 contracts together;
- all levels together offer at most 300 contracts, so a larger order is filled only in part.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.exchange.book import Side
from sandbox.exchange.errors import InvalidParameters
from sandbox.exchange.market import Listing
from sandbox.exchange.units import CONTRACT, ONE

LEVEL_GAP = 100
HALF_SPREAD = 100

# Smallest and largest size of each level in contracts, the best level first. The three near ones are the
# liquidity that is promised; the two far ones are what a taker gets for a worse price.
LEVEL_SIZES = ((50, 64), (50, 64), (50, 64), (30, 54), (30, 54))

# (steps between lattice points, height in price units): slow tides, hours, and a little nervousness.
HILLS = ((600, 600), (90, 300), (15, 150))


@dataclass(frozen=True, slots=True)
class Quote:
    """One order that the house would like to have in the book."""

    side: Side
    price: int
    count: int


def fair_price(seed: int, listing: Listing, step: int) -> int:
    """Return the house's idea of YES at a step, between 0.03 and 0.97."""
    drift = sum(_hill(seed, listing.ticker, width, height, step) for width, height in HILLS)
    # Near certainty a cent weighs more: the drift shrinks with the distance to the nearer end.
    room = min(listing.anchor, ONE - listing.anchor)
    return max(300, min(ONE - 300, listing.anchor + drift * min(room, 3000) // 3000))


def quotes_at(seed: int, listing: Listing, step: int) -> tuple[Quote, ...]:
    """Return the house's orders at a step, the best level first; bids and asks never cross."""
    fair = fair_price(seed, listing, step)
    quotes: list[Quote] = []
    for side in Side:
        for level, (smallest, largest) in enumerate(LEVEL_SIZES):
            price = _snap(listing, fair - side.sign * (HALF_SPREAD + level * LEVEL_GAP), side)
            if 0 < price < ONE:
                draw = _draw(f"{seed}|{listing.ticker}|size|{step}|{side}|{level}")
                contracts = smallest + draw % (largest - smallest + 1)
                quotes.append(Quote(side, price, contracts * CONTRACT))
    return tuple(quotes)


def check_quotes(listing: Listing, quotes: Sequence[Quote]) -> None:
    """Raise InvalidPrice or InvalidParameters unless these quotes may stand in the book together."""
    for quote in quotes:
        listing.check_price(quote.price)
        if quote.count <= 0:
            raise InvalidParameters("count must be at least 0.01")
    bids = [quote.price for quote in quotes if quote.side is Side.BID]
    asks = [quote.price for quote in quotes if quote.side is Side.ASK]
    if bids and asks and max(bids) >= min(asks):
        raise InvalidParameters("the quotes cross each other")


def _snap(listing: Listing, price: int, side: Side) -> int:
    """Move a price to the tick that is worse for the taker."""
    for tick in listing.price_ranges:
        if tick.start <= price <= tick.end:
            off = (price - tick.start) % tick.step
            if off == 0:
                return price
            return price - off if side is Side.BID else price - off + tick.step
    return 0


def _hill(seed: int, ticker: str, width: int, height: int, step: int) -> int:
    """Return the height at `step` of a line through random lattice points, `width` steps apart."""
    left, along = divmod(step, width)
    start = _draw(f"{seed}|{ticker}|{width}|{left}") % (2 * height + 1) - height
    end = _draw(f"{seed}|{ticker}|{width}|{left + 1}") % (2 * height + 1) - height
    return start + (end - start) * along // width


def _draw(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
