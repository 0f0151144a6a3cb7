"""An office with three people who write and approve rules, over a fresh database."""

from datetime import UTC, datetime

from customer_stack.aml.domain.lifecycle import Step
from customer_stack.aml.domain.tree import Fact
from customer_stack.aml.domain.values import EventKind
from customer_stack.aml.domain.verdicts import Thresholds
from customer_stack.aml.service.rules import Person, Rulebook, RulesService
from shared.clock import FixedClock
from shared.ids import SystemIds

IDS = SystemIds()
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def document(key="large_deposit", least=100, **changes):
    return {
        "schema": 1,
        "key": key,
        "title": "A large deposit",
        "purpose": "For tests.",
        "family": "amounts",
        "applies_to": ["deposit"],
        "when": {"at_least": [{"fact": "event.amount"}, {"lkr": least}]},
        "score": 20,
        "effect": "hold",
        "fail": "open",
    } | changes


class Office:
    def __init__(self, database):
        self.fresh = database
        self.database = database.app
        self.service = RulesService(database.app, FixedClock(NOW), IDS)
        self.tenant = IDS.new()
        self.writer, self.checker, self.other = (self.person() for _ in range(3))

    def person(self, tenant=None):
        staff_id = IDS.new()
        return Person(tenant or self.tenant, staff_id, f"staff:{staff_id}")

    async def publish(self, **changes):
        version = await self.service.write(self.writer, document(**changes))
        await self.service.step(self.writer, version.id, Step.PROPOSE)
        return await self.service.step(self.checker, version.id, Step.APPROVE)

    async def judge(self, amount, rulebook=None):
        async with self.database.transaction(self.tenant) as tx:
            rules = (await (rulebook or Rulebook()).load(tx, frozenset({self.tenant}))).get(self.tenant)
        if rules is None:
            return None
        facts = rules.place(EventKind.DEPOSIT, {Fact("event.amount"): amount})
        return rules.judge(EventKind.DEPOSIT, facts, Thresholds())

    async def state(self, version):
        return (await self.service.get_version(self.tenant, version.id))[0].state
