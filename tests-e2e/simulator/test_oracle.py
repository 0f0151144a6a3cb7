"""Processes of their own hammer the same keys, the same holds and the same balance."""

import asyncio
import json
import sys
import time
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest

from bulkhead_local.lending import FreshDatabase
from customer_stack.ledger.domain import DealState, DealStep
from customer_stack.ledger.service import advance_deals
from shared.ids import SystemIds
from shared.ledger import store
from shared.ledger.domain import LKR, Hold, Movement, Posting, Transfer
from shared.ledger.rebuild import rebuild_differences
from simulator.contender import Event, Orders
from simulator.oracle import Change, judge

CONTENDER = Path(__file__).parent / "contender.py"
OPENING = 20_000
STARTING_SECONDS = 3.0
MOMENT = datetime(2026, 11, 20, tzinfo=UTC)


class Arena:
    """A tenant with a hot book and a book with holds, and what happened in them."""

    def __init__(self, database: FreshDatabase) -> None:
        ids = SystemIds()
        self.database = database
        self.tenant, self.hot, self.held = ids.new(), ids.new(), ids.new()
        self.holds = [ids.new() for _ in range(30)]
        self._ids = ids

    async def open(self) -> None:
        async with self.database.app.transaction(self.tenant) as tx:
            await store.open_books(tx, [(book, self.tenant, "customer") for book in (self.hot, self.held)])
            paid = tuple(
                Transfer(
                    self._ids.new(), self._ids.new(), self.tenant, book, "pay_in", MOMENT,
                    (Posting(LKR, "collection", "wallet", OPENING, "inflow"),),
                )
                for book in (self.hot, self.held)
            )  # fmt: skip
            holds = tuple(
                Hold(each, self.tenant, self.held, LKR, "wallet", 100, "withdrawal") for each in self.holds
            )
            await store.post(tx, Movement(paid, holds=holds))
            stages = (DealState.CREATED, DealState.AUTHORIZED)
            await advance_deals(
                tx,
                [
                    DealStep(self.tenant, self.held, hold.id, each, MOMENT, "system")
                    for hold in holds
                    for each in stages
                ],
            )

    async def contend(self, processes: int, operations: int, seed: int) -> list[Event]:
        """Let processes of their own loose at one moment; return all that they saw."""
        start_at = time.monotonic_ns() + int(STARTING_SECONDS * 1e9)

        async def one(number: int) -> list[Event]:
            orders = Orders(
                self.database.dsn("app"), number, seed, str(self.tenant), str(self.hot), str(self.held),
                [str(each) for each in self.holds], MOMENT.isoformat(), operations, operations // 4, start_at,
            )  # fmt: skip
            process = await asyncio.create_subprocess_exec(
                sys.executable, str(CONTENDER), stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
            )  # fmt: skip
            try:
                out, err = await asyncio.wait_for(
                    process.communicate(json.dumps(asdict(orders)).encode()), 180
                )
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            assert process.returncode == 0, err.decode()[-2000:]
            return [Event(**each) for each in json.loads(out.splitlines()[-1])]

        async with asyncio.TaskGroup() as group:
            contenders = [group.create_task(one(number)) for number in range(processes)]
        return [event for each in contenders for event in each.result()]

    async def changes(self) -> list[Change]:
        async with self.database.app.transaction(self.tenant) as tx:
            rows = await tx.fetch(
                "SELECT e.version, t.movement_id, e.amount, e.balance_after FROM ledger_entry e "
                "JOIN ledger_transfer t ON t.book_id = e.book_id AND t.id = e.transfer_id "
                "WHERE e.book_id = $1 AND e.asset_id = 1 AND e.account = 'wallet' AND e.version > 1 "
                "ORDER BY e.version",
                self.hot,
            )
            assert await rebuild_differences(tx) == []
            assert all(total == 0 for _, total in await store.trial_balance(tx))
        return [
            Change(row["version"], str(row["movement_id"]), row["amount"], row["balance_after"])
            for row in rows
        ]

    async def ends(self) -> dict[UUID, int]:
        async with self.database.app.transaction(self.tenant) as tx:
            rows = await tx.fetch("SELECT hold_id, count(*) AS ends FROM ledger_hold_close GROUP BY 1")
        return {row["hold_id"]: row["ends"] for row in rows}


async def hammer(database: FreshDatabase, processes: int, operations: int, seed: int) -> list[Event]:
    arena = Arena(database)
    await arena.open()
    events = await arena.contend(processes, operations, seed)
    changes = await arena.changes()
    assert judge(events, changes, OPENING) == []
    assert await arena.ends() == dict.fromkeys(arena.holds, 1)
    answers = {event.answer.split(" ")[0] for event in events}
    assert {"done:", "simulator.insufficient", "simulator.hold_ended"} <= answers
    repeated = [event for event in events if event.key.startswith("everybody")]
    assert len(repeated) == processes * len({event.key for event in repeated})
    assert all(event.is_done for event in repeated)
    return events


async def test_four_processes_see_one_ledger(customer_database: FreshDatabase) -> None:
    await hammer(customer_database, processes=4, operations=160, seed=1)


@pytest.mark.long
@pytest.mark.parametrize("seed", [2, 3, 5])
async def test_eight_processes_see_one_ledger(customer_database: FreshDatabase, seed: int) -> None:
    await hammer(customer_database, processes=8, operations=1_200, seed=seed)


# ---- the oracle itself can say no


def event(key: str, change: int, asked: int, answered: int, answer: str = "", hold: str = "") -> Event:
    return Event(0, key, f"id of {key}", change, hold, asked, answered, answer or f"done: {key}")


GOOD = (
    [event("a", 5, 1, 2), event("b", -8, 3, 4), event("c", -9, 3, 6, "simulator.insufficient")],
    [Change(2, "id of a", 5, 15), Change(3, "id of b", -8, 7)],
)


def test_the_oracle_finds_nothing_where_nothing_is_wrong() -> None:
    assert judge(*GOOD, opening=10) == []


@pytest.mark.parametrize(
    ("why", "events", "changes"),
    [
        ("stands before it", GOOD[0], [Change(2, "id of b", -8, 2), Change(3, "id of a", 5, 7)]),
        ("2 effects", GOOD[0], [*GOOD[1], Change(4, "id of a", 5, 12)]),
        ("had no effect", GOOD[0], GOOD[1][:1]),
        ("nobody was told of", GOOD[0], [*GOOD[1], Change(4, "id of c", -9, -2)]),
        ("does not follow", GOOD[0], [GOOD[1][0], replace(GOOD[1][1], version=4)]),
        ("instead of 7", GOOD[0], [GOOD[1][0], replace(GOOD[1][1], balance_after=8)]),
        ("never less", [*GOOD[0][:2], replace(GOOD[0][2], change=-7)], GOOD[1]),
        ("in 2 ways", [*GOOD[0], replace(GOOD[0][0], answer="done: other")], GOOD[1]),
        ("hold h", [*GOOD[0], event("d", 0, 1, 2, hold="h"), event("e", 0, 1, 2, hold="h")], GOOD[1]),
    ],
)
def test_the_oracle_finds_what_is_wrong(why: str, events: list[Event], changes: list[Change]) -> None:
    assert any(why in found for found in judge(events, changes, opening=10))
