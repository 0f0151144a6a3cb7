"""Subjects with many events: who they are, and the step from counting by events to counting in buckets.

An event is its own counter as long as its subject has few: a probe of the index finds them all. A subject
that turns out to have many is *gathered*: once, in a transaction of its own, all its events are summed in
buckets and pairs; from then on every event moves them in the transaction that posts it.

Guaranteed: no event is missed by that step, and none is counted twice. Whoever counts an event locks the
rows found here, and with them, in the weakest mode, the table; gathering locks the table against that. So it
waits for everybody who counts, and who comes after it sees what it wrote.
"""

from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final
from uuid import UUID

import asyncpg

from customer_stack.aml.domain.catalogue import Subject
from customer_stack.aml.domain.counting import ORIGIN
from shared.database import Transaction

SubjectKey = tuple[UUID, int, UUID]
"""Tenant, code of the subject, subject."""

SUBJECT_CODES: Final = {Subject.CUSTOMER: 1, Subject.INSTRUMENT: 2, Subject.DEVICE: 3}
"""How the tables call subjects."""
COLUMNS: Final = {
    Subject.CUSTOMER: "customer_id",
    Subject.INSTRUMENT: "instrument_id",
    Subject.DEVICE: "device_id",
}

FEW: Final = 128
"""Events that are read one by one rather than in buckets."""
_REMEMBERED: Final = 50_000
_NOTED: Final = 1_000

_FIND: Final = """
    SELECT tenant_id, subject, subject_id FROM aml_gathered
    WHERE tenant_id = ANY($1::uuid[]) AND subject_id = ANY($2::uuid[]) {lock}
"""
"""By both parts of the key at once: a probe for each subject by itself costs three times as much."""
_OF_SUBJECT: Final = " UNION ALL ".join(
    "SELECT e.* FROM aml_event e "
    f"WHERE w.subject = {SUBJECT_CODES[subject]} AND e.tenant_id = w.tenant_id AND e.{column} = w.subject_id"
    for subject, column in COLUMNS.items()
)
_GATHER: Final = f"""
    WITH w AS (
        INSERT INTO aml_gathered (tenant_id, subject, subject_id)
        SELECT * FROM unnest($1::uuid[], $2::smallint[], $3::uuid[]) ON CONFLICT DO NOTHING
        RETURNING tenant_id, subject, subject_id
    ), e AS MATERIALIZED (
        SELECT w.subject, w.subject_id, e.tenant_id, e.customer_id, e.device_id, e.kind, e.product, e.tags,
               e.counted_at, e.n, e.amount, date_bin('1 day', e.counted_at, $4) AS day
        FROM w CROSS JOIN LATERAL ({_OF_SUBJECT}) e
    ), buckets AS (
        INSERT INTO aml_counter
            (tenant_id, subject_id, subject, minutes, starts_at, kind, product, tags, n, amount)
        SELECT e.tenant_id, e.subject_id, e.subject, g.minutes, g.starts_at, e.kind, e.product, e.tags,
               sum(e.n), sum(e.amount)
        FROM e CROSS JOIN LATERAL (VALUES
            (10::smallint, date_bin('10 minutes', e.counted_at, $4)), (1440, e.day)) AS g (minutes, starts_at)
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5 -- what is read together lies together
    )
    INSERT INTO aml_pair (tenant_id, subject_id, subject, dimension, day, value_id, n)
    SELECT e.tenant_id, e.subject_id, e.subject, d.dimension, e.day, d.value_id, sum(e.n)
    FROM e CROSS JOIN LATERAL (VALUES
        (1::smallint, CASE WHEN e.subject = 3 THEN e.customer_id END),
        (3, CASE WHEN e.subject = 1 THEN e.device_id END)) AS d (dimension, value_id)
    WHERE d.value_id IS NOT NULL AND e.n <> 0
    GROUP BY 1, 2, 3, 4, 5, 6
"""


class _Remembered:
    """Subjects that this process knows to be gathered; nothing ends that, so it may be remembered."""

    def __init__(self) -> None:
        self._keys: OrderedDict[SubjectKey, None] = OrderedDict()

    def __contains__(self, key: SubjectKey) -> bool:
        return key in self._keys

    def add(self, key: SubjectKey) -> None:
        self._keys[key] = None
        if len(self._keys) > _REMEMBERED:
            self._keys.popitem(last=False)


