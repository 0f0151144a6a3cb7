"""A desk from which tests do everything with screening, over a fresh database."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest

from customer_stack.customers.domain import ClearanceKind
from customer_stack.customers.service import begin_verification, lock_customer, record_clearance
from customer_stack.facts.service import load as load_facts
from customer_stack.screening.domain.alerts import Subject
from customer_stack.screening.domain.tasks import Reason
from customer_stack.screening.service.alerts import Reviewer
from shared.clock import FixedClock

from .published import Publisher

NOW = datetime(2026, 11, 28, 8, tzinfo=UTC)
HEADER = b"id,names,programme,documents\n"
OTTOLINE = HEADER + b"L-1,Ottoline Vexmoor,p,\nL-2,Zoltan Graywater,p,\n"


class Desk:
    """Everything that a test does with screening, with a clock of its own."""

    def __init__(self, services, tenant, client, registration):
        self.services, self.tenant, self.client, self.registration = services, tenant, client, registration
        self.subjects, self.alerts = services.screening.subjects, services.screening.alerts
        self.clock = FixedClock(NOW)

    def transaction(self):
        return self.services.database.transaction(self.tenant.id)

    def subject(self, customer_id):
        return Subject(self.tenant.id, customer_id)

    async def register(self, **changes):
        answer = await self.client.post("/v1/customers", json=self.registration(**changes))
        assert answer.status_code == 201, answer.text
        customer_id = UUID(answer.json()["customer_id"])
        async with self.transaction() as tx:
            await begin_verification(tx, customer_id, NOW, self.services.ids.new())
            await self.subjects.ask(tx, self.subject(customer_id), Reason.REGISTERED)
        return customer_id

    async def publish(self, raw):
        return await self.services.screening.imports.take("local", Publisher({"local.csv": raw}))

    async def fetch(self, sql, *arguments):
        async with self.transaction() as tx:
            return await tx.fetch(sql, *arguments)

    async def facts(self, customer_id):
        async with self.transaction() as tx:
            return (await load_facts(tx, [customer_id]))[customer_id]

    async def correct(self, customer_id, **changes):
        async with self.transaction() as tx:
            await lock_customer(tx, customer_id)
            profile = await self.services.customers.open_profile(tx, customer_id)
            await self.services.customers.correct_profile(tx, customer_id, replace(profile, **changes), NOW)
            await self.subjects.ask(tx, self.subject(customer_id), Reason.CORRECTED)

    async def identify(self, customer_id):
        async with self.transaction() as tx:
            event_id = self.services.ids.new()
            await record_clearance(
                tx, customer_id, ClearanceKind.IDENTITY, refusal=None, now=NOW, event_id=event_id
            )

    async def alert_of(self, customer_id):
        (row,) = await self.fetch("SELECT id FROM screening_alert WHERE customer_id = $1", customer_id)
        return row["id"]

    async def state_of(self, customer_id):
        rows = await self.fetch("SELECT state FROM screening_alert WHERE customer_id = $1", customer_id)
        return [row["state"] for row in rows]

    async def account(self, customer_id):
        return await self.services.customers.read_account(self.tenant.id, customer_id)

    async def work(self):
        return await self.subjects.work([self.tenant.id])

    async def decide(self, customer_id, *steps):
        """Take steps, each by another person."""
        for step in steps:
            alert_id = await self.alert_of(customer_id)
            await self.alerts.step(self.officer(), alert_id, step, "looked at both papers")

    def officer(self, **changes):
        staff_id = uuid4()
        return replace(Reviewer(self.tenant.id, staff_id, None, f"staff:{staff_id}"), **changes)


@pytest.fixture
def desk(services, tenant, client, registration, monkeypatch):
    made = Desk(services, tenant, client, registration)
    for each in (made.subjects, made.alerts, services.screening.imports, services.screening.rescreening):
        monkeypatch.setattr(each, "_clock", made.clock)
    return made
