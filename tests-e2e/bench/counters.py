"""AML: reading exact counters of a customer with 20,000 events a day, and judging an event by 30 rules.

The history is thirty days of one busy customer beside many ordinary ones, written by set-based statements;
the busy one is gathered as the product does it, and the product's own check compares afterwards.
"""

import asyncio
import random
import time
import timeit
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from bench.results import Result, percentile_ms
from customer_stack.aml.domain.catalogue import Measure, Subject, Window
from customer_stack.aml.domain.tree import Counter, Fact, FactKey
from customer_stack.aml.domain.values import EventKind, Value
from customer_stack.aml.domain.verdicts import RuleSet, Thresholds
from customer_stack.aml.service.checking import CounterCheck
from customer_stack.aml.service.counting import Ask, read_counters
from customer_stack.aml.starter import load_starter_rules
from customer_stack.aml.store.gathering import gather
from shared.database import Database, Transaction
from shared.ids import SystemIds

DAYS = 30
A_DAY = 20_000
ORDINARY = 2_000
ORDINARY_EVENTS = 100
READS = 2_000
BATCH = 64
RULES = 30
ROLLING = (Window.HOUR, Window.DAY, Window.MONTH)
EVERY = (*ROLLING, Window.WEEK)
NOW = datetime(2026, 11, 20, 12, 34, 56, 789, tzinfo=UTC)

_EVENTS = """
INSERT INTO aml_event (tenant_id, id, customer_id, kind, product, tags, at, counted_at, n, amount, device_id)
SELECT $1, gen_random_uuid(), c.id, 'wager', 'market', 0, c.at, c.at, 1, 12345, c.id FROM (
    SELECT u.id, $3::timestamptz - random() * $4::interval AS at
    FROM unnest($2::uuid[]) AS u (id), generate_series(1, $5::integer)) c
"""


async def fill(dsn: str, tenant: UUID, busy: UUID, ordinary: list[UUID]) -> None:
    """Write the history and what is counted of it."""
    owner = await asyncpg.connect(dsn, timeout=10, command_timeout=300)
    span = timedelta(days=DAYS)
    try:
        await owner.execute(_EVENTS, tenant, [busy], NOW, span, A_DAY * DAYS)
        await owner.execute(_EVENTS, tenant, ordinary, NOW, span, ORDINARY_EVENTS)
        await owner.execute("VACUUM ANALYZE aml_event")
        async with owner.transaction():
            await gather(Transaction(owner, frozenset((tenant,))), [(tenant, 1, busy), (tenant, 3, busy)])
        for table in ("aml_event", "aml_counter", "aml_pair"):
            await owner.execute(f"VACUUM ANALYZE {table}")
    finally:
        await owner.close()


async def measure(app: Database, owner_dsn: str) -> list[Result]:
    """Read the counters of the busy customer and of ordinary ones; judge events by the starter set."""
    ids = SystemIds()
    tenant, busy = ids.new(), ids.new()
    ordinary = [ids.new() for _ in range(ORDINARY)]
    await fill(owner_dsn, tenant, busy, ordinary)
    hot = await _read(app, tenant, [busy], ROLLING)
    every = await _read(app, tenant, [busy], EVERY)
    calm = await _read(app, tenant, ordinary, ROLLING)
    bare = await _ask_nothing(app, tenant)
    batch = [taken / BATCH for taken in await _read(app, tenant, [busy, *ordinary], ROLLING, BATCH)]
    checked = await CounterCheck(app, lambda: _one(tenant)).run()
    if not checked.held:
        raise RuntimeError("the bench's counters do not follow from its events")
    judged = await asyncio.to_thread(judge_us)
    return [
        Result(
            "counters.read_ms",
            percentile_ms(hot, 0.5),
            "ms",
            0.3,
            "lower",
            percentile_ms(hot, 0.5),
            percentile_ms(hot, 0.99),
            f"number and sum in 1 h, 24 h and 30 d, exact, one statement, its round trip included; {A_DAY:,} "
            f"events a day for {DAYS} d; the fastest twentieth {percentile_ms(hot, 0.05)}; p50 with 7 d too "
            f"{percentile_ms(every, 0.5)}, of a customer with {ORDINARY_EVENTS} events "
            f"{percentile_ms(calm, 0.5)}, per customer of a batch of {BATCH} {percentile_ms(batch, 0.5)}; "
            f"a prepared statement that reads nothing {percentile_ms(bare, 0.5)}, "
            f"its fastest twentieth {percentile_ms(bare, 0.05)}",
        ),
        Result(
            "aml.judge_us",
            judged,
            "us of CPU",
            40,
            "lower",
            None,
            None,
            f"{RULES} rules of the starter set, each asked, on one situation, nothing found",
        ),
    ]


async def _one(tenant: UUID) -> list[UUID]:
    return [tenant]


async def _read(
    app: Database, tenant: UUID, customers: list[UUID], windows: Sequence[Window], together: int = 1
) -> list[float]:
    """Return how long each reading took, the way to the server and back included."""
    choose = random.Random(1)  # noqa: S311 - a choice, not a secret
    taken: list[float] = []
    reads = READS // together
    async with app.session() as session:
        for number in range(reads + reads // 10):
            at = NOW - timedelta(microseconds=choose.randrange(3_600_000_000))
            asks = [
                Ask(tenant, customer, Counter(Subject.CUSTOMER, measured, "wagers", window), at)
                for customer in choose.sample(customers, together)
                for window in windows
                for measured in (Measure.SUM, Measure.COUNT)
            ]
            async with session.transaction(tenant, probes_only=True) as tx:
                began = time.perf_counter()
                await read_counters(tx, asks)
                if number >= reads // 10:
                    taken.append(time.perf_counter() - began)
    return taken


async def _ask_nothing(app: Database, tenant: UUID) -> list[float]:
    """Return how long the way to the server and back takes in a transaction of the same kind."""
    taken: list[float] = []
    async with app.session() as session:
        for _ in range(READS):
            async with session.transaction(tenant, probes_only=True) as tx:
                began = time.perf_counter()
                await tx.fetch_value("SELECT $1::integer", 1)
                taken.append(time.perf_counter() - began)
    return taken


QUIET: dict[str, Value] = {
    "event.kind": "deposit",
    "event.product": "bank",
    "event.amount": 12_345_00,
    "event.hour": 12,
    "event.country": "LK",
    "event.balance_before": 100_000_00,
    "event.new_counterparty": False,
    "event.new_instrument": False,
    "event.name_differs": False,
    "customer.tier": "standard",
    "customer.risk": 10,
    "customer.country": "LK",
    "customer.flags": frozenset(),
    "customer.account_age": 100_000_000,
    "customer.idle": 3_600,
    "customer.expected_turnover": 100_000_00,
    "links.opposite_stake": 0,
}


def judge_us() -> float:
    """Return the CPU of one judgement by 30 rules that all are asked and none of which hits."""
    rules = [replace(rule, applies_to=frozenset(EventKind)) for rule in load_starter_rules()[:RULES]]
    found, thresholds, kind = RuleSet(rules), Thresholds(), EventKind.DEPOSIT

    def value(key: FactKey) -> Value:
        return QUIET[key.name] if isinstance(key, Fact) else 1

    facts = found.place(kind, {key: value(key) for key in found.facts_for(kind)})
    if found.judge(kind, facts, thresholds).findings:
        raise RuntimeError("the quiet event is not quiet")
    rounds = 5_000
    times = timeit.repeat(
        lambda: found.judge(kind, facts, thresholds), timer=time.process_time, number=rounds, repeat=5
    )
    return round(min(times) / rounds * 1e6, 2)
