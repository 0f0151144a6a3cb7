"""Ways to break the ledger's database: every rule taken away, and triggers that compute something else.

A simulation that lives happily on a broken ledger proves nothing about a whole one. So each of these is done
to a database of its own, and the simulation has to notice.
"""

from dataclasses import dataclass
from typing import Any, Final

import asyncpg

from simulator.attacks import UNREACHABLE


@dataclass(frozen=True, slots=True)
class Mutation:
    """What is broken, by which statement of the owner, and the rule that can no longer be hit."""

    name: str
    statement: str
    rule: str | None = None


_TABLES: Final = r"c.relname ~ '^(ledger_|idempotency_answer$|audit_record$)' AND c.relkind = 'r'"
_CONSTRAINTS: Final = f"""
SELECT c.relname AS of, k.conname AS rule FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid
WHERE {_TABLES} AND k.contype IN ('c', 'p', 'u', 'f') ORDER BY 1, 2
"""
_INDEXES: Final = f"""
SELECT i.relname AS rule FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid
JOIN pg_class c ON c.oid = x.indrelid
WHERE {_TABLES} AND x.indisunique AND NOT EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.oid)
ORDER BY 1
"""
_TRIGGERS: Final = f"""
SELECT c.relname AS of, t.tgname AS rule FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE {_TABLES} AND NOT t.tgisinternal ORDER BY 1, 2
"""
_SECURED: Final = f"SELECT c.relname AS of FROM pg_class c WHERE {_TABLES} AND c.relrowsecurity ORDER BY 1"

NOT_NOTICED: Final = {
    "without ledger_reversal_no_truncate of ledger_reversal": "decisions refer to it and stay",
    "without ledger_transfer_no_truncate of ledger_transfer": "ends of breaks refer to it and stay",
    "without ledger_repair_append_only of ledger_repair": "repairs are rolled back, or the last that happens",
}
"""Mutations that a simulation does not see, and why."""

FUNCTIONS: Final = (
    ("ledger_follow_posting", "n.running, n.action", "n.running + 1, n.action"),
    ("ledger_follow_posting", "b.version + excluded.version", "b.version + 1"),
    ("ledger_follow_posting", "ELSE a.amount END AS delta", "ELSE a.amount + 1 END AS delta"),
    ("ledger_follow_posting", "b.posted + excluded.posted", "excluded.posted"),
    ("ledger_follow_posting", "SET floor = 0", "SET floor = -1"),
    ("ledger_follow_hold", "b.held + excluded.held", "excluded.held"),
    ("ledger_follow_hold", "b.held + excluded.held", "b.held"),
    ("ledger_follow_capture", "SET held = b.held - excluded.held", "SET held = b.held"),
    (
        "ledger_follow_capture",
        "SET remaining = o.remaining - excluded.remaining",
        "SET remaining = o.remaining",
    ),
    ("ledger_follow_close", "SET held = b.held - excluded.held", "SET held = b.held"),
    ("ledger_check_posting", "IF late THEN", "IF false THEN"),
    ("ledger_check_mirror", "-cost, -profit", "cost, profit"),
    ("ledger_after_transfer", "IF strange THEN", "IF false THEN"),
    ("ledger_after_transfer", "IF linked THEN", "IF false THEN"),
    ("period_refuse_entry", "a.effective_at <", "a.effective_at + interval '1 day' <"),
)
"""Triggers that compute something else: function, what it says, what it says instead."""

GRANTS: Final = (
    "GRANT UPDATE ON ledger_balance TO bulkhead_app",
    "GRANT INSERT ON ledger_entry TO bulkhead_app",
    "GRANT DELETE ON ledger_hold_open TO bulkhead_app",
    "GRANT INSERT ON ledger_transfer TO bulkhead_app",
    "GRANT INSERT ON ledger_chart TO bulkhead_app",
    "GRANT UPDATE ON ledger_posting TO bulkhead_app",
)


async def find_mutations(connection: "asyncpg.Connection[Any]") -> list[Mutation]:
    """Return a mutation for every constraint, unique index, trigger and secured table of the ledger."""
    found = []
    for row in await connection.fetch(_CONSTRAINTS):
        if row["rule"] not in UNREACHABLE:
            statement = f"ALTER TABLE {row['of']} DROP CONSTRAINT {row['rule']} CASCADE"
            found.append(Mutation(f"without {row['rule']}", statement, row["rule"]))
    for row in await connection.fetch(_INDEXES):
        statement = f"DROP INDEX {row['rule']}"
        found.append(Mutation(f"without {row['rule']}", statement, row["rule"]))
    for row in await connection.fetch(_TRIGGERS):
        statement = f"ALTER TABLE {row['of']} DISABLE TRIGGER {row['rule']}"
        found.append(Mutation(f"without {row['rule']} of {row['of']}", statement))
    for row in await connection.fetch(_SECURED):
        statement = f"ALTER TABLE {row['of']} DISABLE ROW LEVEL SECURITY"
        found.append(Mutation(f"without row-level security: {row['of']}", statement))
    for function, says, instead in FUNCTIONS:
        definition = await connection.fetchval("SELECT pg_get_functiondef($1::regproc)", function)
        if says not in definition:
            raise LookupError(f"{function} does not say {says!r} any more: choose another mutation")
        found.append(Mutation(f"{function}: {instead}", definition.replace(says, instead)))
    found += [Mutation(each, each) for each in GRANTS]
    return found
