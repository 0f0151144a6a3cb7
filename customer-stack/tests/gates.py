"""A gate for tests of lanes, and rules for it: the real one, over whatever database a test has."""

from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.domain.verdicts import Thresholds
from customer_stack.aml.service.assessing import Assessment
from customer_stack.aml.service.rules import Person, Rulebook, RulesService
from customer_stack.facts import service as facts
from customer_stack.facts.domain import Changes, Screening
from customer_stack.gate.service.rates import Rates
from customer_stack.gate.service.sitting import Gate
from shared.ids import SystemIds

IDS = SystemIds()


async def no_rates():
    return {}


def no_limits(_tier):
    return ()


def build_gate(limits_of=no_limits):
    return Gate(Assessment(Rulebook(), Thresholds()), Rates(no_rates), limits_of)


def at_least(counter, amount, *, measure="sum", window="24h"):
    """Return the condition that a customer's counter reaches an amount of cents, or a number."""
    asked = {"counter": {"subject": "customer", "measure": measure, "of": counter, "window": window}}
    return {"at_least": [asked, {"lkr": amount} if measure == "sum" else {"count": amount}]}


async def publish(database, tenant_id, clock, **changes):
    """Let a rule count: one person writes and proposes it, another approves it."""
    rule = {
        "schema": 1,
        "key": "much",
        "title": "Much money",
        "purpose": "For tests.",
        "family": "amounts",
        "score": 20,
        "effect": "hold",
        "fail": "open",
    } | changes
    service = RulesService(database, clock, IDS)
    writer, checker = (Person(tenant_id, IDS.new(), "staff:test") for _ in range(2))
    version = await service.write(writer, rule)
    await service.step(writer, version.id, Step.PROPOSE)
    await service.step(checker, version.id, Step.APPROVE)


async def make_known(tx, tenant_id, customer_id, at, **changes):
    """Give a customer facts: everything is clear, except what a test says."""
    await facts.create(tx, tenant_id, customer_id, country="LK", at=at)
    await facts.change(tx, customer_id, at, Changes(**({"screening": Screening.CLEAR} | changes)))
