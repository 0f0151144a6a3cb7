"""A statement as CSV (RFC 4180), and the digest that names its content. Pure.

Nothing in it depends on when it was asked for, so one period of one account has one CSV and one digest.

Guaranteed: a text that a spreadsheet would take for a formula begins with an apostrophe; amounts are plain
decimals.
"""

import csv
import hashlib
import io
import re
from datetime import UTC, datetime
from typing import Final

from customer_stack.statements.domain import Section, Statement
from customer_stack.statements.wording import describe
from shared.money import CONTRACT_SCALE, format_minor

HEADER: Final = (
    "line",
    "book",
    "account",
    "currency",
    "booked_at",
    "value_date",
    "description",
    "kind",
    "reference",
    "provider_reference",
    "amount",
    "balance",
)
_NUMBER: Final = re.compile(r"-?[0-9]+(\.[0-9]+)?", re.ASCII)
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def write_csv(statement: Statement) -> bytes:
    """Return the statement as CSV in UTF-8."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(HEADER)
    for section in statement.sections:
        for row in _rows(statement, section):
            writer.writerow([_safe(cell) for cell in row])
    for position in statement.positions:
        for line, moment, quantity in (
            ("position_opening", statement.period.start, position.opening),
            ("position_closing", statement.period.end, position.closing),
        ):
            row = [line, statement.holder.name, "position", position.side.upper()]
            row += [_time(moment), "", "Contracts", "", str(position.market_id), "", ""]
            writer.writerow([_safe(cell) for cell in (*row, format_minor(quantity, CONTRACT_SCALE))])
    return text.getvalue().encode()


def _rows(statement: Statement, section: Section) -> list[list[str]]:
    scale, period = section.currency.scale, statement.period
    head = [statement.holder.name, section.account, section.currency.value]

    def total(line: str, moment: datetime, words: str, amount: str, balance: str) -> list[str]:
        return [line, *head, _time(moment), "", words, "", "", "", amount, balance]

    rows = [total("opening", period.start, "Opening balance", "", format_minor(section.opening, scale))]
    for line in section.lines:
        entry = line.entry
        rows.append(
            [
                "entry",
                *head,
                _time(entry.booked_at),
                _time(entry.value_date),
                describe(entry.kind, entry.amount),
                entry.kind,
                str(entry.movement_id),
                entry.provider_reference or "",
                format_minor(entry.amount, scale),
                format_minor(line.balance, scale),
            ]
        )
    rows.append(total("total_in", period.end, "Total received", format_minor(section.total_in, scale), ""))
    rows.append(total("total_out", period.end, "Total given", format_minor(section.total_out, scale), ""))
    rows.append(total("closing", period.end, "Closing balance", "", format_minor(section.closing, scale)))
    return rows


def digest_content(content: bytes) -> bytes:
    """Return the SHA-256 of a statement's CSV: what `sha256sum` says of the file."""
    return hashlib.sha256(content).digest()


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _safe(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, CSV injection)."""
    return f"'{cell}" if cell.startswith(_FORMULA) and _NUMBER.fullmatch(cell) is None else cell
