"""Two stacks, each with a database of its own, its key and the other's public key, and the wall between."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from boundary.v2 import boundary_pb2 as v2
from shared.audit import AuditRecord, append
from shared.audit.checkpoints import Signer
from shared.audit.sealer import Pace, Sealer
from shared.audit.witness import Witness, alarms, store
from shared.audit.witness.exchange import Exchange, answer_exchange
from shared.boundary import schema
from shared.boundary.errors import OutcomeUnknown
from shared.clock import FixedClock
from shared.database import Database
from shared.ids import HOUSE_TENANT

from .logs import AT

AT_ONCE = Pace(checkpoint_every=timedelta(0))


def through(message, parse):
    """Return a message as the wall lets it through."""
    return parse(message.SerializeToString(deterministic=True), type(message))


class Stack:
    """One stack's database with its log's key."""

    def __init__(self, name, database, clock):
        self.name, self.database, self.clock = name, database, clock
        self.signer = Signer(f"bulkhead/test/{name}", name.encode().ljust(32))
        self.sealer = Sealer("unused", self.signer, AT_ONCE)
        self.written = 0

    def meet(self, other):
        self.witness = Witness(self.signer, [self.signer.verifier], [other.signer.verifier])
        self.other = other
        return self

    async def act(self, count=1):
        """Record that something happened, each in its own transaction, and seal it."""
        for _ in range(count):
            await self.write(1)
        await self.seal()

    async def write(self, count):
        """Record many things in one transaction."""
        at, bodies = self.clock.now(), [{"number": self.written + i} for i in range(1, count + 1)]
        self.written += count
        async with self.database.app.transaction(HOUSE_TENANT) as tx:
            made = [AuditRecord(HOUSE_TENANT, "wager.placed", body, at, "system") for body in bodies]
            await append(tx, made)

    async def seal(self):
        sealing = await Database.connect(self.database.dsn("sealer"), name="test-sealer", pool_size=1)
        try:
            async with sealing.session() as session:
                await self.sealer.take_turn(session)
        finally:
            await sealing.close()

    async def alarms(self):
        async with self.database.app.transaction() as tx:
            found = await alarms.list_alarms(tx, 100, only_standing=True)
        return [alarm.evidence.kind.value for alarm in found]

    async def held(self):
        async with self.database.app.transaction() as tx:
            return await store.load_held(tx)

    async def cosigned(self):
        """Return how much of our log the other has signed, as far as we know."""
        async with self.database.app.transaction() as tx:
            return await store.load_received_size(tx, await store.load_epoch(tx))


class Wall:
    """Carries exchanges; `lose_answers` drops what comes back."""

    def __init__(self, customer, execution, clock):
        self.customer, self.execution, self.clock = customer, execution, clock
        self.lose_answers = False
        self.asker = self.new_asker()

    def new_asker(self):
        """Return a worker that was just started."""
        return Exchange(self.customer.database.app, self.customer.witness, self.ask, self.clock)

    async def ask(self, request):
        request = through(request, schema.parse_request)
        execution = self.execution
        async with execution.database.app.transaction(HOUSE_TENANT) as tx:
            answer = await answer_exchange(
                tx, execution.witness, request, sent_at=self.clock.now(), now=self.clock.now()
            )
        if self.lose_answers:
            raise OutcomeUnknown("no_answer")
        self.said = v2.ExchangeCheckpointsResponse.Verdict.Name(answer.verdict).removeprefix("VERDICT_")
        return through(answer, schema.parse_response)

    async def exchange(self, times=1, later=timedelta(seconds=1)):
        for _ in range(times):
            self.clock.advance(later)
            await self.asker.exchange()


@pytest.fixture
async def stacks(lent_databases):
    """Both stacks, strangers to each other so far."""
    async with lent_databases.lend("kernel") as one, lent_databases.lend("kernel") as two:
        clock = FixedClock(AT)
        customer, execution = Stack("customer", one, clock), Stack("execution", two, clock)
        customer.meet(execution)
        execution.meet(customer)
        wall = Wall(customer, execution, clock)
        yield SimpleNamespace(customer=customer, execution=execution, wall=wall, clock=clock)
