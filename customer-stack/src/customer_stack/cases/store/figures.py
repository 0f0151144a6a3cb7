"""What became of alerts, by reason code."""

from datetime import datetime
from typing import Final
from uuid import UUID

from customer_stack.cases.domain.figures import RuleFigures
from customer_stack.cases.domain.lifecycle import Outcome
from shared.database import Transaction

# An alert is a decision, or a find of screening, that came to a case with its reasons.
_FIGURES: Final = """
WITH alerted AS (
    SELECT r.reason, l.case_id, count(*) AS alerts
    FROM cases_link l CROSS JOIN LATERAL unnest(l.reasons) AS r (reason)
    WHERE l.tenant_id = $1 AND l.added_at >= $2 AND l.added_at < $3 AND l.kind IN ('decision', 'alert')
    GROUP BY r.reason, l.case_id
)
SELECT a.reason, sum(a.alerts)::bigint AS alerts, count(*) AS cases,
       count(*) FILTER (WHERE c.outcome = 'confirmed') AS confirmed,
       count(*) FILTER (WHERE c.outcome = 'valuable') AS valuable,
       count(*) FILTER (WHERE c.outcome = 'false_positive') AS false_positive,
       count(*) FILTER (WHERE c.outcome = 'no_finding') AS no_finding,
       percentile_disc(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM c.closed_at - c.opened_at)::bigint)
           FILTER (WHERE c.closed_at IS NOT NULL) AS median_seconds
FROM alerted a JOIN cases_case c ON c.id = a.case_id
GROUP BY a.reason
"""


async def load_figures(
    tx: Transaction, tenant_id: UUID, begins_at: datetime, ends_at: datetime
) -> dict[str, RuleFigures]:
    """Return what became of the alerts of a period, by reason code; hits are not known here."""
    rows = await tx.fetch(_FIGURES, tenant_id, begins_at, ends_at)
    return {
        row["reason"]: RuleFigures(
            row["reason"],
            0,
            row["alerts"],
            row["cases"],
            {outcome: row[outcome.value] for outcome in Outcome},
            row["median_seconds"],
        )
        for row in rows
    }
