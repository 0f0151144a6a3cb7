"""What must never work, whoever tries: statements past every decision, each with the rule that refuses it.

An attack is run by the application's role, by the owner's, or by both, on its own or as a command in the
middle of a lane's batch. It picks what it breaks by looking at the reference, so that one rule and no other
stands against it. What an attack returns is the rule's name: a constraint, or what a trigger says.
"""

import random
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar
from uuid import UUID

import asyncpg

from shared.database import Transaction
from shared.errors import InvariantViolated
from shared.ids import Ids
from shared.ledger import store
from shared.ledger.domain import Movement, Posting, Transfer
from simulator.commands import LKR
from simulator.model import Held, Model, Posted
from simulator.templates import Tenant

OptionT = TypeVar("OptionT")
Run = Callable[[Transaction], Awaitable[None]]
PRIVILEGE: Final = "insufficient privilege"
ROW_SECURITY: Final = "row-level security"
VOCABULARY: Final = "closed vocabulary"
BOOK_TO_LOCK: Final = "lock_books: no such book"


def rule_of(error: BaseException) -> str:
    """Return the name of the rule that an error stands for."""
    if isinstance(error, InvariantViolated) and "book to lock" in str(error):
        return BOOK_TO_LOCK
    if isinstance(error, asyncpg.InsufficientPrivilegeError):
        return ROW_SECURITY if "row-level security" in str(error) else PRIVILEGE
    if isinstance(error, asyncpg.InvalidTextRepresentationError):
        return VOCABULARY
    name = getattr(error, "constraint_name", None)
    return str(name) if name else f"{type(error).__name__}: {error}"


@dataclass(frozen=True, slots=True)
class Attack:
    """One attempt: what it does, the rule that must refuse it, and what the owner is told instead."""

    name: str
    tenant: UUID
    rule: str
    run: Run
    owner_rule: str | None = None
    """None: the same rule binds the owner. Privileges and row-level security do not."""
    owner_only: bool = False


@dataclass(slots=True)
class Scene:
    """What attacks choose from."""

    model: Model
    tenants: Sequence[Tenant]
    random: random.Random
    ids: Ids
    as_owner: bool = False
    """Whether the next attack is one that the owner of the tables may run."""
    turns: Counter[str] = field(default_factory=Counter)

    def next_of(self, name: str, options: Sequence[OptionT]) -> OptionT:
        """Return the options one after the other, so that each has its turn."""
        self.turns[name] += 1
        return options[(self.turns[name] - 1) % len(options)]

    def tenant(self) -> Tenant:
        return self.random.choice(self.tenants)

    def transfer(self, tenant: Tenant, book: UUID, *postings: Posting, **changes: Any) -> Transfer:
        made = Transfer(
            self.ids.new(), self.ids.new(), tenant.id, book, "pay_in", self.model.now,
            postings or (pay_in(),),
        )  # fmt: skip
        return replace(made, **changes)

    def posted(self) -> tuple[Tenant, Posted]:
        """Return a transfer that stands."""
        transfer = self.random.choice(list(self.model.transfers.values())[-500:])
        return self.of(transfer.tenant), transfer

    def open_hold(self) -> "tuple[UUID, Held, Tenant] | None":
        found = [(key, each) for key, each in list(self.model.opened.items())[-100:] if each.remaining]
        if not found:
            return None
        hold_id, hold = self.random.choice(found)
        return hold_id, hold, self.of(hold.tenant)

    def ended_hold(self, captured: bool = False) -> "tuple[UUID, Held, Tenant] | None":
        recent = list(self.model.holds.items())[-300:]
        found = [(key, each) for key, each in recent if each.ended and (each.captures or not captured)]
        if not found:
            return None
        hold_id, hold = self.random.choice(found)
        return hold_id, hold, self.of(hold.tenant)

    def of(self, tenant_id: UUID) -> Tenant:
        return next(each for each in self.tenants if each.id == tenant_id)


