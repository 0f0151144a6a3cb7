"""Write reports in the transaction of their fact; read them by number."""

import asyncio
import contextlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from prometheus_client import Gauge

from execution_stack.accounts import service as accounts
from execution_stack.accounts.domain import recipient_of
from execution_stack.books.chart import Account
from execution_stack.reports import store
from execution_stack.reports.domain import (
    Body,
    IntentTold,
    Report,
    Standing,
    Statement,
    StatementLine,
    Told,
    Totals,
    cut_page,
)
from execution_stack.reports.errors import CursorAhead, NotNamed, OtherTenant
from shared.database import Database, Transaction
from shared.errors import invariant
from shared.ids import HOUSE_TENANT
from shared.ledger.domain import USD
from shared.ledger.store import sum_unchecked

POLL_SECONDS: Final = 0.05
RECIPIENTS_SHOWN: Final = 100
RECIPIENTS: Final = 10_000
"""More customer stacks than one execution stack ever has."""

_written = Gauge(
    "bulkhead_execution_report_sequence", "Number of the last report to a customer stack", ["recipient"]
)


async def write(tx: Transaction, bodies: Sequence[tuple[UUID, Body]], at: datetime) -> None:
    """Append reports (tenant, body), in order, to the recipients of their tenants.

    Locks the recipients' numbering until the commit: call it last in a transaction.
    """
    if not bodies:
        return
    recipients = await accounts.recipients_of(tx, sorted({tenant for tenant, _ in bodies}))
    addressed = [(recipients[tenant], tenant, body) for tenant, body in bodies]
    await _write_addressed(tx, addressed, at)


async def write_to_recipients(
    tx: Transaction, tenants: Sequence[UUID], bodies: Sequence[Body], at: datetime
) -> None:
    """Append reports that concern no single tenant, once to each recipient of `tenants`."""
    recipients = sorted(set((await accounts.recipients_of(tx, tenants)).values()))
    await _write_addressed(tx, [(each, HOUSE_TENANT, body) for each in recipients for body in bodies], at)


async def _write_addressed(
    tx: Transaction, addressed: Sequence[tuple[UUID, UUID, Body]], at: datetime
) -> None:
    if not addressed:
        return
    counts: dict[UUID, int] = defaultdict(int)
    for recipient, _, _ in addressed:
        counts[recipient] += 1
    following = await store.take_sequences(tx, counts)
    invariant(len(following) == len(counts), "every recipient has a cursor")
    numbered = []
    for recipient, tenant, body in addressed:
        numbered.append((recipient, tenant, following[recipient], store.row_of(body)))
        following[recipient] += 1
    await store.insert(tx, numbered, at)


async def sum_period(tx: Transaction, tenant_id: UUID, after: int, to: int) -> Totals:
    """Return what a tenant's reports after one cut and up to another add up to."""
    return await store.sum_period(tx, tenant_id, after, to)


async def last_sequence(tx: Transaction, sender: str) -> int:
    """Return the newest number of the recipient that calls itself `sender`."""
    return await store.last_sequence(tx, recipient_of(sender))


async def skip_read(tx: Transaction, read: Mapping[str, int]) -> int:
    """Let numbering go on above what senders have read already; return how many numbers are skipped.

    For a database that came back without its newest reports: whoever read those asks for what follows them.
    Raises NotNamed when a recipient that there is has no number in `read`.
    """
    standing = await store.load_heads(tx, RECIPIENTS)
    wanted = {recipient_of(sender): sequence for sender, sequence in read.items()}
    if missing := standing.keys() - wanted.keys():
        raise NotNamed(
            f"{len(missing)} of {len(standing)} customer stacks with reports were not named. Give --reported "
            "for each: `customer-stack reported` prints it."
        )
    for recipient, sequence in sorted(wanted.items()):
        await store.skip_to(tx, recipient, sequence)
    return sum(max(0, sequence - standing.get(recipient, 0)) for recipient, sequence in wanted.items())


async def sum_shares(tx: Transaction) -> dict[UUID, tuple[int, int, int]]:
    """Return window -> (contracts, cost, fees) of its fill shares."""
    return await store.sum_shares(tx)


