"""What compliance adds to the CPU of a wager: a lane without the gate, with it, and with 30 published rules.

CPU is that of this process and of all processes of its PostgreSQL server, per wager, under 64 in flight.
The lane without the gate decides, records, reserves and audits as the product does, and counts nothing.
"""

import asyncio
import hashlib
import itertools
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psutil
from asyncpg.pgproto import pgproto

from bench.results import Result
from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Answer, Thresholds
from customer_stack.aml.service.assessing import Assessment
from customer_stack.aml.service.rules import Person, Rulebook, RulesService
from customer_stack.aml.starter import load_starter_rules
from customer_stack.boundary_client.domain import Action, MarketListing, MarketStatus, Side
from customer_stack.customers.service import load_standings
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Screening
from customer_stack.gate.domain.asking import Ask, Ruling
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.sitting import Gate, Sitting
from customer_stack.markets.domain import Market
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService, load_capabilities
from customer_stack.wagers.service.placing import PlaceWager, WagerPlacement
from shared.clock import SystemClock
from shared.database import Database, Transaction
from shared.idempotency import Claim, digest_of, key_of
from shared.ids import SystemIds
from shared.lanes import Lane
from shared.ledger import store as ledger
from shared.ledger.domain import USD, Movement, Posting, Transfer
from shared.operations.process import spare_collector

CUSTOMERS = 1_024
"""As many as make some wagers within an hour each: who makes hundreds in minutes is read more slowly."""
IN_FLIGHT = 64
RULES = 30
WAGERS = 1_500
TURNS = 5
GOAL = 0.25
_IDS = SystemIds()
_NUMBERS = itertools.count()
NOW = datetime.now(UTC)


@dataclass(frozen=True)
class Customer:
    """Who wagers, on which session."""

    id: UUID
    session_id: UUID


@dataclass
class House:
    """A tenant with an open market and customers who have money and a device each."""

    database: Database
    tenant_id: UUID
    market: Market
    customers: list[Customer]

    def get(self, _market_id: UUID) -> Market:
        """Return the one market: the snapshot that a lane asks."""
        return self.market


class PlainSitting(Sitting):
    """A sitting without compliance: every ask is allowed, and recorded as the product alone recorded it."""

    def __init__(self, gate: Gate, now: datetime) -> None:
        """Begin with nothing read."""
        super().__init__(gate, now, None, {}, {}, {}, {})  # type: ignore[arg-type]  # asked nothing

    def decide(self, ask: Ask, product: bytes | None = None, facts: Any = None) -> Ruling:
        """Allow, and record."""
        self._append(ask, Answer.ALLOW, 0, None, None, product or b"{}")
        return Ruling(Answer.ALLOW, ())


class PlainGate(Gate):
    """A lane's gate without compliance."""

    async def open(
        self, tx: Transaction, asks: Sequence[Ask], now: datetime, observed: Sequence[Ask] = ()
    ) -> Sitting:
        """Read nothing."""
        return PlainSitting(self, now)


