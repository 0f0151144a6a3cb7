"""With TLS, certificates carry names: the caller's that of the key's sender, the server's its own."""

import functools
from datetime import UTC, datetime
from uuid import UUID, uuid4

import grpc
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from boundary.v1 import boundary_pb2 as pb
from bulkhead_local.certificates import Authority
from shared.boundary import methods, nonces, wire
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import OutcomeUnknown
from shared.boundary.keys import KeyRing
from shared.boundary.receiver import REFUSALS, Identity
from shared.boundary.server import BoundaryServer

REGISTER = methods.REGISTER_ACCOUNTS
IDENT = wire.uuid_to_wire(UUID("0190a5b2-0000-4000-8000-00000000000a"))


class Issuer:
    """A certificate authority for the length of a test."""

    def __init__(self):
        self.authority = Authority.make(datetime.now(UTC))
        self.pem = self.authority.certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, name):
        """Private key and certificate, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self.authority.issue(name, key.public_key(), datetime.now(UTC))
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private, certificate.public_bytes(serialization.Encoding.PEM)


class Secured:
    """A server of the wall over TLS, and calls to it with whatever certificate."""

    def __init__(self, wall):
        self.wall, self.issuer = wall, Issuer()

    async def start(self, name):
        remember = functools.partial(nonces.consume_alone, self.wall.database.app)
        credentials = grpc.ssl_server_credentials(
            [self.issuer.issue(name)], root_certificates=self.issuer.pem, require_client_auth=True
        )
        identity = Identity(self.wall.callee, KeyRing(self.wall.keys), self.wall.clock, remember)
        self.server = BoundaryServer("127.0.0.1:0", identity, credentials=credentials)
        self.server.handle(REGISTER, self.wall.register)
        self.port = await self.server.start()

    async def outcome(self, private, certificate):
        """How many accounts were registered, or why nothing is known."""
        channel = grpc.ssl_channel_credentials(self.issuer.pem, private, certificate)
        names = {"sender": self.wall.caller, "audience": self.wall.callee}
        request = pb.RegisterAccountsRequest(accounts=[pb.Account(account=IDENT, tenant=IDENT)])
        keys = KeyRing(self.wall.keys)
        async with BoundaryClient(
            f"127.0.0.1:{self.port}", keys, **names, clock=self.wall.clock, credentials=channel
        ) as client:
            try:
                return (await client.call(REGISTER, request, idempotency_key=uuid4())).registered
            except OutcomeUnknown as unknown:
                return unknown.reason


@pytest.fixture
async def secured(wall):
    made = Secured(wall)
    yield made
    await made.server.stop()


async def test_the_certificate_has_to_own_the_key(wall, secured):
    await secured.start(wall.callee)
    issuer, rogue, refused = secured.issuer, Issuer(), REFUSALS.labels("wrong_peer")._value.get
    before = refused()
    assert await secured.outcome(*issuer.issue(wall.caller)) == 1
    assert await secured.outcome(*issuer.issue("customer-xx.sandbox")) == "unsigned_answer"
    assert await secured.outcome(*issuer.issue("*.sandbox")) == "unsigned_answer"
    assert refused() == before + 2
    assert await secured.outcome(*rogue.issue(wall.caller)) == "no_answer"
    assert await secured.outcome(None, None) == "no_answer"
    assert await wall.count_effects() == 1


async def test_a_server_with_another_name_is_told_nothing(wall, secured):
    await secured.start("execution-xx.sandbox")
    assert await secured.outcome(*secured.issuer.issue(wall.caller)) == "no_answer"
    assert await wall.count_nonces() == 0
