"""Something to seal."""

from datetime import UTC, datetime

import pytest

from shared.audit import AuditRecord, append
from shared.ids import HOUSE_TENANT


@pytest.fixture
def record_something():
    async def record(database):
        at = datetime(2026, 11, 20, 12, tzinfo=UTC)
        async with database.app.transaction(HOUSE_TENANT) as tx:
            await append(tx, [AuditRecord(HOUSE_TENANT, "wager.placed", {"number": 1}, at, "system")])

    return record