async def load_told(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, list[Body]]:
    """Return what was told about each of the intents, in order."""
    return await store.load_told(tx, ids)


async def sum_intents(tx: Transaction, ids: Sequence[UUID]) -> dict[UUID, IntentTold]:
    """Return what was told about each of the intents."""
    return await store.sum_intents(tx, ids)


async def load_standing_payouts(tx: Transaction, market_id: UUID) -> list[Told]:
    """Return the payouts and settlement fees of a market that no reversal took back, newest first."""
    return await store.load_standing_payouts(tx, market_id)


async def load_standing_shares(tx: Transaction, intent_ids: Sequence[UUID]) -> list[Told]:
    """Return the fill shares of intents that no reversal took back, newest first."""
    return await store.load_standing_shares(tx, intent_ids)


async def load_lines(tx: Transaction, accounts: Sequence[UUID]) -> dict[UUID, StatementLine]:
    """Return what the reports of accounts add up to, from the first to the newest."""
    return await store.load_lines_of(tx, accounts)


async def show_heads(database: Database) -> None:
    """Show how far the reports to each customer stack have come; what it has applied is its own metric."""
    async with database.transaction() as tx:
        for recipient, sequence in (await store.load_heads(tx, RECIPIENTS_SHOWN)).items():
            _written.labels(str(recipient)).set(sequence)


class ReportService:
    """What the customer stack reads."""

    def __init__(self, database: Database) -> None:
        """Read from `database`."""
        self._database = database
        self._stopping = asyncio.Event()
        self._tenants: dict[str, list[UUID]] = {}

    def stop_waiting(self) -> None:
        """Let every long poll end now, so that a process that stops keeps nobody waiting."""
        self._stopping.set()

    async def fetch(self, sender: str, after: int, limit: int, wait_seconds: float) -> list[Report]:
        """Return reports after a number, oldest first; wait up to `wait_seconds` for the first.

        Nothing is held open while waiting: neither a transaction nor a connection. Raises CursorAhead.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + wait_seconds
        while True:
            found = await self._look(sender, after, limit)
            if found is not None:
                return found
            left = deadline - loop.time()
            if left <= 0 or self._stopping.is_set():
                return []
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), min(POLL_SECONDS, left))

    async def _look(self, sender: str, after: int, limit: int) -> list[Report] | None:
        """Return the reports after a number that show to the sender's tenants, or None before the first.

        Whoever is a tenant of a sender stays it, so they are kept in memory. One who is newer than that
        makes a gap, at which reading ends: they are read again when nothing shows before it.
        """
        probe = store.probe_after(recipient_of(sender), after)
        tenants = self._tenants.get(sender, [])
        async with self._database.transaction(HOUSE_TENANT, *tenants, first=probe) as tx:
            if tx.first_outcome == store.NOTHING_AFTER:
                return None
            if await store.last_sequence(tx, recipient_of(sender)) < after:
                raise CursorAhead(
                    "Fewer reports are here than were read. The database was restored: look there."
                )
            found = await store.load_after(tx, recipient_of(sender), after, limit)
        if found:
            return found
        tenants = self._tenants[sender] = await accounts.tenants_of(self._database, sender)
        async with self._database.transaction(HOUSE_TENANT, *tenants) as tx:
            return await store.load_after(tx, recipient_of(sender), after, limit)

    async def statement(
        self, sender: str, tenant_id: UUID, to: int, after: UUID | None, limit: int
    ) -> Statement:
        """Return a tenant's accounts at a cut, one page, and the totals of all. Raises OtherTenant."""
        if tenant_id not in await accounts.tenants_of(self._database, sender):
            raise OtherTenant("The tenant is not registered by this stack. Check its id.")
        async with self._database.transaction(tenant_id) as tx:
            totals = await store.sum_period(tx, tenant_id, 0, to)
            lines = await store.load_lines(tx, tenant_id, to, after, limit + 1)
            held = await sum_unchecked(tx, [tenant_id], [Account.PREFUND, Account.SETTLED])
        prefund, settled = (
            held.get((tenant_id, USD, account), 0) for account in (Account.PREFUND, Account.SETTLED)
        )
        page, more = cut_page(lines, limit)
        return Statement(totals, Standing(prefund, settled), page, more)
