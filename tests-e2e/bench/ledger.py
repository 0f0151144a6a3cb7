"""Transfers per second through one lane: on one hot account, and on random accounts; bytes of each on disk.

Each transfer is what a money request is: idempotency answer read and stored, book locked, balance loaded,
floor decided in arrival order, transfer and posting written (balance and entry follow in the database),
audit record appended, committed before the caller hears of it.
"""

import asyncio
import hashlib
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from bench.results import Result, percentile_ms
from shared import audit, idempotency
from shared.database import Database, Transaction
from shared.errors import Kind, Refusal
from shared.ids import HOUSE_TENANT, SystemIds
from shared.lanes import Lane
from shared.ledger import store
from shared.ledger.domain import LKR, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences

SECONDS = 8.0
ACCOUNTS = 2_000
IN_FLIGHT = 64
OPENING = 10**12


class Insufficient(Refusal):
    """The wallet does not have it."""

    kind = Kind.REFUSED
    code = "bench.insufficient"


@dataclass(frozen=True, slots=True)
class Payment:
    """Pay `amount` out of a wallet."""

    transfer: Transfer
    claim: idempotency.Claim


async def pay(tx: Transaction, payments: Sequence[Payment]) -> list[UUID | Refusal]:
    """Decide and post a batch of payments."""
    books = {payment.transfer.book_id for payment in payments}
    await store.lock_books(tx, books)
    answered = await idempotency.read_answers(tx, [payment.claim for payment in payments])
    balances = await store.load_balances(tx, [(book, LKR, "wallet") for book in books])
    left = {key[0]: balance.available() for key, balance in balances.items()}
    answers: list[UUID | Refusal] = []
    accepted: list[Payment] = []
    for payment in payments:
        transfer = payment.transfer
        amount = transfer.postings[0].amount
        if (transfer.book_id, payment.claim.key) in answered:
            answers.append(idempotency.mismatch())
        elif left[transfer.book_id] < amount:
            answers.append(Insufficient("Deposit first."))
        else:
            left[transfer.book_id] -= amount
            accepted.append(payment)
            answers.append(transfer.id)
    await store.post(tx, Movement(transfers=tuple(payment.transfer for payment in accepted)))
    await idempotency.store_answers(
        tx,
        [
            idempotency.NewAnswer(payment.transfer.tenant_id, payment.claim, payment.transfer.id.bytes)
            for payment in accepted
        ],
    )
    await audit.append(
        tx,
        [
            audit.AuditRecord(
                tenant_id=payment.transfer.tenant_id,
                kind="bench.paid",
                body={"transfer": str(payment.transfer.id), "amount": payment.transfer.postings[0].amount},
                at=payment.transfer.effective_at,
                actor="system",
            )
            for payment in accepted
        ],
    )
    return answers


class Load:
    """Payments on a database of the customer stack: one tenant, books with money, one lane."""

    def __init__(self, database: Database) -> None:
        """Post through `database`, as the application."""
        self.database = database
        self.tenant = HOUSE_TENANT
        self.books: list[UUID] = []
        self._ids = SystemIds()

    async def open(self, count: int) -> None:
        """Open `count` books, each with more than a run can take."""
        self.books = [self._ids.new() for _ in range(count)]
        async with self.database.transaction(self.tenant) as tx:
            await store.open_books(tx, [(book, self.tenant, "customer") for book in self.books])
            openings = [self._transfer(book, "collection", "wallet", OPENING) for book in self.books]
            await store.post(tx, Movement(tuple(openings)))

    async def run(self, seconds: float) -> tuple[float, list[float]]:
        """Keep 64 payments in flight for `seconds`. Returns payments per second and their latencies."""
        lane = Lane("bench", self.database, pay, tenant_of=lambda _: self.tenant)
        await lane.start()
        latencies: list[float] = []
        began = time.perf_counter()

        async def client() -> None:
            while time.perf_counter() - began < seconds:
                made = self._transfer(random.choice(self.books), "wallet", "collection", 1)  # noqa: S311
                digest = hashlib.sha256(made.id.bytes).digest()
                sent = time.perf_counter()
                await lane.submit(Payment(made, idempotency.Claim(made.book_id, digest, digest)))
                latencies.append(time.perf_counter() - sent)

        await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
        elapsed = time.perf_counter() - began
        await lane.stop()
        return len(latencies) / elapsed, latencies

    async def require_sound(self) -> None:
        """Refuse figures of a ledger that broke under the load."""
        async with self.database.transaction(self.tenant) as tx:
            if await rebuild_differences(tx) or any(total for _, total in await store.trial_balance(tx)):
                raise RuntimeError("the bench broke the ledger")

    def _transfer(self, book: UUID, source: str, target: str, amount: int) -> Transfer:
        posting = Posting(LKR, source, target, amount, "inflow" if target == "wallet" else "outflow")
        kind = "pay_in" if target == "wallet" else "withdrawal"
        return Transfer(
            self._ids.new(), self._ids.new(), self.tenant, book, kind, datetime.now(UTC), (posting,)
        )


async def measure(database: Database, *, hot: bool) -> list[Result]:
    """Measure the lane on one account, or on many; with many also what a transfer takes on disk."""
    name = "ledger.hot" if hot else "ledger.random"
    load = Load(database)
    await load.open(1 if hot else ACCOUNTS)
    before = await bytes_on_disk(database)
    rate, latencies = await load.run(SECONDS)
    grown = await bytes_on_disk(database) - before
    await load.require_sound()
    conditions = (
        f"one lane, {IN_FLIGHT} in flight, {len(load.books)} account(s), "
        "schema of the customer stack, idempotency and audit in the same transaction"
    )
    p50, p99 = percentile_ms(latencies, 0.50), percentile_ms(latencies, 0.99)
    results = [Result(name, round(rate, 1), "transfers/s", 12_000, "higher", p50, p99, conditions)]
    if hot:
        results.append(Result("ledger.hot_p99", p99, "ms", 10, "lower", p50, p99, "of the same run"))
    else:
        results.append(size_result("ledger.bytes_per_transfer", grown, len(latencies), len(load.books)))
    return results


def size_result(name: str, grown: int, transfers: int, books: int) -> Result:
    """Return what a transfer takes on disk: tables and all their indexes."""
    return Result(
        name,
        round(grown / transfers, 1),
        "bytes",
        600,
        "lower",
        None,
        None,
        f"{transfers:,} transfers with one posting (two legs) of which one is a numbered entry, {books:,} "
        "random books; transfers, postings, entries, balances and their indexes",
    )


async def bytes_on_disk(database: Database) -> int:
    """Return the size of what a transfer writes into the ledger."""
    async with database.transaction() as tx:
        return int(
            await tx.fetch_value(
                "SELECT sum(pg_total_relation_size(name::regclass)) "
                "FROM unnest(ARRAY['ledger_transfer', 'ledger_posting', 'ledger_entry', 'ledger_balance']) "
                "AS name"
            )
        )
