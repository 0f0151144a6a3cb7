"""Transfers per second through one lane: on one hot account, and on random accounts.

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
from shared.ids import SystemIds
from shared.lanes import Lane
from shared.ledger import store
from shared.ledger.domain import USD, Movement, Posting, Transfer
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
    balances = await store.load_balances(tx, [(book, USD, "wallet") for book in books])
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


async def measure(database: Database, *, hot: bool) -> Result:
    """Keep 64 payments in flight for eight seconds. `database` has the kernel's test chart."""
    ids = SystemIds()
    tenant = ids.new()
    books = [ids.new() for _ in range(1 if hot else ACCOUNTS)]
    now = datetime.now(UTC)

    def transfer(book: UUID, source: str, target: str, amount: int) -> Transfer:
        posting = Posting(USD, source, target, amount, "inflow")
        return Transfer(ids.new(), ids.new(), tenant, book, "payment", now, (posting,))

    async with database.transaction(tenant) as tx:
        await store.open_books(tx, [(book, tenant, "customer") for book in books])
        await store.post(tx, Movement(tuple(transfer(book, "outside", "wallet", OPENING) for book in books)))
    lane = Lane("bench", database, pay, tenant_of=lambda _: tenant)
    await lane.start()
    latencies: list[float] = []
    started = time.perf_counter()

    async def client() -> None:
        while time.perf_counter() - started < SECONDS:
            book = books[0] if hot else random.choice(books)  # noqa: S311 - load, not secrets
            made = transfer(book, "wallet", "outside", 1)
            digest = hashlib.sha256(made.id.bytes).digest()
            sent = time.perf_counter()
            await lane.submit(Payment(made, idempotency.Claim(book, digest, digest)))
            latencies.append(time.perf_counter() - sent)

    await asyncio.gather(*(client() for _ in range(IN_FLIGHT)))
    elapsed = time.perf_counter() - started
    await lane.stop()
    async with database.transaction(tenant) as tx:
        if await rebuild_differences(tx) or any(total for _, total in await store.trial_balance(tx)):
            raise RuntimeError("the bench broke the ledger")
    return Result(
        name="ledger.hot" if hot else "ledger.random",
        value=round(len(latencies) / elapsed, 1),
        unit="transfers/s",
        goal=8_000 if hot else None,
        better="higher",
        p50_ms=percentile_ms(latencies, 0.50),
        p99_ms=percentile_ms(latencies, 0.99),
        conditions=f"one lane, {IN_FLIGHT} in flight, {len(books)} account(s), "
        "idempotency and audit in the same transaction",
    )
