"""Verifies a whole history: reads every record and seal in order and computes every hash again.

It needs only to read, works on a live database, and holds a few thousand rows in memory however long the
history is. Records come in the order (transaction, id), seals by number: in an untouched history the two
run side by side, so the first pair that doesn't match is the first bad place.

A chain alone can't tell a shortened or wholly rewritten history from an honest one. Give `known`, a head
that was kept elsewhere, and both are found.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

import asyncpg

from shared.audit import domain
from shared.audit.domain import AuditHead, Problem, Seal, StoredRecord
from shared.database import Database, Transaction

CHUNK: Final = 5_000
STATEMENT_TIMEOUT_MS: Final = 60_000

_SEALS: Final = "SELECT seq, record_txid, record_id, leaf, chain FROM audit_seal ORDER BY seq"
_RECORDS: Final = "SELECT id, txid, tenant_id, kind, recorded_at, body FROM audit_record ORDER BY txid, id"
_COUNT_AFTER: Final = "SELECT count(*) FROM audit_record WHERE (txid, id) > ($1::xid8, $2::bigint)"


@dataclass(frozen=True, slots=True)
class Finding:
    """The first bad place: the number of the seal, and the record if one is concerned."""

    problem: Problem
    sequence: int
    record_id: int | None


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verification found. `head` covers what was good; `unsealed` records wait for the sealer."""

    head: AuditHead
    unsealed: int
    finding: Finding | None

    @property
    def is_good(self) -> bool:
        """Tell whether the whole history verified."""
        return self.finding is None

    def __str__(self) -> str:
        """Return one line for a person."""
        line = (
            f"{self.head.size} records sealed, head {self.head.chain.hex()}, {self.unsealed} not sealed yet"
        )
        if self.finding is None:
            return f"good: {line}"
        record = "" if self.finding.record_id is None else f", record {self.finding.record_id}"
        return (
            f"BAD at number {self.finding.sequence}{record}: {self.finding.problem.value} (before it: {line})"
        )


async def verify(dsn: str, *, known: AuditHead | None = None) -> VerifyReport:
    """Verify the history at `dsn` (auditor role), against `known` when a head was kept elsewhere."""
    database = await Database.connect(
        dsn, name="audit-verify", pool_size=1, statement_timeout_ms=STATEMENT_TIMEOUT_MS
    )
    try:
        async with database.transaction() as tx:
            return await _Verification(known).run(tx)
    finally:
        await database.close()


class _Verification:
    """One walk through a history."""

    def __init__(self, known: AuditHead | None) -> None:
        self._known = known
        self._head = AuditHead(0, domain.GENESIS)
        self._position = (0, 0)

    async def run(self, tx: Transaction) -> VerifyReport:
        # The seals' snapshot comes first: whatever is sealed in it is in the records' snapshot too.
        seals = await tx.connection.cursor(_SEALS)
        records = await tx.connection.cursor(_RECORDS)
        finding = None
        while finding is None and (sealed := await seals.fetch(CHUNK)):
            finding = self._check(sealed, await records.fetch(len(sealed)))
        unsealed = await tx.fetch_value(_COUNT_AFTER, *self._position)
        return VerifyReport(self._head, unsealed, finding or self._find_shortened())

    def _check(self, sealed: Sequence[asyncpg.Record], found: Sequence[asyncpg.Record]) -> Finding | None:
        for seal_row, record_row in zip_longest(sealed, found):
            seal = Seal(*seal_row)
            record = None if record_row is None else StoredRecord(*record_row)
            problem = domain.find_problem(self._head, seal, record)
            if problem is not None:
                concerned = record.id if record and problem is Problem.RECORD_UNSEALED else seal.record_id
                return Finding(problem, self._head.size + 1, concerned)
            self._head, self._position = AuditHead(seal.sequence, seal.chain), seal.position
            if self._known is not None and self._known.size == seal.sequence and self._known != self._head:
                return Finding(Problem.HEAD_DIFFERS, seal.sequence, None)
        return None

    def _find_shortened(self) -> Finding | None:
        if self._known is not None and self._known.size > self._head.size:
            return Finding(Problem.HEAD_DIFFERS, self._head.size + 1, None)
        return None
