"""The invariants: the real ledger is what the reference says, and is sound by itself.

`check_touched` looks at everything that a batch may have changed, after every batch. `check_everything`
compares all rows of all tables, recomputes every snapshot from the facts, and counts what must be counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from shared.database import Database, Transaction
from shared.idempotency import Claim, key_of, read_answers
from shared.ledger import store
from shared.ledger.rebuild import rebuild_differences
from simulator.model import CHECKED, Entry, Held, Key, Model, Posted, Touched

TENANT_TABLES = (
    "ledger_book",
    "ledger_transfer",
    "ledger_posting",
    "ledger_balance",
    "ledger_entry",
    "ledger_hold",
    "ledger_hold_capture",
    "ledger_hold_close",
    "ledger_hold_open",
    "ledger_transfer_source",
    "ledger_deal_state",
    "ledger_item",
    "idempotency_answer",
    "audit_record",
)


class Diverged(Exception):
    """The two ledgers do not agree, or one of them is unsound."""


def require_equal(what: str, real: Mapping[Any, Any], reference: Mapping[Any, Any]) -> None:
    """Compare two sets of rows. Raises Diverged with the first differences."""
    if real == reference:
        return
    keys = [key for key in {**real, **reference} if real.get(key) != reference.get(key)]
    shown = [
        f"{key}: database {real.get(key, 'nothing')}, reference {reference.get(key, 'nothing')}"
        for key in keys[:5]
    ]
    raise Diverged(f"{what}: {len(keys)} differences\n  " + "\n  ".join(shown))


class Checker:
    """Compares the database, seen by the application for all tenants, with the reference."""

    def __init__(self, database: Database, model: Model, books: Iterable[UUID]) -> None:
        self._database = database
        self._model = model
        self._books = sorted(books)
        self._tenants = sorted(set(model.books.values()))
        self._seen: defaultdict[Key, int] = defaultdict(int)
        """How many entries of an account were compared."""
        self.rows: dict[str, int] = {}

    async def check_touched(self, touched: Touched) -> None:
        """Compare what a batch changed, and the snapshots of every book that it touched."""
        books = sorted({key[0] for key in touched.keys} | {each.book for each in touched.transfers})
        async with self._database.transaction(*self._tenants) as tx:
            if books:
                await self._compare_balances(tx, books)
                await self._compare_new_entries(tx, touched)
                await self._compare_open_holds(tx, books)
            await self._compare_transfers(tx, touched.transfers)
            await self._compare_holds(tx, touched.holds)
            await self._compare_deals(tx, touched.deals)
            await self._compare_answers(tx, touched.answers)

    async def check_nothing_moved(self) -> None:
        """Compare the snapshots of all books, after something that must have had no effect."""
        async with self._database.transaction(*self._tenants) as tx:
            await self._compare_balances(tx, self._books)
            await self._compare_open_holds(tx, self._books)

    async def check_everything(self) -> None:
        """Compare everything. Raises Diverged."""
        if found := self._model.broken():
            raise Diverged("the reference itself is unsound: " + "; ".join(found[:5]))
        async with self._database.transaction(*self._tenants) as tx:
            if unbalanced := [line for line in await store.trial_balance(tx) if line[1]]:
                raise Diverged(f"the trial balance is not zero: {unbalanced}")
            if differences := await rebuild_differences(tx):
                raise Diverged(f"snapshots do not follow from the facts: {differences[:5]}")
            if left := await store.sum_account(tx, "desk"):
                raise Diverged(f"what left one book did not arrive in another: {left}")
            await self._compare_balances(tx, self._books)
            await self._compare_unchecked(tx)
            await self._compare_open_holds(tx, self._books)
            await self._compare_ends(tx)
            await self._compare_counts(tx)
        for tenant in self._tenants:
            async with self._database.transaction(tenant) as tx:
                await self._see_nothing_of_others(tx, tenant)

    async def _see_nothing_of_others(self, tx: Transaction, tenant: UUID) -> None:
        """Row-level security hides every row of every other tenant."""
        for table in TENANT_TABLES:
            seen = await tx.fetch_value(f"SELECT count(*) FROM {table} WHERE tenant_id <> $1", tenant)
            if seen:
                raise Diverged(f"{tenant} sees {seen} rows of others in {table}")

    # ---- snapshots

    async def _compare_balances(self, tx: Transaction, books: list[UUID]) -> None:
        rows = await tx.fetch(
            "SELECT book_id, asset_id, account, posted, held, version, floor, side "
            "FROM ledger_balance WHERE book_id = ANY($1::uuid[])",
            books,
        )
        real = {
            (row["book_id"], row["asset_id"], row["account"]): (row["posted"], row["held"], row["version"])
            for row in rows
        }
        wanted = set(books)
        reference = {
            key: (self._model.posted[key], self._model.held.get(key, 0), len(entries))
            for key, entries in self._model.entries.items()
            if key[0] in wanted and entries
        }
        require_equal("balances (posted, held, version)", real, reference)
        below = [
            dict(row)
            for row in rows
            if row["side"] * row["posted"] - row["held"] < row["floor"] or row["floor"] != 0
        ]
        if below:
            raise Diverged(f"a floor is broken or not zero: {below[:3]}")

    async def _compare_new_entries(self, tx: Transaction, touched: Touched) -> None:
        keys = [key for key in touched.keys if key[2] in CHECKED]
        rows = await tx.fetch(
            "SELECT e.* FROM unnest($1::uuid[], $2::integer[], $3::ledger_account[], $4::bigint[]) "
            "AS w (book_id, asset_id, account, seen) "
            "CROSS JOIN LATERAL (SELECT * FROM ledger_entry d WHERE d.book_id = w.book_id "
            "AND d.asset_id = w.asset_id AND d.account = w.account AND d.version > w.seen "
            "ORDER BY d.version) e",
            [key[0] for key in keys],
            [key[1] for key in keys],
            [key[2] for key in keys],
            [self._seen[key] for key in keys],
        )
        real = {}
        for row in rows:
            entry = Entry(
                row["transfer_id"], row["amount"], row["balance_after"], row["action"],
                row["cost"], row["profit"],
            )  # fmt: skip
            real[row["book_id"], row["asset_id"], row["account"], row["version"]] = entry
        reference = {
            (*key, number): entry
            for key in keys
            for number, entry in enumerate(self._model.entries[key][self._seen[key] :], self._seen[key] + 1)
        }
        require_equal("entries", real, reference)
        for key in keys:
            self._seen[key] = len(self._model.entries[key])

    async def _compare_open_holds(self, tx: Transaction, books: list[UUID]) -> None:
        rows = await tx.fetch(
            "SELECT book_id, hold_id, remaining, asset_id, account FROM ledger_hold_open "
            "WHERE book_id = ANY($1::uuid[])",
            books,
        )
        real = {
            row["hold_id"]: (row["book_id"], row["asset_id"], row["account"], row["remaining"])
            for row in rows
        }
        wanted = set(books)
        reference = {
            hold_id: (*hold.key, hold.remaining)
            for hold_id, hold in self._model.opened.items()
            if hold.book in wanted
        }
        require_equal("open holds", real, reference)

    async def _compare_unchecked(self, tx: Transaction) -> None:
        rows = await tx.fetch(
            "SELECT l.book_id, l.asset_id, l.account, sum(l.amount)::bigint AS total FROM ledger_leg l "
            "JOIN ledger_chart c USING (account) WHERE c.class = 'unchecked' GROUP BY 1, 2, 3"
        )
        real = {(row["book_id"], row["asset_id"], row["account"]): row["total"] for row in rows}
        reference = {
            key: amount for key, amount in self._model.posted.items() if key in self._model.unchecked
        }
        require_equal("accounts without a snapshot", real, reference)

    # ---- facts

    async def _compare_transfers(self, tx: Transaction, transfers: list[Posted]) -> None:
        if not transfers:
            return
        rows = await tx.fetch(
            "SELECT t.* FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, id) "
            "JOIN ledger_transfer t ON t.book_id = w.book_id AND t.id = w.id",
            [each.book for each in transfers],
            [each.id for each in transfers],
        )
        require_equal(
            "transfers",
            {
                row["id"]: (row["book_id"], row["tenant_id"], row["movement_id"], row["kind"],
                            row["reverses"],
                            row["corrects"], row["effective_at"])
                for row in rows
            },
            {
                each.id: (each.book, each.tenant, each.movement, each.kind, each.reverses, each.corrects,
                          each.effective_at)
                for each in transfers
            },
        )  # fmt: skip
        legs = [(each, leg) for each in transfers for leg in each.legs]
        rows = await tx.fetch(
            "SELECT p.* FROM unnest($1::uuid[], $2::integer[], $3::uuid[]) "
            "AS w (book_id, asset_id, transfer_id) JOIN ledger_posting p "
            "ON p.book_id = w.book_id AND p.asset_id = w.asset_id AND p.transfer_id = w.transfer_id",
            [each.book for each, _ in legs],
            [leg.asset for _, leg in legs],
            [each.id for each, _ in legs],
        )
        require_equal(
            "postings",
            {
                (row["transfer_id"], row["asset_id"]): (row["source"], row["target"], row["amount"],
                                                        row["action"],
                                                        row["cost"], row["profit"])
                for row in rows
            },
            {
                (each.id, leg.asset): (leg.source, leg.target, leg.amount, leg.action, leg.cost, leg.profit)
                for each, leg in legs
            },
        )  # fmt: skip

    async def _compare_holds(self, tx: Transaction, holds: Iterable[UUID]) -> None:
        wanted = {each: self._model.holds[each] for each in holds}
        if not wanted:
            return
        arguments = ([hold.book for hold in wanted.values()], list(wanted))
        join = "FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, hold_id) JOIN"
        rows = await tx.fetch(
            f"SELECT h.* {join} ledger_hold h ON h.book_id = w.book_id AND h.id = w.hold_id", *arguments
        )
        require_equal(
            "holds",
            {
                row["id"]: (row["tenant_id"], row["book_id"], row["asset_id"], row["account"], row["amount"],
                            row["purpose"], row["expires_at"])
                for row in rows
            },
            {
                hold_id: (hold.tenant, *hold.key, hold.amount, hold.purpose, hold.expires_at)
                for hold_id, hold in wanted.items()
            },
        )  # fmt: skip
        rows = await tx.fetch(
            f"SELECT c.hold_id, c.capture_id, c.amount {join} ledger_hold_capture c USING (book_id, hold_id)",
            *arguments,
        )
        require_equal(
            "captures",
            {(row["hold_id"], row["capture_id"]): row["amount"] for row in rows},
            {
                (hold_id, capture): amount
                for hold_id, hold in wanted.items()
                for capture, amount in hold.captures.items()
            },
        )
        rows = await tx.fetch(
            f"SELECT c.hold_id, c.reason {join} ledger_hold_close c USING (book_id, hold_id)", *arguments
        )
        require_equal("ends of holds", {row["hold_id"]: row["reason"] for row in rows}, _ends(wanted))

    async def _compare_ends(self, tx: Transaction) -> None:
        """No hold gave more than it held, none is both ended and open, and all of them are ours."""
        rows = await tx.fetch("SELECT hold_id, reason FROM ledger_hold_close")
        ends = [row["hold_id"] for row in rows]
        if len(ends) != len(set(ends)):
            raise Diverged("a hold was ended twice")
        require_equal(
            "ends of holds", {row["hold_id"]: row["reason"] for row in rows}, _ends(self._model.holds)
        )
        rows = await tx.fetch(
            "SELECT hold_id, sum(amount)::bigint AS taken FROM ledger_hold_capture GROUP BY 1"
        )
        require_equal(
            "what was captured of holds",
            {row["hold_id"]: row["taken"] for row in rows},
            {each: sum(hold.captures.values()) for each, hold in self._model.holds.items() if hold.captures},
        )

    # ---- deals and their versions

    async def _compare_deals(self, tx: Transaction, deals: Iterable[UUID]) -> None:
        wanted = list(deals)
        if not wanted:
            return
        books = [self._model.deals[deal][0] for deal in wanted]
        rows = await tx.fetch(
            "SELECT s.deal_id, s.step, s.state FROM unnest($1::uuid[], $2::uuid[]) AS w (book_id, deal_id) "
            "JOIN ledger_deal_state s USING (book_id, deal_id)",
            books,
            wanted,
        )
        require_equal(
            "stages of deals",
            {(row["deal_id"], row["step"]): row["state"] for row in rows},
            {
                (deal, number): state
                for deal in wanted
                for number, state in enumerate(self._model.deals[deal][1], 1)
            },
        )
        rows = await tx.fetch("SELECT * FROM ledger_item WHERE deal_id = ANY($1::uuid[])", wanted)
        require_equal(
            "versions of deals",
            {
                (row["deal_id"], row["version"]): (row["id"], row["book_id"], row["state"],
                                                   row["give_amount"],
                                                   row["movement_id"], row["replaced_by"])
                for row in rows
            },
            {
                (deal, number): (each.id, each.book, each.state, each.amount, each.movement, each.replaced_by)
                for deal in wanted
                for number, each in enumerate(self._model.items.get(deal, []), 1)
            },
        )  # fmt: skip

    # ---- answers and counts

    async def _compare_answers(self, tx: Transaction, names: Iterable[tuple[UUID, str]]) -> None:
        wanted = {(book, key_of(key)): self._model.answers[book, key][1] for book, key in names}
        if not wanted:
            return
        found = await read_answers(tx, [Claim(book, key, b"") for book, key in wanted])
        require_equal("stored answers", {name: each.answer.decode() for name, each in found.items()}, wanted)

    async def _compare_counts(self, tx: Transaction) -> None:
        model = self._model
        counts = {
            "ledger_hold": len(model.holds),
            "ledger_hold_close": sum(1 for hold in model.holds.values() if hold.ended),
            "ledger_transfer": len(model.transfers),
            "ledger_posting": model.legs,
            "ledger_transfer_source": len(model.references),
            "ledger_deal_state": sum(len(states) for _, states in model.deals.values()),
            "ledger_item": sum(len(versions) for versions in model.items.values()),
            "idempotency_answer": len(model.answers),
            "audit_record": model.records,
        }
        real = {table: await tx.fetch_value(f"SELECT count(*) FROM {table}") for table in counts}
        require_equal("rows", real, counts)
        self.rows = real


def _ends(holds: Mapping[UUID, Held]) -> dict[UUID, str]:
    return {hold_id: hold.ended for hold_id, hold in holds.items() if hold.ended}
