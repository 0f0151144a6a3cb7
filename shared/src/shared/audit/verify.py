"""Verifies a whole history: reads every record and seal in order and computes every hash again.

It needs only to read, works on a live database, and holds a few thousand rows in memory however long the
history is. Long histories are walked in parts by several processes: a part begins with the head that a seal
has stored, and the part before it must end with just that head. Nothing is believed without being proven.

A tree in one database can't tell a shortened or wholly rewritten history from an honest one: whoever may
rewrite everything can make every hash again. Give `known`, heads that were kept elsewhere (a witness's
checkpoints, a file), and both are found.
"""

import asyncio
import multiprocessing
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Final

import asyncpg

from shared.audit import domain
from shared.audit.checkpoints import Verifier
from shared.audit.damage import Finding, Problem
from shared.audit.domain import AuditHead, Head
from shared.audit.spool import HeadSpool
from shared.audit.tree import HASH_SIZE, Frontier
from shared.audit.walking import Expectations, HeadList, Signed, Walk, split, walk
from shared.database_address import connect

PROCESSES: Final = 2
LEAST_PART: Final = 131_072
MOST_PARTS: Final = 64
STATEMENT_TIMEOUT_MS: Final = 60_000

_SETTINGS: Final = {
    "application_name": "audit-verify",
    "statement_timeout": str(STATEMENT_TIMEOUT_MS),
    "lock_timeout": "5000",
    "timezone": "UTC",
    "jit": "off",
    # The order of the key is the order of the history: nothing is ever sorted.
    "enable_seqscan": "off",
    "enable_bitmapscan": "off",
    "default_transaction_read_only": "on",
}
_END: Final = "SELECT size FROM audit_seal ORDER BY start DESC LIMIT 1"
_HEADS: Final = """
SELECT DISTINCT s.size, s.frontier, s.chain, s.last_txid, s.last_id
FROM generate_series($1::bigint, $2::bigint, $1::bigint) AS target
CROSS JOIN LATERAL (
    SELECT size, frontier, chain, last_txid, last_id FROM audit_seal
    WHERE start >= target ORDER BY start LIMIT 1
) s
ORDER BY s.size
"""
_COUNT_AFTER: Final = "SELECT count(*) FROM audit_record WHERE (txid, id) > ($1::xid8, $2::bigint)"

Progress = Callable[[int, int], None]
"""Is told how many records are verified, and of how many."""


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """What verification found. `head` covers what was good; `unsealed` records wait for the sealer."""

    head: AuditHead
    unsealed: int
    checkpoints: int
    are_signed: bool
    """Whether the checkpoints' signatures were checked too."""
    finding: Finding | None

    @property
    def is_good(self) -> bool:
        """Tell whether the whole history verified."""
        return self.finding is None

    def __str__(self) -> str:
        """Return one line for a person."""
        signed = "signed" if self.are_signed else "signatures not checked"
        line = (
            f"{self.head.size} records sealed, root {self.head.root.hex()}, "
            f"{self.checkpoints} checkpoints ({signed}), {self.unsealed} not sealed yet"
        )
        return f"good: {line}" if self.finding is None else f"BAD at {self.finding} (before it: {line})"


async def verify(
    dsn: str,
    *,
    known: Sequence[AuditHead] | HeadSpool | HeadList = (),
    verifiers: Sequence[Verifier] = (),
    processes: int = PROCESSES,
    progress: Progress | None = None,
) -> VerifyReport:
    """Verify the history at `dsn` (auditor role), against heads that were kept elsewhere and its keys.

    `verifiers` are in the order in which the log had them.
    """
    if not isinstance(known, HeadSpool | HeadList):
        known = HeadList(tuple(sorted(known, key=lambda head: head.size)))
    expected = Expectations(known, tuple(verifiers))
    connection = await _open(dsn)
    try:
        end = await connection.fetchval(_END) or 0
        parts = await _plan(connection, end)
        tell = progress or (lambda _done, _all: None)
        if len(parts) == 1 or processes == 1:
            walks = await _walk_here(connection, parts, expected, lambda done: tell(done, end))
        else:
            walks = await _walk_apart(dsn, parts, expected, processes, lambda done: tell(done, end))
        head = walks[-1].head
        unsealed = await connection.fetchval(_COUNT_AFTER, *head.position)
    finally:
        await connection.close()
    finding = walks[-1].finding or _find_shortened(head, expected)
    return VerifyReport(
        head=AuditHead(head.size, head.frontier.root),
        unsealed=unsealed,
        checkpoints=sum(each.checkpoints for each in walks),
        are_signed=bool(verifiers),
        finding=finding,
    )


