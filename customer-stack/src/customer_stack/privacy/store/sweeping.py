"""Statements made of the inventory: empty what is sealed under keys of records, by customer or by age.

Names come from the reviewed inventory, which checked their form; values are always parameters.

Guaranteed: one statement changes at most BATCH rows; what is empty is not written again.
"""

from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.privacy.domain.inventory import EMPTIED, Inventory, Keeping, Table
from shared.database import Transaction

BATCH: Final = 2_000
_RANDOM: Final = "sha256(uuid_send(gen_random_uuid()))"


async def empty_of_customer(tx: Transaction, inventory: Inventory, customer_id: UUID) -> int:
    """Empty every field of a customer that their key does not seal. Return how many rows were changed."""
    changed = 0
    for table in inventory.of_customers:
        if columns := table.kept(*EMPTIED):
            statement = _empty(table, columns, f"({table.customer})")
            changed += await _exhaust(tx, statement, customer_id)
    return changed


async def scramble_indexes(tx: Transaction, inventory: Inventory, customer_id: UUID) -> None:
    """Overwrite blind indexes that must stay unique. Done once, when the key goes."""
    for table in inventory.of_customers:
        if columns := table.kept(Keeping.SCRAMBLED):
            wanted = ", ".join(f"{column} = {_RANDOM}" for column in columns)
            await tx.execute(f"UPDATE {table.name} SET {wanted} WHERE {table.customer}", customer_id)


async def empty_by_age(tx: Transaction, table: Table, before: datetime) -> int:
    """Empty up to BATCH rows that are older than `before`. Return how many were changed."""
    changed: int = await tx.fetch_value(_empty(table, table.kept(*EMPTIED), f"{table.ages} < $1"), before)
    return changed


async def count_full(tx: Transaction, inventory: Inventory, customer_id: UUID) -> dict[str, int]:
    """Return, by table, how many rows of a customer still hold something that an erasure would empty."""
    found = {}
    for table in inventory.of_customers:
        if columns := table.kept(*EMPTIED):
            count = await tx.fetch_value(
                f"SELECT count(*) FROM {table.name} WHERE ({table.customer}) AND ({_full(columns)})",
                customer_id,
            )
            if count:
                found[table.name] = count
    return found


async def _exhaust(tx: Transaction, statement: str, customer_id: UUID) -> int:
    changed = 0
    while step := await tx.fetch_value(statement, customer_id):
        changed += step
        if step < BATCH:
            break
    return changed


def _full(columns: tuple[str, ...]) -> str:
    return " OR ".join(f"coalesce({column}, '') <> ''" for column in columns)


def _empty(table: Table, columns: tuple[str, ...], rows: str) -> str:
    wanted = ", ".join(f"{column} = CASE WHEN {column} IS NOT NULL THEN ''::bytea END" for column in columns)
    return (
        f"WITH changed AS (UPDATE {table.name} SET {wanted} WHERE ctid = ANY (ARRAY("
        f"SELECT ctid FROM {table.name} WHERE {rows} AND ({_full(columns)}) LIMIT {BATCH})) RETURNING 1) "
        "SELECT count(*) FROM changed"
    )
