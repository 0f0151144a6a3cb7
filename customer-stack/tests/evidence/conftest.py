"""A sealer that works while packs are made, and its log's key."""

import asyncio
from datetime import timedelta

import pytest_asyncio

from shared.audit.checkpoints import Signer
from shared.audit.keys import origin_of
from shared.audit.sealer import Pace, Sealer
from shared.evidence.proving import Proving

ORIGIN = origin_of("sandbox", "customer")
LOG = Signer(ORIGIN, bytes(range(32)))
WITNESS = Signer(origin_of("sandbox", "execution"), bytes(range(1, 33)))


@pytest_asyncio.fixture
async def sealing(customer_database):
    stop = asyncio.Event()
    pace = Pace(interval_ms=5, checkpoint_every=timedelta(0))
    sealer = asyncio.create_task(Sealer(customer_database.dsn("sealer"), LOG, pace).run(stop))
    yield
    stop.set()
    await sealer


@pytest_asyncio.fixture
async def making(services, sealing):
    """Makes packs with a log's own signature, as long as no witness is there."""
    return services.evidence.build_making(Proving(ORIGIN, (LOG.verifier,), None))