async def _open(dsn: str) -> "asyncpg.Connection[Any]":
    return await connect("The auditor's database address", dsn, _SETTINGS)


async def _plan(connection: "asyncpg.Connection[Any]", end: int) -> list[tuple[Head, int]]:
    """Return the parts to walk; a seal whose frontier is none begins no part."""
    step = max(LEAST_PART, end // MOST_PARTS)
    rows = await connection.fetch(_HEADS, step, end)
    heads = [
        Head(Frontier.unpack(row["size"], row["frontier"]), row["chain"], (row["last_txid"], row["last_id"]))
        for row in rows
        if len(row["frontier"]) == HASH_SIZE * row["size"].bit_count()
    ]
    return split(heads, domain.START, end)


async def _walk_here(
    connection: "asyncpg.Connection[Any]",
    parts: Sequence[tuple[Head, int]],
    expected: Expectations,
    tell: Callable[[int], None],
) -> list[Walk]:
    return await _join(parts, (walk(connection, *part, expected) for part in parts), tell)


async def _walk_apart(
    dsn: str,
    parts: Sequence[tuple[Head, int]],
    expected: Expectations,
    processes: int,
    tell: Callable[[int], None],
) -> list[Walk]:
    loop = asyncio.get_running_loop()
    # Forked: a child that is made anew imports the whole program that verifies, which takes longer than a
    # million records. It uses nothing that it inherits: a loop and a connection of its own.
    with ProcessPoolExecutor(processes, mp_context=multiprocessing.get_context("fork")) as pool:
        under_way = [loop.run_in_executor(pool, _walk_part, dsn, *part, expected) for part in parts]
        try:
            return await _join(parts, under_way, tell)
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


async def _join(
    parts: Sequence[tuple[Head, int]], walks: Iterable[Awaitable[Walk]], tell: Callable[[int], None]
) -> list[Walk]:
    """Take walks in order up to the first with a finding; each begins where the one before has proven."""
    done: list[Walk] = []
    proven = domain.START
    signed: Signed | None = None
    for (begin, _), under_way in zip(parts, walks, strict=True):
        if begin != proven:
            done.append(Walk(proven, 0, Finding(Problem.TREE_BROKEN, proven.size + 1)))
            break
        found = _follow(await under_way, signed)
        signed = found.last or signed
        done.append(found)
        proven = found.head
        tell(proven.size)
        if found.finding is not None:
            break
    return done


def _follow(found: Walk, signed: Signed | None) -> Walk:
    """Return a walk, with a finding when its first checkpoint has an older key than the walks before it."""
    first = found.first
    if signed is None or first is None or first.key >= signed.key:
        return found
    return replace(found, finding=Finding(Problem.CHECKPOINT_RETIRED, first.size))


def _walk_part(dsn: str, head: Head, end: int, expected: Expectations) -> Walk:
    """Walk a part in a process of its own."""

    async def run() -> Walk:
        connection = await _open(dsn)
        try:
            return await walk(connection, head, end, expected)
        finally:
            await connection.close()

    return asyncio.run(run())


def _find_shortened(head: Head, expected: Expectations) -> Finding | None:
    if max(expected.known.largest().values(), default=0) > head.size:
        return Finding(Problem.TRUNCATED, head.size + 1)
    return None