_remembered = _Remembered()
_crowded: set[SubjectKey] = set()
"""Subjects with many events that were read one by one: they wait to be gathered."""


def take_crowded() -> list[SubjectKey]:
    """Return the subjects that wait to be gathered, and forget them."""
    found = sorted(_crowded)
    _crowded.clear()
    return found


def give_back(keys: Iterable[SubjectKey]) -> None:
    """Let subjects wait on: they could not be gathered yet."""
    _crowded.update(keys)


async def find_gathered(
    tx: Transaction, keys: Iterable[SubjectKey], *, lock: bool = False
) -> AbstractSet[SubjectKey]:
    """Return which subjects are gathered; locked, that stays so until the transaction ends."""
    wanted = set(keys)
    rows = await tx.fetch(
        _FIND.format(lock="FOR KEY SHARE" if lock else ""),
        list({key[0] for key in wanted}),
        list({key[2] for key in wanted}),
    )
    return wanted.intersection((row[0], row[1], row[2]) for row in rows)


async def gather(tx: Transaction, keys: Sequence[SubjectKey]) -> None:
    """Sum up subjects in buckets and pairs; they are counted so from now on. Once: again changes nothing.

    For a transaction that does nothing else, since it waits for all that count.
    """
    await tx.execute("LOCK TABLE aml_gathered IN EXCLUSIVE MODE")
    await tx.execute(
        _GATHER, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys], ORIGIN
    )


ReadFew = Callable[[Sequence[int], int | None], Awaitable[Sequence[asyncpg.Record]]]
"""Numbers of subjects, and how many of their events at most -> (number, events seen, then what was asked)."""
ReadMany = Callable[[Sequence[int]], Awaitable[Sequence[Sequence[Any]]]]
"""Numbers of subjects -> (number, then what was asked), from buckets."""


async def read_by_size(
    tx: Transaction, keys: Sequence[SubjectKey], read_few: ReadFew, read_many: ReadMany
) -> dict[int, Sequence[Any]]:
    """Read each subject from its events, or from buckets where it is gathered; by its number among `keys`.

    One statement, or one more for those with many. Who has many and is not gathered yet is read from all
    events, and waits to be gathered from then on.
    """
    found: dict[int, Sequence[Any]] = {}
    many = [number for number, key in enumerate(keys) if key in _remembered]
    few = [number for number, key in enumerate(keys) if key not in _remembered] if many else range(len(keys))
    crowded = []
    if few:
        for number, seen, *rest in await read_few(few, FEW + 1):
            found[number] = rest
            if seen > FEW:
                crowded.append(number)
    if crowded:
        gathered = await _recognize(tx, [keys[number] for number in crowded])
        many += [number for number in crowded if keys[number] in gathered]
        others = [number for number in crowded if keys[number] not in gathered]
        for number, _, *rest in await read_few(others, None) if others else ():
            found[number] = rest
    if many:
        for number, *rest in await read_many(many):
            found[number] = rest
    return found


async def _recognize(tx: Transaction, crowded: Sequence[SubjectKey]) -> AbstractSet[SubjectKey]:
    """Return which of those with many events are gathered, and remember it; note the others."""
    gathered = await find_gathered(tx, crowded)
    for key in gathered:
        _remembered.add(key)
    if len(_crowded) < _NOTED:
        _crowded.update(key for key in crowded if key not in gathered)
    return gathered


def devices_met(tenant: str, subject: str, code: int, since: str) -> str:
    """Return SQL for whom a device met (code 3), or which devices a customer met (code 1), from a day on."""
    mine, other, dimension = ("customer_id", "device_id", 3) if code == 1 else ("device_id", "customer_id", 1)
    return f"""
        SELECT p.value_id FROM aml_pair p
        WHERE p.tenant_id = {tenant} AND p.subject_id = {subject} AND p.subject = {code}
          AND p.dimension = {dimension} AND p.day >= {since} AND p.n > 0
        UNION ALL
        SELECT e.{other} FROM aml_event e
        WHERE e.tenant_id = {tenant} AND e.{mine} = {subject} AND e.counted_at >= {since}
          AND e.{other} IS NOT NULL
          AND NOT EXISTS (SELECT FROM aml_gathered g WHERE g.tenant_id = {tenant}
                          AND g.subject_id = {subject} AND g.subject = {code})
        GROUP BY 1 HAVING sum(e.n) > 0
    """
