"""A log's key, and a sealer of one turn."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from shared.audit import AuditRecord, append
from shared.audit.checkpoints import Signer
from shared.audit.sealer import Pace, Sealer
from shared.database import Database

ORIGIN = "bulkhead/sandbox/customer"
TENANT = UUID("0190a5b2-0000-7000-8000-000000000001")
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
SIGNER = Signer(ORIGIN, bytes(range(32)))
EVERY_TURN = Pace(interval_ms=5, checkpoint_every=timedelta(0))


class Book:
    """Writes records into a database and seals them, turn by turn."""

    def __init__(self, database):
        self.database = database
        self.written = 0

    async def write(self, count, tenant=TENANT):
        bodies = ({"number": self.written + i} for i in range(count))
        async with self.database.app.transaction(tenant) as tx:
            await append(tx, [AuditRecord(tenant, "wager.placed", body, AT, "system") for body in bodies])
        self.written += count

    async def seal(self, pace=EVERY_TURN, signer=SIGNER):
        connected = await Database.connect(self.database.dsn("sealer"), name="test-sealer", pool_size=1)
        try:
            async with connected.session() as session:
                while await Sealer("unused", signer, pace).take_turn(session):
                    pass
        finally:
            await connected.close()

    async def positions(self):
        """Return the (txid, id) of every record in the order of sealing."""
        auditor = await self.database.connect("auditor")
        return [tuple(row) for row in await auditor.fetch("SELECT txid, id FROM audit_record ORDER BY 1, 2")]


@pytest.fixture
def book(kernel_database):
    return Book(kernel_database)
