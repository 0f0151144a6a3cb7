"""A gate over a fresh database: a tenant with rules, customers of whom everything is clear."""

from dataclasses import replace
from datetime import UTC, datetime

import orjson

from customer_stack.aml.domain.events import Event
from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.domain.values import EventKind, Product
from customer_stack.aml.domain.verdicts import Thresholds
from customer_stack.aml.service.assessing import Assessment
from customer_stack.aml.service.rules import Person, Rulebook, RulesService
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Screening
from customer_stack.gate.domain.asking import Ask
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.sitting import Gate
from customer_stack.protection.domain.limits import limits_of_tier
from customer_stack.tenancy.domain import Capability
from customer_stack.tenancy.service import TenancyService
from shared.clock import FixedClock
from shared.ids import SystemIds
from shared.ledger import store as ledger

IDS = SystemIds()
NOW = datetime(2026, 11, 20, 12, 34, 56, 789, tzinfo=UTC)
TIER_LIMITS = limits_of_tier({"24h": 900_00}, {})
REGISTERED = datetime(2026, 1, 5, tzinfo=UTC)


def at_least(counter, amount, *, measure="sum", window="24h"):
    """Return the condition that a customer's counter reaches an amount of cents, or a number."""
    asked = {"counter": {"subject": "customer", "measure": measure, "of": counter, "window": window}}
    return {"at_least": [asked, {"lkr": amount} if measure == "sum" else {"count": amount}]}


async def no_rates():
    return {}


class Bench:
    def __init__(self, fresh):
        self.database = fresh.app
        self.rules = RulesService(fresh.app, FixedClock(NOW), IDS)
        self.gate = self.new_gate()

    async def open(self):
        tenancy = TenancyService(self.database, FixedClock(NOW), IDS)
        tenant, department = await tenancy.ensure_tenant("acme", "Acme", list(Capability))
        self.tenant, self.department = tenant.id, department.id
        return self

    def new_gate(self):
        return Gate(Assessment(Rulebook(), Thresholds()), Rates(no_rates), lambda _tier: TIER_LIMITS)

    async def publish(self, **changes):
        """Let a rule count: one person writes and proposes it, another approves it."""
        rule = {
            "schema": 1,
            "key": "large_deposit",
            "title": "A large deposit",
            "purpose": "For tests.",
            "family": "amounts",
            "applies_to": ["deposit"],
            "when": {"flag": True},
            "score": 20,
            "effect": "hold",
            "fail": "open",
        } | changes
        writer, checker = (Person(self.tenant, IDS.new(), "staff:test") for _ in range(2))
        version = await self.rules.write(writer, rule)
        await self.rules.step(writer, version.id, Step.PROPOSE)
        return await self.rules.step(checker, version.id, Step.APPROVE)

    async def add_customer(self, **changes):
        customer_id = IDS.new()
        async with self.database.transaction(self.tenant) as tx:
            await tx.execute(
                "INSERT INTO customer_account "
                "(tenant_id, id, department_id, status, registered_at, changed_at) "
                "VALUES ($1, $2, $3, 'active', $4, $4)",
                self.tenant,
                customer_id,
                self.department,
                REGISTERED,
            )
            await facts.create(tx, self.tenant, customer_id, country="LK", at=REGISTERED)
            known = {"screening": Screening.CLEAR} | changes
            await facts.change(tx, customer_id, NOW, Changes(**known))
            await ledger.open_books(tx, [(customer_id, self.tenant, "customer")])
        return customer_id

    def ask(self, customer_id, kind=EventKind.WAGER, amount=100_00, **changes):
        product = Product.MARKET if kind is EventKind.WAGER else Product.BANK
        event = Event(IDS.new(), self.tenant, customer_id, kind, product, amount, NOW)
        stake = amount if kind is EventKind.WAGER else 0
        return Ask(event.id, event, "wager" if stake else "payout", stake)._replace(**changes)

    async def decide(self, *asks, gate=None):
        """Rule on asks as one batch, and write it."""
        async with self.database.transaction(self.tenant) as tx:
            await ledger.lock_books(tx, {ask.event.customer_id for ask in asks})
            sitting = await (gate or self.gate).open(tx, asks, NOW)
            rulings = [sitting.decide(ask) for ask in asks]
            await sitting.write(tx)
        return rulings

    async def rows(self, sql, *arguments):
        async with self.database.transaction(self.tenant) as tx:
            return await tx.fetch(sql, *arguments)

    async def value(self, sql, *arguments):
        async with self.database.transaction(self.tenant) as tx:
            return await tx.fetch_value(sql, *arguments)

    async def record(self, ask):
        return orjson.loads(await self.value("SELECT record FROM gate_decision WHERE id = $1", ask.id))


def later(ask, moment):
    """Return an ask of another moment."""
    return ask._replace(event=replace(ask.event, at=moment))
