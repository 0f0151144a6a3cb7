"""The house market maker: what it quotes in a market at a time step.

A pure function of (seed, market, step): the fair value drifts around the market's anchor like hills of
several widths (value noise over hashed lattice points), and around it stand a few levels of limited size. So
a restart goes on where time is, two runs with one seed see the same books, and a large order is filled only
in part.
"""

import hashlib
from dataclasses import dataclass

from sandbox.exchange.book import Side
from sandbox.exchange.market import Listing
from sandbox.exchange.units import CONTRACT, ONE

LEVELS = 5
LEVEL_GAP = 100
HALF_SPREAD = 100
SMALLEST_LEVEL = 8 * CONTRACT
LARGEST_LEVEL = 45 * CONTRACT

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
        for level in range(LEVELS):
            price = _snap(listing, fair - side.sign * (HALF_SPREAD + level * LEVEL_GAP), side)
            if 0 < price < ONE:
                quotes.append(Quote(side, price, _size(seed, listing.ticker, step, side, level)))
    return tuple(quotes)


def _snap(listing: Listing, price: int, side: Side) -> int:
    """Move a price to the tick that is worse for the taker."""
    for tick in listing.price_ranges:
        if tick.start <= price <= tick.end:
            off = (price - tick.start) % tick.step
            if off == 0:
                return price
            return price - off if side is Side.BID else price - off + tick.step
    return 0


def _size(seed: int, ticker: str, step: int, side: Side, level: int) -> int:
    """Return a whole number of contracts; deeper levels are larger."""
    spread = (LARGEST_LEVEL - SMALLEST_LEVEL) // CONTRACT
    contracts = _draw(f"{seed}|{ticker}|size|{step}|{side}|{level}") % spread
    return SMALLEST_LEVEL + (contracts * (level + 2) // (LEVELS + 1)) * CONTRACT


def _hill(seed: int, ticker: str, width: int, height: int, step: int) -> int:
    """Return the height at `step` of a line through random lattice points, `width` steps apart."""
    left, along = divmod(step, width)
    start = _draw(f"{seed}|{ticker}|{width}|{left}") % (2 * height + 1) - height
    end = _draw(f"{seed}|{ticker}|{width}|{left + 1}") % (2 * height + 1) - height
    return start + (end - start) * along // width


def _draw(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big")
