"""An execution stack that takes every intent, behind a real door that can be shut, old, or full."""

import asyncio
import functools
from datetime import timedelta

from boundary.v1 import boundary_pb2 as v1
from boundary.v2 import boundary_pb2 as v2
from customer_stack.boundary_client.service import ExecutionClient
from customer_stack.wagers.service.sending import WagerSending
from shared.boundary import methods, nonces, wire
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import OutcomeUnknown
from shared.boundary.keys import KeyRing, make_keys
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer

CALLER, CALLEE = "customer-lk.sandbox", "execution.sandbox"


class OldServer(BoundaryServer):
    """A receiver as it was before the newest version: it answers the older paths only."""

    def handle(self, method, handler, **limits):
        super().handle(method, handler, **limits)
        del self._routes[method.path]


class Receiving:
    """An execution stack that takes every intent, and remembers which."""

    def __init__(self, floor):
        self.floor = floor
        self.received = []
        self.open = asyncio.Event()
        self.open.set()
        self.entered = asyncio.Event()
        now = floor.clock.now()
        self.keys = KeyRing(make_keys(CALLER, CALLEE, not_before=now, not_after=now + timedelta(days=1)))

    async def register(self, request, call):
        await nonces.consume_alone(self.floor.database, call)
        return v1.RegisterAccountsResponse(registered=len(request.accounts))

    async def submit(self, request, call):
        await nonces.consume_alone(self.floor.database, call)
        self.entered.set()
        await self.open.wait()
        self.received += [wire.uuid_from_wire(each.intent) for each in request.intents]
        return v2.SubmitIntentsResponse(
            answers=[v2.IntentAnswer(intent=each.intent, outcome=1) for each in request.intents]
        )

    async def start(self, kind, port=0):
        remember = functools.partial(nonces.consume_alone, self.floor.database)
        server = kind(f"127.0.0.1:{port}", Identity(CALLEE, self.keys, self.floor.clock, remember))
        server.handle(methods.REGISTER_ACCOUNTS, self.register)
        server.handle(methods.SUBMIT_INTENTS, self.submit, concurrent_calls=1)
        return server, await server.start()

    def dial(self, port):
        """Return a client of the door, and a sender that uses it."""
        client = BoundaryClient(
            f"127.0.0.1:{port}", self.keys, sender=CALLER, audience=CALLEE, clock=self.floor.clock
        )
        execution = ExecutionClient(client, self.floor.ids)
        tenants = self.floor.tenancy.list_tenant_ids
        sending = WagerSending(self.floor.database, execution, tenants, self.floor.clock, self.floor.ids)
        return client, sending


async def until_it_answers(clock, send):
    """Send again and again, as the worker does, until somebody answers; the channel reconnects meanwhile."""
    for _ in range(100):
        clock.advance(timedelta(seconds=15))
        try:
            if answered := await send():
                return answered
        except OutcomeUnknown:
            continue
        await asyncio.sleep(0.02)
    return 0
