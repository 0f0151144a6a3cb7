"""A copy is read through TLS as it is read without: by the driver's own connection, lent and given back.

The embedded server is built without TLS. So a front speaks PostgreSQL's request for it and TLS with a
certificate of our own, and hands the bytes on to the server's socket, as proxies before servers do.
"""

import asyncio
import hashlib
import ssl
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
import pytest_asyncio
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from bulkhead_local.certificates import Authority
from shared.audit.copying import CopyBroken, hash_rows
from shared.audit.verify import verify
from shared.database_address import DatabaseAddressUnusable

from .conftest import SIGNER

SSL_REQUEST = (8).to_bytes(4, "big") + (80877103).to_bytes(4, "big")
ROWS = "SELECT n, repeat(chr(97 + n % 26), n * 37 % 900) AS words FROM generate_series(1, {}) AS n"
LONG_ROWS = "SELECT repeat(chr(97 + n % 26), 60000) AS words FROM generate_series(1, {}) AS n"


def write_pem(path, *parts):
    path.write_bytes(b"".join(parts))
    return path


class Front:
    """What clients reach: TLS before the socket of a server."""

    def __init__(self, socket_folder, context):
        self.socket, self.context = f"{socket_folder}/.s.PGSQL.5432", context
        self.sessions, self.served = set(), 0

    async def serve(self, reader, writer):
        self.sessions.add(asyncio.current_task())
        writers = [writer]
        try:
            assert await reader.readexactly(8) == SSL_REQUEST
            writer.write(b"S")
            await writer.start_tls(self.context)
            self.served += 1
            inner_reader, inner_writer = await asyncio.open_unix_connection(self.socket)
            writers.append(inner_writer)
            async with asyncio.TaskGroup() as ways:
                ways.create_task(self.pump(reader, inner_writer))
                ways.create_task(self.pump(inner_reader, writer))
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            for each in writers:
                each.transport.abort()
            self.sessions.discard(asyncio.current_task())

    async def pump(self, reader, writer):
        """Hand on what one side says; when it has ended, end the other one too."""
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                writer.write(data)
                await writer.drain()
        writer.transport.abort()


@asynccontextmanager
async def front_of(dsn, folder, authority):
    """Open a front whose certificate `authority` issued; give it, and the address through it."""
    key = ec.generate_private_key(ec.SECP256R1())
    pem = serialization.Encoding.PEM
    certificate = authority.issue("database.sandbox", key.public_key(), datetime.now(UTC)).public_bytes(pem)
    form = (pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(write_pem(folder / "front.pem", certificate, key.private_bytes(*form)))
    parts = urlsplit(dsn)
    front = Front(parse_qs(parts.query)["host"][0], context)
    server = await asyncio.start_server(front.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    try:
        yield front, f"postgresql://{parts.netloc.split('@')[0]}@127.0.0.1:{port}{parts.path}"
    finally:
        server.close()
        for session in front.sessions:
            session.cancel()
        await asyncio.gather(*front.sessions, return_exceptions=True)


@pytest_asyncio.fixture
async def secured(kernel_database, tmp_path):
    """The auditor's address through TLS, whose authority is checked."""
    authority = Authority.make(datetime.now(UTC))
    root = write_pem(tmp_path / "root.pem", authority.certificate.public_bytes(serialization.Encoding.PEM))
    async with front_of(kernel_database.dsn("auditor"), tmp_path, authority) as (front, dsn):
        yield f"{dsn}?sslmode=verify-ca&sslrootcert={root}"
        assert front.served > 0


@pytest_asyncio.fixture
async def connection(secured):
    found = await asyncpg.connect(secured, command_timeout=10)
    assert found._transport.get_extra_info("ssl_object").version().startswith("TLS")
    yield found
    found.terminate()


@pytest.mark.parametrize("query", [ROWS.format(20_000), ROWS.format(3), LONG_ROWS.format(120)])
async def test_the_same_rows_have_the_same_hashes(kernel_database, connection, query):
    plain = await kernel_database.connect("auditor")
    expected = await hash_rows(plain, query)
    assert await hash_rows(connection, query) == expected
    assert await connection.fetchval("SELECT count(*) FROM (" + query + ") AS rows") == len(expected)
    assert (
        await hash_rows(connection, query) == expected
    )  # the driver had its connection back, and lent it again


async def test_a_row_is_hashed_as_it_stands(connection):
    row = b"\x00\x01" + (4).to_bytes(4, "big") + (7).to_bytes(4, "big")
    assert await hash_rows(connection, "SELECT 7::integer") == [hashlib.sha256(row).digest()]


async def test_a_copy_that_breaks_off_is_told_and_the_connection_goes_on(connection):
    with pytest.raises(CopyBroken, match="22012"):
        await hash_rows(
            connection, "SELECT 1 / (30000 - n), repeat('x', 200) FROM generate_series(1, 60000) AS n"
        )
    assert await connection.fetchval("SELECT 7") == 7


async def test_a_session_that_ends_within_a_copy_is_no_short_history(kernel_database, connection):
    superuser = await kernel_database.connect("superuser")
    query = "SELECT n, pg_sleep(0.01)::text FROM generate_series(1, 100000) AS n"
    copy = asyncio.create_task(hash_rows(connection, query))
    while not await superuser.fetchval(  # noqa: ASYNC110 - another process' work is waited for
        "SELECT true FROM pg_stat_activity WHERE pid = $1 AND state = 'active' AND query LIKE 'COPY%'",
        connection.get_server_pid(),
    ):
        await asyncio.sleep(0.01)
    await superuser.execute("SELECT pg_terminate_backend($1)", connection.get_server_pid())
    with pytest.raises(CopyBroken):
        await copy
    assert connection.is_closed()


async def test_a_whole_history_is_verified_through_tls(book, secured):
    for _ in range(3):
        await book.write(700)
        await book.seal()
    report = await verify(secured, verifiers=[SIGNER.verifier])
    assert (report.is_good, report.head.size, report.unsealed) == (True, 2100, 0)
    superuser = await book.database.connect("superuser")
    await superuser.execute(
        "SET session_replication_role = replica; UPDATE audit_record SET kind = 'wager.cancelled' "
        "WHERE id = (SELECT id FROM audit_record ORDER BY txid, id OFFSET 1000 LIMIT 1)"
    )
    assert not (await verify(secured, verifiers=[SIGNER.verifier])).is_good


async def test_a_server_of_another_authority_is_sent_nothing(kernel_database, tmp_path):
    other = Authority.make(datetime.now(UTC)).certificate.public_bytes(serialization.Encoding.PEM)
    root = write_pem(tmp_path / "other.pem", other)
    async with front_of(kernel_database.dsn("auditor"), tmp_path, Authority.make(datetime.now(UTC))) as found:
        front, dsn = found
        with pytest.raises(DatabaseAddressUnusable):
            await verify(f"{dsn}?sslmode=verify-ca&sslrootcert={root}")
        assert front.served == 0
