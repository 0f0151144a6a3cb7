"""What is read for operations: certificates, the queue of events, the server's standbys and archive."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding
from prometheus_client import REGISTRY

from bulkhead_local.lending import FreshDatabase
from shared.database import DatabaseUnavailable
from shared.events import pressure
from shared.events.port import publish
from shared.operations.certificates import end_of, watch_certificates
from shared.operations.gauges import read_gauges
from shared.operations.server_state import read_server

TENANT = UUID("00000000-0000-7000-8000-00000000000a")


def value(metric: str, **labels: str) -> float | None:
    return REGISTRY.get_sample_value(metric, labels)


def certificate(days: int) -> bytes:
    key, now = ed25519.Ed25519PrivateKey.generate(), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "test")])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(1).not_valid_before(now - timedelta(days=400))
    signed = builder.not_valid_after(now + timedelta(days=days)).sign(key, None)
    assert isinstance(signed.signature_hash_algorithm, hashes.HashAlgorithm | None)
    return signed.public_bytes(Encoding.PEM)


def test_the_certificate_that_ends_first_counts_and_an_ended_one_is_below_zero() -> None:
    watch_certificates({"authority": certificate(90) + certificate(7), "boundary": certificate(-1)})
    left = value("bulkhead_certificate_seconds_left", certificate="authority")
    assert left == pytest.approx(7 * 86_400, abs=60)
    ended = value("bulkhead_certificate_seconds_left", certificate="boundary")
    assert ended == pytest.approx(-86_400, abs=60)
    with pytest.raises(ValueError, match="Unable to load"):
        end_of(b"nothing")


async def test_gauges_that_could_not_be_read_do_not_look_fresh() -> None:
    async def broken() -> None:
        raise ConnectionError

    async def good() -> None:
        return None

    with pytest.raises(ConnectionError):
        await read_gauges("broken", broken)()
    await read_gauges("good", good)()
    assert value("bulkhead_gauges_read_timestamp_seconds", gauges="broken") == 0
    read_at = value("bulkhead_gauges_read_timestamp_seconds", gauges="good")
    assert read_at == pytest.approx(datetime.now(UTC).timestamp(), abs=60)


async def test_waiting_and_held_events_are_counted(kernel_database: FreshDatabase) -> None:
    async with kernel_database.app.transaction(TENANT) as tx:
        for number in range(3):
            await publish(tx, "wagers.wager_placed", {}, UUID(int=0x7000_8000_0000_0000_0000 + number))
        await tx.execute("UPDATE pgqueuer SET created = now() - interval '90 seconds' WHERE id = 1")
        await tx.execute("UPDATE pgqueuer SET status = 'failed', created = 'epoch' WHERE id = 2")
    await pressure.measure(kernel_database.app)
    assert [value("bulkhead_events_open", state=state) for state in ("waiting", "held")] == [2, 1]
    assert value("bulkhead_events_oldest_seconds") == pytest.approx(90, abs=30)


async def test_without_events_nothing_is_old(kernel_database: FreshDatabase) -> None:
    await pressure.measure(kernel_database.app)
    assert [value("bulkhead_events_open", state=state) for state in ("waiting", "held")] == [0, 0]
    assert value("bulkhead_events_oldest_seconds") == 0


async def test_a_server_without_standbys_and_archive_says_so(kernel_database: FreshDatabase) -> None:
    await read_server(kernel_database.dsn("superuser"))()
    assert value("bulkhead_replication_standbys") == 0
    assert value("bulkhead_wal_archive_failing") == 0
    assert value("bulkhead_wal_archived_timestamp_seconds") == 0


async def test_a_server_that_does_not_tell_is_a_refusal_that_a_worker_outlives(
    kernel_database: FreshDatabase,
) -> None:
    with pytest.raises(DatabaseUnavailable):
        await read_server(kernel_database.dsn("app").replace("bulkhead_app:", "bulkhead_app:not-"))()