def pay_in(amount: int = 1) -> Posting:
    return Posting(LKR, "collection", "wallet", amount, "inflow")


def post(**parts: Any) -> Run:
    """Return an attack that posts through the kernel's own store."""

    async def run(tx: Transaction) -> None:
        await store.post(tx, Movement(**parts))

    return run


def sql(text: str, *arguments: object) -> Run:
    """Return an attack that runs one statement."""

    async def run(tx: Transaction) -> None:
        await tx.execute(text, *arguments)

    return run


def both(*runs: Run) -> Run:
    async def run(tx: Transaction) -> None:
        for each in runs:
            await each(tx)

    return run


def insert(table: str, row: Mapping[str, Any]) -> Run:
    """Return an attack that inserts one row."""
    places = ", ".join(f"${number}" for number in range(1, len(row) + 1))
    return sql(f"INSERT INTO {table} ({', '.join(row)}) VALUES ({places})", *row.values())


class Swallowed(Exception):
    """A statement that had to be refused was not."""


def each(*texts: str) -> Run:
    """Return an attack of many statements, each of which one and the same rule must refuse."""

    async def run(tx: Transaction) -> None:
        first: asyncpg.PostgresError | None = None
        for text in texts:
            await tx.execute("SAVEPOINT before")
            try:
                await tx.execute(text)
            except asyncpg.PostgresError as error:
                await tx.execute("ROLLBACK TO SAVEPOINT before")
                first = first or error
                if rule_of(error) != rule_of(first):
                    raise Swallowed(f"{text}: refused by {rule_of(error)} only") from error
            else:
                raise Swallowed(text)
        if first is not None:
            raise first

    return run


Maker = Callable[[Scene], Attack | None]
MAKERS: Final[list[Maker]] = []


def attack(make: Maker) -> Maker:
    MAKERS.append(make)
    return make


def mirrored(old: Posted) -> tuple[Posting, ...]:
    return tuple(
        Posting(leg.asset, leg.target, leg.source, leg.amount, f"{leg.action}_revert",
                None if leg.cost is None else -leg.cost, None if leg.profit is None else -leg.profit)
        for leg in old.legs
    )  # fmt: skip


UNREACHABLE: Final = {
    "ledger_balance_pk": "balances are written by INSERT ... ON CONFLICT DO UPDATE only",
    "ledger_balance_held_not_negative": "ledger_hold_open_remaining_not_negative stands before it",
    "ledger_entry_amount_not_zero": "ledger_posting_amount_positive stands before it, and derived_only",
    "ledger_transfer_source_sell": "ledger_transfer_source_mid and _rates stand before it",
    "ledger_entry_pk": "versions are counted by the balance row, which is locked",
    "ledger_hold_open_pk": "ledger_hold_pk stands before it",
    "audit_record_pk": "its number is an identity column",
}
"""Rules of the database that nothing can reach while the rule before them stands."""


async def known_rules(tx: Transaction) -> set[str]:
    """Return the names of all rules of the ledger's tables, from the catalogue."""
    rows = await tx.fetch(_CATALOGUE)
    return {row["rule"] for row in rows}


_TABLES: Final = r"c.relname ~ '^(ledger_|idempotency_answer$|audit_record$)'"
_CATALOGUE: Final = f"""
SELECT k.conname AS rule FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE {_TABLES} AND k.contype IN ('c', 'p', 'u', 'f', 'x')
UNION SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid WHERE {_TABLES} AND x.indisunique
UNION SELECT m[1] FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
CROSS JOIN LATERAL regexp_matches(p.prosrc, 'ledger_violation\\([^;]*''(\\w+)''\\)', 'g') AS m WHERE {_TABLES}
UNION SELECT m[1] FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
CROSS JOIN LATERAL regexp_matches(p.prosrc, 'CONSTRAINT = ''(\\w+)''', 'g') AS m WHERE {_TABLES}
"""
