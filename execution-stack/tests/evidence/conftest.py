"""Operators with keys, a sealer that works, its log's key, and a witness."""

import asyncio
import io
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from execution_stack.evidence.service import WindowPacks
from execution_stack.operators.service import OperatorKeys
from shared.audit.checkpoints import Signer, write_note
from shared.audit.keys import origin_of
from shared.audit.sealer import Pace, Sealer
from shared.audit.store import load_checkpoint
from shared.clock import SystemClock
from shared.evidence.proving import Proving
from shared.ids import SystemIds
from shared.operations.system_key import SystemKey

ORIGIN = origin_of("sandbox", "execution")
LOG = Signer(ORIGIN, bytes(range(32)))
WITNESS = Signer(origin_of("sandbox", "customer"), bytes(range(1, 33)))


async def cosign(tx, size):
    """Give what a witness signed that signs every checkpoint at once."""
    found = await load_checkpoint(tx, at_least=size)
    if found is None:
        return None
    checkpoint = found.checkpoint(ORIGIN)
    lines = [found.line(ORIGIN), WITNESS.cosign(checkpoint, datetime(2026, 11, 28, tzinfo=UTC))]
    return checkpoint, write_note(checkpoint, lines)


@pytest_asyncio.fixture
async def sealing(execution_database):
    stop = asyncio.Event()
    pace = Pace(interval_ms=5, checkpoint_every=timedelta(0))
    sealer = asyncio.create_task(Sealer(execution_database.dsn("sealer"), LOG, pace).run(stop))
    yield
    stop.set()
    await sealer


@pytest_asyncio.fixture
async def operator(execution_database, tmp_path):
    """The file of the key of an operator who stands."""
    keys, files = [], []
    for number in range(2):
        made = Ed25519PrivateKey.generate()
        files.append(tmp_path / f"{number}.pem")
        raw = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        files[-1].write_bytes(raw)
        keys.append((uuid4(), SystemKey(made).public))
    await OperatorKeys(execution_database.app, SystemClock()).found(keys)
    return files[0]


@pytest.fixture
def packs(world):
    def build(load_cosigned=cosign):
        proving = Proving(ORIGIN, (LOG.verifier, WITNESS.verifier), load_cosigned, 0.2)
        return WindowPacks(world.database, proving, world.clock, SystemIds())

    return build


@pytest.fixture
def make(packs, operator, sealing):
    """Make a pack of a window; return it and its bytes."""

    async def pack(window_id, build=packs, holder=None):
        out = io.BytesIO()
        made = await build().make(window_id, holder or SystemKey.read(operator), out.write)
        return made, out.getvalue()

    return pack
