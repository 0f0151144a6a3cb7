"""A restore that lost records, and the person who compares with the banks afterwards."""

from datetime import datetime
from typing import Any
from uuid import UUID

from shared import outflow
from shared.audit.witness.domain import RestoreCause
from shared.audit.witness.service import begin_epoch
from shared.ids import HOUSE_TENANT

OPERATOR = UUID(int=7)


async def lose_records(database: Any, now: datetime) -> None:
    """Let the audit go on in a new epoch: from here on money is held."""
    async with database.transaction(HOUSE_TENANT) as tx:
        await begin_epoch(tx, OPERATOR, RestoreCause.BACKUP_RESTORED, now)


async def compare_with_banks(database: Any, now: datetime) -> None:
    """Say that statements up to now were compared."""
    async with database.transaction(HOUSE_TENANT) as tx:
        await outflow.resume(tx, OPERATOR, now, now)
