"""Opening cases: one statement for any number of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.domain.opening import Link, Wanted
from shared.database import Transaction

# A case that is open already is locked and given what is new; what it knows already changes nothing. Rows
# are taken in the order of the wishes, which is one for all writers. OFFSET 0 keeps each question one look
# at a key: as a join it would read all links of a case.
_OPEN: Final = """
WITH wanted AS (
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::integer[], $6::timestamptz[],
                         $7::timestamptz[], $8::text[])
        AS w (id, tenant_id, customer_id, family, priority, at, due_at, reasons)
), linked AS (
    SELECT * FROM unnest($9::uuid[], $10::text[], $11::uuid[], $12::text[])
        AS l (wanted_id, kind, link_id, reasons)
), held AS (
    SELECT * FROM unnest($13::uuid[], $14::text[], $15::uuid[], $16::bigint[])
        AS h (wanted_id, kind, held_id, amount)
), kept AS (
    INSERT INTO cases_case AS c
        (tenant_id, id, customer_id, family, state, priority, opened_at, due_at, steps)
    SELECT tenant_id, id, customer_id, family, 'open', priority, at, due_at, 1 FROM wanted
    ON CONFLICT (tenant_id, customer_id, family) WHERE closed_at IS NULL DO UPDATE SET
        state = CASE c.state WHEN 'closing' THEN 'investigating' ELSE c.state END,
        priority = greatest(c.priority, excluded.priority),
        due_at = least(c.due_at, excluded.due_at),
        steps = c.steps + 1
    WHERE EXISTS (SELECT FROM linked l WHERE l.wanted_id = excluded.id AND NOT EXISTS (
              SELECT FROM cases_link k WHERE k.case_id = c.id AND k.kind = l.kind AND k.link_id = l.link_id
              OFFSET 0))
       OR EXISTS (SELECT FROM held h WHERE h.wanted_id = excluded.id AND NOT EXISTS (
              SELECT FROM cases_held k
              WHERE k.tenant_id = c.tenant_id AND k.kind = h.kind AND k.held_id = h.held_id OFFSET 0))
    RETURNING tenant_id, id, customer_id, family, state, steps, assignee_id
), moved AS (
    SELECT k.id AS case_id, k.tenant_id, k.state, k.steps, k.assignee_id, w.id AS wanted_id, w.at, w.reasons
    FROM kept k JOIN wanted w USING (tenant_id, customer_id, family)
), stepped AS (
    INSERT INTO cases_step (tenant_id, case_id, number, step, state, at, assignee_id, reasons)
    SELECT tenant_id, case_id, steps, CASE steps WHEN 1 THEN 'open' ELSE 'alert' END::cases_step_kind, state,
           at, assignee_id, string_to_array(reasons, ' ')
    FROM moved
), links AS (
    INSERT INTO cases_link (tenant_id, case_id, kind, link_id, reasons, added_at)
    SELECT m.tenant_id, m.case_id, l.kind, l.link_id, string_to_array(l.reasons, ' '), m.at
    FROM moved m JOIN linked l USING (wanted_id) ON CONFLICT DO NOTHING
), holds AS (
    INSERT INTO cases_held (tenant_id, case_id, kind, held_id, amount, added_at)
    SELECT m.tenant_id, m.case_id, h.kind, h.held_id, h.amount, m.at
    FROM moved m JOIN held h USING (wanted_id) ON CONFLICT DO NOTHING
)
SELECT w.id AS wanted_id, coalesce(m.case_id, c.id) AS case_id, coalesce(m.steps, 0) AS steps
FROM wanted w LEFT JOIN moved m ON m.wanted_id = w.id
LEFT JOIN cases_case c ON m.case_id IS NULL AND c.tenant_id = w.tenant_id AND c.customer_id = w.customer_id
    AND c.family = w.family AND c.closed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of a wish: its case, and the number of the step that it was; 0: it brought nothing new."""

    case_id: UUID
    step: int


async def open_cases(
    tx: Transaction, wanted: Sequence[tuple[UUID, Wanted]], due: Sequence[datetime]
) -> list[Kept]:
    """Keep wishes, each with the id for a new case, and by when it would be due."""
    links = [(case_id, link, reasons) for case_id, each in wanted for link, reasons in each.links]
    held = [(case_id, each) for case_id, case in wanted for each in case.held]
    rows = await tx.fetch(
        _OPEN,
        [case_id for case_id, _ in wanted],
        [each.tenant_id for _, each in wanted],
        [each.customer_id for _, each in wanted],
        [each.family for _, each in wanted],
        [each.priority for _, each in wanted],
        [each.at for _, each in wanted],
        list(due),
        [" ".join(each.reasons) for _, each in wanted],
        [case_id for case_id, _, _ in links],
        [link.kind for _, link, _ in links],
        [link.id for _, link, _ in links],
        [" ".join(reasons) for _, _, reasons in links],
        [case_id for case_id, _ in held],
        [each.kind for _, each in held],
        [each.id for _, each in held],
        [each.amount for _, each in held],
    )
    found = {row["wanted_id"]: Kept(row["case_id"], row["steps"]) for row in rows}
    return [found[case_id] for case_id, _ in wanted]


async def add_links(
    tx: Transaction,
    tenant_id: UUID,
    case_id: UUID,
    links: Sequence[Link],
    at: datetime,
    staff_id: UUID | None,
) -> bool:
    """Add links to a case; False when it has them all."""
    rows = await tx.fetch(
        "INSERT INTO cases_link (tenant_id, case_id, kind, link_id, reasons, added_at, added_by) "
        "SELECT $1, $2, kind, link_id, '{}', $3, $4 FROM unnest($5::text[], $6::uuid[]) AS l (kind, link_id) "
        "ON CONFLICT DO NOTHING RETURNING 1",
        tenant_id,
        case_id,
        at,
        staff_id,
        [link.kind for link in links],
        [link.id for link in links],
    )
    return bool(rows)


async def has_open(tx: Transaction, customer_id: UUID) -> bool:
    """Tell whether any case about a customer is not closed."""
    found: bool = await tx.fetch_value(
        "SELECT EXISTS (SELECT FROM cases_case WHERE customer_id = $1 AND closed_at IS NULL)", customer_id
    )
    return found
