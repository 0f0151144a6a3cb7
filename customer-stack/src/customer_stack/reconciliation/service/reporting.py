"""The report of a closed day as a file: read from what was kept, registered, handed out.

Nothing in it depends on when it is asked for, so a day has one CSV and one PDF per scope, for ever.
"""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from customer_stack.exports import service as exports
from customer_stack.exports.domain import Export, Format, Scope
from customer_stack.reconciliation.domain.days import DayBounds, DayReport
from customer_stack.reconciliation.report_pdf import write_report
from customer_stack.reconciliation.report_rows import HEADER, list_csv_rows
from customer_stack.reconciliation.service.days import load_report
from shared.clock import Clock
from shared.database import Database
from shared.errors import invariant
from shared.ids import Ids

KIND: Final = "reconciliation.report"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which report: of which day, of a department or of the whole operator, and as what."""

    tenant_id: UUID
    day: date
    department_id: UUID | None
    format: Format


@dataclass(frozen=True, slots=True)
class Made:
    """A report that stands in the register and may leave."""

    content: bytes
    name: str
    export: Export


class DayReports:
    """Makes reports of closed days."""

    def __init__(self, database: Database, clock: Clock, ids: Ids) -> None:
        """Read from `database`."""
        self._database = database
        self._clock = clock
        self._ids = ids

    async def make(self, wanted: Wanted, operator: str) -> Made:
        """Return a report for `operator`, registered. Raises DayNotClosed."""
        async with self._database.transaction(wanted.tenant_id) as tx:
            report = await load_report(tx, wanted.day, wanted.department_id)
        table, rows = write_csv(report)
        content = table
        if wanted.format is Format.PDF:
            content = await write_report(report, hashlib.sha256(table).digest()).draw()
        bounds = DayBounds(wanted.day)
        export = Export(
            id=self._ids.new(),
            tenant_id=wanted.tenant_id,
            kind=KIND,
            scope=Scope("tenant")
            if wanted.department_id is None
            else Scope("department", wanted.department_id),
            row_count=rows,
            sha256=hashlib.sha256(content).digest(),
            first_at=bounds.start,
            last_at=bounds.end,
            operator=operator,
            format=wanted.format,
            at=self._clock.now(),
        )
        async with self._database.transaction(wanted.tenant_id) as tx:
            await exports.register(tx, export)
        scope = "all" if wanted.department_id is None else str(wanted.department_id)
        return Made(content, f"reconciliation-{wanted.day}-{scope}.{wanted.format.value}", export)


def write_csv(report: DayReport) -> tuple[bytes, int]:
    """Return the report as CSV (RFC 4180) in UTF-8, and how many rows it has below its header."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    rows = list(list_csv_rows(report))
    invariant(all(len(row) == len(HEADER) for row in rows), "a row has a cell per column")
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode(), len(rows)


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection); amounts stay."""
    is_number = cell.lstrip("-").replace(".", "", 1).isdigit()
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) and not is_number else cell
