"""With TLS, the certificate of the caller has to carry the name of the key's sender."""

import datetime as dt
import functools
import ipaddress
from datetime import timedelta
from uuid import UUID, uuid4

import grpc
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from boundary.v1 import boundary_pb2 as pb
from shared.boundary import methods, nonces, wire
from shared.boundary.client import BoundaryClient
from shared.boundary.errors import OutcomeUnknown
from shared.boundary.keys import KeyRing
from shared.boundary.receiver import Identity
from shared.boundary.server import BoundaryServer

REGISTER = methods.REGISTER_ACCOUNTS
IDENT = wire.uuid_to_wire(UUID("0190a5b2-0000-4000-8000-00000000000a"))


async def call(client):
    request = pb.RegisterAccountsRequest(accounts=[pb.Account(account=IDENT, tenant=IDENT)])
    return await client.call(REGISTER, request, idempotency_key=uuid4())


class Authority:
    """A certificate authority for the length of a test."""

    def __init__(self):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.certificate = self._build(self.name, self.key.public_key(), is_authority=True)

    def _build(self, name, public_key, *, is_authority):
        today = dt.datetime.now(dt.UTC)
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        return (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(today - timedelta(days=1))
            .not_valid_after(today + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
            .add_extension(names, critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def issue(self, common_name):
        """Private key and certificate, as PEM."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])
        certificate = self._build(name, key.public_key(), is_authority=False)
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return private, certificate.public_bytes(serialization.Encoding.PEM)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM)


async def test_the_certificate_has_to_own_the_key(wall):
    authority, rogue = Authority(), Authority()
    remember = functools.partial(nonces.consume_alone, wall.database.app)
    credentials = grpc.ssl_server_credentials(
        [authority.issue(wall.callee)], root_certificates=authority.pem, require_client_auth=True
    )
    identity = Identity(wall.callee, KeyRing(wall.keys), wall.clock, remember)
    server = BoundaryServer("127.0.0.1:0", identity, credentials=credentials)
    server.handle(REGISTER, wall.register)
    port = await server.start()

    async def outcome(private, certificate):
        channel = grpc.ssl_channel_credentials(authority.pem, private, certificate)
        names = {"sender": wall.caller, "audience": wall.callee}
        async with BoundaryClient(
            f"127.0.0.1:{port}", KeyRing(wall.keys), **names, clock=wall.clock, credentials=channel
        ) as client:
            try:
                return (await call(client)).registered
            except OutcomeUnknown as unknown:
                return unknown.reason

    try:
        assert await outcome(*authority.issue(wall.caller)) == 1
        assert await outcome(*authority.issue("customer-xx.sandbox")) == "unsigned_answer"
        assert await outcome(*rogue.issue(wall.caller)) == "no_answer"
        assert await outcome(None, None) == "no_answer"
        assert await wall.count_effects() == 1
    finally:
        await server.stop()
