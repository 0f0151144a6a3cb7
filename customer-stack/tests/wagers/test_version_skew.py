"""A new sender at an old receiver: nothing is lost, nothing released, and all is sent after the upgrade."""

import functools
from datetime import timedelta
from uuid import UUID

import orjson
import pytest

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
        now = floor.clock.now()
        self.keys = KeyRing(make_keys(CALLER, CALLEE, not_before=now, not_after=now + timedelta(days=1)))

    async def register(self, request, call):
        await nonces.consume_alone(self.floor.database, call)
        return v1.RegisterAccountsResponse(registered=len(request.accounts))

    async def submit(self, request, call):
        await nonces.consume_alone(self.floor.database, call)
        self.received += [wire.uuid_from_wire(each.intent) for each in request.intents]
        return v2.SubmitIntentsResponse(
            answers=[v2.IntentAnswer(intent=each.intent, outcome=1) for each in request.intents]
        )

    async def start(self, kind, port=0):
        remember = functools.partial(nonces.consume_alone, self.floor.database)
        server = kind(f"127.0.0.1:{port}", Identity(CALLEE, self.keys, self.floor.clock, remember))
        server.handle(methods.REGISTER_ACCOUNTS, self.register)
        server.handle(methods.SUBMIT_INTENTS, self.submit)
        return server, await server.start()


async def until_it_answers(clock, send):
    """Send again and again, as the worker does, until somebody answers; the channel reconnects meanwhile."""
    for _ in range(100):
        clock.advance(timedelta(seconds=15))
        try:
            if answered := await send():
                return answered
        except OutcomeUnknown:
            continue
    return 0


async def test_what_an_old_receiver_does_not_know_waits_until_it_is_upgraded(floor):
    customer = await floor.add_customer()
    wagers = []
    for key in ("one", "two"):
        (answer,) = await floor.place(floor.want(customer, key))
        wagers.append(UUID(orjson.loads(answer)["wager_id"]))
    held = (await floor.wallet(customer)).held
    receiving = Receiving(floor)
    old, port = await receiving.start(OldServer)
    dialling = BoundaryClient(
        f"127.0.0.1:{port}", receiving.keys, sender=CALLER, audience=CALLEE, clock=floor.clock
    )
    async with dialling:
        sending = WagerSending(
            floor.database,
            ExecutionClient(dialling, floor.ids),
            floor.tenancy.list_tenant_ids,
            floor.clock,
            floor.ids,
        )
        with pytest.raises(OutcomeUnknown) as unanswered:
            await sending.register_accounts()
        assert unanswered.value.reason == "no_answer"  # gRPC's own UNIMPLEMENTED, unsigned
        assert await sending.dispatch() == 0  # an account that execution may not know sends nothing
        await floor.sending.register_accounts()
        for _ in range(3):
            assert await sending.dispatch() == 0
            floor.clock.advance(timedelta(seconds=15))
        assert [await floor.state(wager_id) for wager_id in wagers] == ["dispatched"] * 2
        assert (await floor.wallet(customer)).held == held
        assert receiving.received == []

        await old.stop()
        new, _ = await receiving.start(BoundaryServer, port)
        assert await until_it_answers(floor.clock, sending.dispatch) == 2
        await new.stop()
    assert sorted(receiving.received) == sorted(wagers)
    assert [await floor.state(wager_id) for wager_id in wagers] == ["submitted"] * 2
    assert (await floor.wallet(customer)).held == held
    await floor.check_books()
