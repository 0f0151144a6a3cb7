"""A million intents of one order, from waiting intents to everybody's share: pure functions, one process.

What is inside: screening each intent's `max_total` against the market's terms, the float needed by each
tenant, the manifest with all its checks, its canonical bytes and their digest ("aggregated"); then
quantities, costs, fees and caps ("allocated"). What is not: the database, from which intents come as the
columns that its driver decodes, and to which shares go.

The figures are those of the best of a few rounds: what else the machine does is not the product's.
"""

import gc
import os
import random
import time
from datetime import UTC, datetime
from uuid import UUID

from asyncpg.pgproto import pgproto

from bench.results import Result
from execution_stack.aggregation.domain import commit_window, screen
from execution_stack.allocation.domain import Allocation, Manifest, allocate, cost_of, read_manifest
from execution_stack.exchange.domain import Action, BookSide, Fill, Side, Ticker
from execution_stack.intents.domain import OpenIntents, PooledGroup, required_max_total
from execution_stack.markets.domain import MarketTerms

SMALL = 100_000
LARGE = 1_000_000
ROUNDS = 5
GOAL_SECONDS = 1.5
GOAL_RATIO = 11
LIMIT = 5_600
TERMS = MarketTerms(is_open=True, tick=100, fee_multiplier=10_000)
TENANTS = 20
FLOAT = POSITION_LIMIT = 10**18
LARGEST = 100_000
"""A thousand contracts: quantities are random up to this, so hardly any two remainders are equal."""
WINDOW, MARKET, ORDER = (UUID(int=number) for number in (1, 2, 3))


def measure() -> list[Result]:
    """Measure a million intents as one order and as ten, in turns; check both."""
    large = _Load([waiting(LARGE)])
    small = _Load([waiting(SMALL, seed) for seed in range(LARGE // SMALL)])
    for _ in range(ROUNDS):
        small.time()
        large.time()
    for load in (small, large):
        load.require_exact()
    each = small.best_cpu / len(small.groups)
    conditions = (
        f"{LARGE:,} intents of {TENANTS} tenants, random quantities up to {LARGEST / 100:,.0f} contracts, "
        "70 % filled at three prices: screening, float per tenant, manifest, its bytes and digest; then "
        f"quantities, costs, fees, caps. One process, best of {ROUNDS}; sums, caps and replay checked"
    )
    return [
        Result(
            "allocation.million", round(large.best, 3), "s", GOAL_SECONDS, "lower", None, None, conditions
        ),
        Result(
            "allocation.growth_ratio",
            round(large.best_cpu / each, 2),
            "times the CPU time",
            GOAL_RATIO,
            "lower",
            None,
            None,
            f"one order of {LARGE:,} against one of {SMALL:,} intents ({each:.3f} s), which is the mean of "
            f"{len(small.groups)} different ones kept in memory together; in turns, best of {ROUNDS} each",
        ),
    ]


class _Load:
    """Orders that are aggregated and allocated one after the other, all results being kept to the end.

    So that orders of different sizes compare, their loads are of one size: a small order repeated alone
    would find its intents in the processor's cache and its memory still mapped from the time before.
    """

    def __init__(self, groups: list[PooledGroup]) -> None:
        self.groups = groups
        self.best = self.best_cpu = float("inf")
        self._fills = [fills_of(sum(group.intents.quantities) * 7 // 10) for group in groups]

    def time(self) -> None:
        """Do it once; keep the seconds, of the clock and of the processor, if there were never fewer."""
        gc.collect()
        began, used = time.perf_counter(), time.process_time()
        kept = [aggregate_and_allocate(*each) for each in zip(self.groups, self._fills, strict=True)]
        self.best_cpu = min(self.best_cpu, time.process_time() - used)
        self.best = min(self.best, time.perf_counter() - began)
        del kept

    def require_exact(self) -> None:
        """Refuse figures of an allocation that is not exact."""
        for group, fills in zip(self.groups, self._fills, strict=True):
            manifest, shared = aggregate_and_allocate(group, fills)
            require_exact(manifest, fills, shared)


def aggregate_and_allocate(group: PooledGroup, fills: list[Fill]) -> tuple[Manifest, Allocation]:
    """Do what the worker does between the database and the exchange, and after it."""
    screened = screen(group, TERMS).within(0, POSITION_LIMIT)
    carried = screened.carried(dict.fromkeys(set(group.intents.tenants), FLOAT))
    manifest = commit_window(WINDOW, carried.screened)
    manifest.digest()
    return manifest, allocate(manifest, fills)


def waiting(count: int, seed: int = 0) -> PooledGroup:
    """Return intents as the driver decodes them: every value an object of its own."""
    numbers = random.Random(count + seed)  # noqa: S311 - load, not secrets
    quantities = [numbers.randint(1, LARGEST) for _ in range(count)]
    caps = [required_max_total(Action.BUY, each, LIMIT, TERMS.fee_multiplier) for each in quantities]
    return PooledGroup(
        MARKET,
        Side.YES,
        Action.BUY,
        LIMIT,
        OpenIntents(
            ids=tuple(pgproto.UUID(os.urandom(16)) for _ in range(count)),
            accounts=tuple(pgproto.UUID(os.urandom(16)) for _ in range(count)),
            tenants=tuple(pgproto.UUID(bytes([number % TENANTS]) * 16) for number in range(count)),
            quantities=tuple(quantities),
            max_totals=tuple(caps),
            arrivals=tuple(range(1_000, 1_000 + count)),
        ),
    )


def fills_of(quantity: int) -> list[Fill]:
    """Return fills at three prices that give `quantity`."""
    first, second = quantity // 2, quantity // 3
    parts = ((first, 5_400), (second, 5_500), (quantity - first - second, 5_600))
    at = datetime(2026, 11, 20, tzinfo=UTC)
    return [
        Fill(UUID(int=10 + price), ORDER, Ticker("KX"), BookSide.BID, price, part, part * 173, True, at)
        for part, price in parts
    ]


def require_exact(manifest: Manifest, fills: list[Fill], shared: Allocation) -> None:
    """Refuse figures of an allocation that breaks a rule, or that its manifest does not replay."""
    filled, asked = sum(fill.quantity for fill in fills), manifest.quantity
    rows = zip(
        manifest.quantities, manifest.max_totals, shared.quantities, shared.costs, shared.fees, strict=True
    )
    sound = (
        shared.quantity == filled
        and shared.cost == cost_of(fills, manifest.side)
        and shared.fee + shared.excess == sum(fill.fee for fill in fills)
        and all(
            abs(got * asked - filled * wanted) < asked
            and got <= wanted
            and cost <= got * LIMIT
            and cost + fee <= cap
            for wanted, cap, got, cost, fee in rows
        )
        and allocate(read_manifest(manifest.canonical()), fills) == shared
    )
    if not sound:
        raise RuntimeError("the bench's allocation is not exact")
