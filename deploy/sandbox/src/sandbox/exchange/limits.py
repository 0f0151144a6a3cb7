"""How fast the member may ask: one token bucket for reads and one for writes, as the exchange publishes them.

Every request costs tokens, 10 unless the table says otherwise; a batch costs its items. A bucket holds what a
second refills (Basic: 200 for reads and 100 for writes, which is ten new orders a second). Whoever finds too
little gets 429 with nothing else in it: no Retry-After, no remaining count.

Guaranteed:
- integers only: a bucket counts thousandths of a token, and a second refills exactly its rate;
- a request that is turned away takes nothing.

Source: the exchange's page on rate limits and tiers; of the tiers above Basic only the names are published to
everybody, so their rates here are this sandbox's own: each has the double of the one below, and Premier
upwards ten times that.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

DEFAULT_COST = 10
MILLI = 1000


class Tier(StrEnum):
    """The usage levels, the lowest first."""

    BASIC = "basic"
    ADVANCED = "advanced"
    EXPERT = "expert"
    PREMIER = "premier"
    PARAGON = "paragon"
    PRIME = "prime"
    PRESTIGE = "prestige"


# Tokens per second of reads and writes.
RATES: dict[Tier, tuple[int, int]] = {
    Tier.BASIC: (200, 100),
    Tier.ADVANCED: (400, 200),
    Tier.EXPERT: (800, 400),
    Tier.PREMIER: (8_000, 4_000),
    Tier.PARAGON: (16_000, 8_000),
    Tier.PRIME: (32_000, 16_000),
    Tier.PRESTIGE: (64_000, 32_000),
}


@dataclass(frozen=True, slots=True)
class EndpointCost:
    """An endpoint whose cost is not the default; `path` names its variables in braces."""

    method: str
    path: str
    cost: int


ENDPOINT_COSTS = (
    EndpointCost("DELETE", "/portfolio/events/orders", 2),
    EndpointCost("DELETE", "/portfolio/events/orders/batched", 2),
    EndpointCost("DELETE", "/portfolio/events/orders/{order_id}", 2),
    EndpointCost("GET", "/portfolio/orders/{order_id}", 2),
)
BATCHES = "/portfolio/events/orders/batched"

_PATTERNS = [
    (one, re.compile(re.sub(r"\{[a-z_]+\}", "[^/]+", one.path)))
    for one in ENDPOINT_COSTS
    if one.path != BATCHES
]


def cost_of(method: str, path: str) -> int:
    """Return what one request costs (a batch: by its items); `path` comes without the API's prefix."""
    for one, pattern in _PATTERNS:
        if one.method == method and pattern.fullmatch(path):
            return one.cost
    return DEFAULT_COST


class Bucket:
    """One token bucket. It starts full; its capacity is the refill of one second."""

    def __init__(self, refill_rate: int) -> None:
        self.refill_rate = refill_rate
        self.capacity = refill_rate
        self._millitokens = self.capacity * MILLI
        self._at_ms: int | None = None

    def take(self, tokens: int, now_ms: int) -> bool:
        """Take tokens, all or none. Say whether they were there."""
        if self._at_ms is None:
            self._at_ms = now_ms
        elapsed_ms = max(0, now_ms - self._at_ms)
        self._at_ms = max(self._at_ms, now_ms)
        self._millitokens = min(self.capacity * MILLI, self._millitokens + elapsed_ms * self.refill_rate)
        if self._millitokens < tokens * MILLI:
            return False
        self._millitokens -= tokens * MILLI
        return True


class Limiter:
    """The two buckets of the member."""

    def __init__(self, tier: Tier) -> None:
        self.tier = tier
        reads, writes = RATES[tier]
        self.read = Bucket(reads)
        self.write = Bucket(writes)

    def allows(self, method: str, tokens: int, now_ms: int) -> bool:
        """Take the tokens of a request. Say whether it may go on."""
        return (self.read if method == "GET" else self.write).take(tokens, now_ms)