async def measure(app: Database, postmaster: int) -> list[Result]:
    """Take turns between the three lanes, so that what else the machine does falls on all of them."""
    house = await _open_house(app)
    plain = _lane(house, PlainGate)
    gated = _lane(house, Gate)
    figures: dict[str, list[float]] = {"plain": [], "gate": [], "rules": []}
    for lane in (plain, gated):
        await lane.start()
        await _place(lane, house, WAGERS // 4)
    spare_collector()  # as the process with the lanes does
    for _ in range(TURNS):
        figures["plain"].append(await _cpu(plain, house, postmaster))
        figures["gate"].append(await _cpu(gated, house, postmaster))
    await _publish(house)
    await _place(gated, house, WAGERS // 4)
    between = []
    for _ in range(TURNS):
        between.append(await _cpu(plain, house, postmaster))
        figures["rules"].append(await _cpu(gated, house, postmaster))
    for lane in (plain, gated):
        await lane.stop()
    without, alone = statistics.median(figures["plain"]), statistics.median(figures["gate"])
    later, ruled = statistics.median(between), statistics.median(figures["rules"])
    overhead = ruled / later - 1
    conditions = (
        f"CPU of the lane's process and its PostgreSQL per wager: {later:.0f} us without the gate, "
        f"{ruled:.0f} us with it and {RULES} published rules of the starter set; without rules "
        f"{without:.0f} and {alone:.0f} us, {alone / without - 1:.3f}; {IN_FLIGHT} in flight, "
        f"{CUSTOMERS} customers"
    )
    return [Result("gate.cpu_overhead", round(overhead, 3), "share", GOAL, "lower", None, None, conditions)]


async def _cpu(lane: Lane[PlaceWager, bytes], house: House, postmaster: int) -> float:
    """Return microseconds of CPU per wager."""
    before = _spent(postmaster)
    await _place(lane, house, WAGERS)
    return (_spent(postmaster) - before) / WAGERS * 1e6


def _spent(postmaster: int) -> float:
    server = psutil.Process(postmaster)
    times = [each.cpu_times() for each in (server, *server.children(recursive=True))]
    spent: float = time.process_time() + sum(each.user + each.system for each in times)
    return spent


async def _place(lane: Lane[PlaceWager, bytes], house: House, count: int) -> None:
    customers = itertools.cycle(house.customers)

    async def client(share: int) -> None:
        for _ in range(share):
            await lane.submit(_want(house, next(customers)), timeout_seconds=30)

    await asyncio.gather(*(client(count // IN_FLIGHT) for _ in range(IN_FLIGHT)))


def _want(house: House, customer: Customer) -> PlaceWager:
    number = next(_NUMBERS)
    claim = Claim(customer.id, key_of(f"bench-{number}"), digest_of("place", number.to_bytes(8)))
    return PlaceWager(
        house.tenant_id,
        customer.id,
        customer.session_id,
        claim,
        house.market.id,
        Side.YES,
        Action.BUY,
        1,
        5600,
        "LK",
    )


def _lane(house: House, kind: Callable[..., Gate]) -> Lane[PlaceWager, bytes]:
    async def no_rates() -> dict[UUID, Any]:
        return {}

    gate = kind(Assessment(Rulebook(), Thresholds()), Rates(no_rates), lambda _tier: ())
    clock = SystemClock()
    placement = WagerPlacement(house, load_standings, load_capabilities, gate, clock, _IDS)
    return Lane(kind.__name__, house.database, placement.handle, tenant_of=lambda want: want.tenant_id)


async def _publish(house: House) -> None:
    """Publish 30 rules of the starter set, first those that judge wagers."""
    starter = sorted(load_starter_rules(), key=lambda rule: EventKind.WAGER not in rule.applies_to)
    rules = RulesService(house.database, SystemClock(), _IDS)
    writer, checker = (Person(house.tenant_id, _IDS.new(), "staff:bench") for _ in range(2))
    for rule in starter[:RULES]:
        version = await rules.write(writer, rule.document)
        await rules.step(writer, version.id, Step.PROPOSE)
        await rules.step(checker, version.id, Step.APPROVE)


async def _open_house(app: Database) -> House:
    tenancy = TenancyService(app, SystemClock(), _IDS)
    tenant, department = await tenancy.ensure_tenant("bench", "Bench", [Capability.WAGERS])
    listing = MarketListing(
        _IDS.new(),
        "RAIN-1",
        "Rain in Colombo tomorrow?",
        "Resolves YES when it rains.",
        MarketStatus.OPEN,
        100,
        5500,
        5700,
        NOW + timedelta(days=1),
        10_000,
        None,
    )
    async with app.transaction(tenant.id) as tx:
        assets = await ledger.get_contract_assets(tx, [(listing.market_id, side.value) for side in Side])
        market = Market(listing, *(assets[listing.market_id, side.value] for side in Side))
        customers = [await _add_customer(tx, tenant.id, department.id) for _ in range(CUSTOMERS)]
    return House(app, pgproto.UUID(tenant.id.bytes), market, customers)


async def _add_customer(tx: Transaction, tenant_id: UUID, department_id: UUID) -> Customer:
    """Make somebody who is active and screened, with a session on a device and a thousand dollars.

    Their ids are of the driver's class, as those of a session read from the database are.
    """
    customer = Customer(*(pgproto.UUID(_IDS.new().bytes) for _ in range(2)))
    await tx.execute(
        "INSERT INTO customer_account (tenant_id, id, department_id, status, registered_at, changed_at) "
        "VALUES ($1, $2, $3, 'active', $4, $4)",
        tenant_id,
        customer.id,
        department_id,
        NOW,
    )
    await facts.create(tx, tenant_id, customer.id, country="LK", at=NOW)
    known = Changes(screening=Screening.CLEAR, tier="standard", risk=10, expected_turnover=10**9)
    await facts.change(tx, customer.id, NOW, known)
    await tx.execute(
        "INSERT INTO customer_pseudonym (tenant_id, customer_id, account_reference) VALUES ($1, $2, $3)",
        tenant_id,
        customer.id,
        _IDS.new(),
    )
    await tx.execute(
        "INSERT INTO customer_session "
        "(tenant_id, id, customer_id, token_hash, started_at, expires_at, device_id) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7)",
        tenant_id,
        customer.session_id,
        customer.id,
        hashlib.sha256(customer.id.bytes).digest(),
        NOW,
        NOW + timedelta(hours=12),
        _IDS.new(),
    )
    await ledger.open_books(tx, [(customer.id, tenant_id, "customer")])
    posting = Posting(USD, "desk", "wallet", 10**9, "conversion")
    deposit = Transfer(_IDS.new(), _IDS.new(), tenant_id, customer.id, "fx_conversion", NOW, (posting,))
    await ledger.post(tx, Movement(transfers=(deposit,)))
    return customer
