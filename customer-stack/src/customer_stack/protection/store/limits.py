"""Limits of customers: read whole, written one at a time under the lock of the customer's book."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from customer_stack.protection.domain.changing import Raise, Setting
from customer_stack.protection.domain.counting import LENGTHS, Measure, Window
from customer_stack.protection.domain.limits import LimitKind, Source
from customer_stack.protection.store.counters import CODES, COLUMNS, SETTER_CODES
from shared.database import Transaction

LimitKey = tuple[LimitKind, Window]

_OF_CODES: Final = {code: key for key, code in CODES.items()}
_OF_SETTERS: Final = {code: source for source, code in SETTER_CODES.items()}


async def load_settings(tx: Transaction, customer_id: UUID) -> Mapping[Source, Mapping[LimitKey, Setting]]:
    """Return all limits that a customer, or staff for them, ever set, by setter."""
    rows = await tx.fetch("SELECT * FROM protection_limit WHERE customer_id = $1", customer_id)
    found: dict[Source, dict[LimitKey, Setting]] = {source: {} for source in SETTER_CODES}
    for row in rows:
        found[_OF_SETTERS[row["setter"]]][_OF_CODES[row["code"]]] = _setting(row)
    return found


async def write_setting(
    tx: Transaction, tenant_id: UUID, customer_id: UUID, setter: Source, key: LimitKey, setting: Setting
) -> None:
    """Keep what a limit is now."""
    pending = setting.pending
    await tx.execute(
        "INSERT INTO protection_limit (tenant_id, customer_id, code, setter, version, amount, set_at, "
        "pending_at, pending_amount, ready_at, lapses_at, pending_by) "
        "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) "
        "ON CONFLICT ON CONSTRAINT protection_limit_pk DO UPDATE SET version = excluded.version, "
        "amount = excluded.amount, set_at = excluded.set_at, pending_at = excluded.pending_at, "
        "pending_amount = excluded.pending_amount, ready_at = excluded.ready_at, "
        "lapses_at = excluded.lapses_at, pending_by = excluded.pending_by",
        tenant_id,
        customer_id,
        CODES[key],
        SETTER_CODES[setter],
        setting.version,
        setting.amount,
        setting.set_at,
        *(
            (None,) * 5
            if pending is None
            else (
                pending.asked_at,
                pending.amount,
                pending.ready_at,
                pending.lapses_at,
                pending.asked_by,
            )
        ),
    )


_OLDEST: Final = " UNION ALL ".join(
    f"SELECT {measure_number} AS measure, {place} AS place, o.at FROM (SELECT m.at FROM protection_moment m "
    f"WHERE m.customer_id = $1 AND m.at > ${place + 2} AND m.{column} > 0 ORDER BY m.at LIMIT 1) o"
    for measure_number, column in enumerate(COLUMNS.values())
    for place in range(len(LENGTHS))
)


async def load_oldest(
    tx: Transaction, customer_id: UUID, now: datetime
) -> Mapping[tuple[Measure, Window], datetime]:
    """Return the first moment that each window holds of each measure; an empty one is left out."""
    rows = await tx.fetch(_OLDEST, customer_id, *(now - length for length in LENGTHS.values()))
    measures, windows = list(COLUMNS), list(LENGTHS)
    return {(measures[row["measure"]], windows[row["place"]]): row["at"] for row in rows}


def _setting(row: Any) -> Setting:
    pending = None
    if row["pending_at"] is not None:
        pending = Raise(
            row["pending_amount"], row["pending_at"], row["ready_at"], row["lapses_at"], row["pending_by"]
        )
    return Setting(row["version"], row["amount"], row["set_at"], pending)
