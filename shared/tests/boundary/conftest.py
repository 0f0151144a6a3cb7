"""A real wall: a gRPC server, a client and a database between two stacks that exist only here."""

import functools
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import grpc
import grpc.aio
import pytest

from boundary.v1 import boundary_pb2 as pb
from shared.audit import AuditRecord, append
from shared.boundary import methods, nonces, signing, wire
from shared.boundary.calls import CALL_KEY, CODE_KEY, CallHeader, pack_call
from shared.boundary.client import BoundaryClient
from shared.boundary.keys import Direction, KeyRing, make_keys
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer
from shared.clock import FixedClock

CALLER = "customer-lk.sandbox"
CALLEE = "execution.sandbox"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
TENANT = UUID("0190a5b2-0000-7000-8000-000000000001")


def keys_for(caller=CALLER, callee=CALLEE, start=NOW - timedelta(days=1), end=NOW + timedelta(days=1)):
    return make_keys(caller, callee, not_before=start, not_after=end)


def register(count=1):
    """A request of `count` accounts."""
    return pb.RegisterAccountsRequest(
        accounts=[
            pb.Account(account=wire.uuid_to_wire(uuid4()), tenant=wire.uuid_to_wire(TENANT))
            for _ in range(count)
        ]
    )


def register_bytes(count=1):
    return register(count).SerializeToString(deterministic=True)


class Wall:
    """Both sides, the clock that both read, and what took effect."""

    caller = CALLER
    callee = CALLEE

    def __init__(self, database):
        self.database = database
        self.clock = FixedClock(NOW)
        self.keys = keys_for()
        self.request_key = next(key for key in self.keys if key.direction is Direction.REQUEST)
        self.handlers = {methods.REGISTER_ACCOUNTS: self.register}
        self.server = self.port = self.channel = None

    async def start(self, keys=None, **limits):
        remember = functools.partial(nonces.consume_alone, self.database.app)
        identity = Identity(CALLEE, KeyRing(keys or self.keys), self.clock, remember)
        self.server = BoundaryServer("127.0.0.1:0", identity)
        for method, handler in self.handlers.items():
            self.server.handle(method, handler, **limits)
        self.port = await self.server.start()
        self.channel = grpc.aio.insecure_channel(f"127.0.0.1:{self.port}")
        return self

    async def stop(self):
        if self.server is not None:
            await self.channel.close()
            await self.server.stop()

    async def register(self, request, call):
        """Consume the nonce and record one effect, in one transaction."""
        async with self.database.app.transaction(TENANT) as tx:
            await nonces.consume(tx, call)
            await append(tx, [AuditRecord(TENANT, "account.registered", {}, call.at, "system")])
        return pb.RegisterAccountsResponse(registered=len(request.accounts))

    async def count_effects(self):
        async with self.database.app.transaction(TENANT) as tx:
            return await tx.fetch_value("SELECT count(*) FROM audit_record")

    async def count_nonces(self):
        async with self.database.app.transaction() as tx:
            return await tx.fetch_value("SELECT count(*) FROM boundary_nonce")

    def client(self, keys=None, port=None):
        return BoundaryClient(
            f"127.0.0.1:{port or self.port}",
            KeyRing(keys or self.keys),
            sender=CALLER,
            audience=CALLEE,
            clock=self.clock,
        )

    def header(self, key=None, **changes):
        header = CallHeader(
            (key or self.request_key).id,
            signing.to_ns(self.clock.now()),
            secrets.token_bytes(16),
            uuid4(),
        )
        return replace(header, **changes)

    def signed(self, raw, *, key=None, header=None, method=methods.REGISTER_ACCOUNTS):
        """The metadata of a genuine call."""
        key = key or self.request_key
        header = header or self.header(key)
        return ((CALL_KEY, pack_call(header, signing.sign_request(key, method.path, header, raw))),)

    async def send(self, raw, metadata, method=methods.REGISTER_ACCOUNTS):
        """Deliver bytes as they are; return the code that the server answered, signed or not."""
        call = self.channel.unary_unary(method.path)(raw, metadata=metadata, timeout=10)
        try:
            await call
            trailing = await call.trailing_metadata()
        except grpc.aio.AioRpcError as error:
            trailing = error.trailing_metadata()
        return dict(tuple(trailing)).get(CODE_KEY)


@pytest.fixture
async def wall(kernel_database):
    made = Wall(kernel_database)
    yield made
    await made.stop()


@pytest.fixture
async def running(wall):
    return await wall.start()
