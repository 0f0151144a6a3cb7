"""A statement as PDF: A4, drawn row by row. CPU work: call it in a thread.

Rows have fixed heights, so pages are cut before anything is drawn and every page knows how many there are.
The fonts are those that every PDF reader has (ISO 32000-1, 9.6.2.2); what they cannot write becomes "?".
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final
from uuid import UUID

from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.lib.pagesizes import A4  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from customer_stack.statements.domain import COLOMBO, Line, Section, Statement
from customer_stack.statements.wording import describe, name_account
from shared.money import CONTRACT_SCALE, Currency, format_minor

_WIDTH, _HEIGHT = A4
_LEFT: Final = 42.0
_RIGHT: Final = _WIDTH - 42.0
_TOP: Final = _HEIGHT - 56.0
_BOTTOM: Final = 74.0
_FIRST_TOP: Final = _HEIGHT - 178.0

_PLAIN: Final = "Helvetica"
_BOLD: Final = "Helvetica-Bold"
_INK: Final = HexColor(0x1B1F24)
_SOFT: Final = HexColor(0x5B6570)
_ACCENT: Final = HexColor(0x12355B)
_BAND: Final = HexColor(0xF3F6F9)
_RULE: Final = HexColor(0xD4DBE2)

_DATE, _WORDS, _REFERENCE = _LEFT + 6, _LEFT + 82, _LEFT + 210
_MIDDLE, _AMOUNT, _BALANCE = _RIGHT - 176, _RIGHT - 88, _RIGHT - 6


class _Look(Enum):
    """How a row is drawn, with its height in points."""

    HEADING = 34.0
    COLUMNS = 17.0
    ENTRY = 13.5
    TOTAL = 15.0
    CLOSING = 18.0
    NOTE = 15.5


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the table; empty cells draw nothing."""

    look: _Look
    date: str = ""
    words: str = ""
    reference: str = ""
    middle: str = ""
    amount: str = ""
    balance: str = ""
    is_shaded: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """What belongs to this copy and not to its content."""

    statement_id: UUID
    issued_at: datetime
    digest: bytes
    titles: Mapping[UUID, str]


def write_pdf(statement: Statement, issue: Issue) -> bytes:
    """Return the statement as PDF."""
    pages = _cut(_rows(statement, issue))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=A4, invariant=1, pageCompression=1)
    canvas.setTitle(_printable(f"Statement {statement.holder.name}"))
    canvas.setAuthor(_printable(statement.holder.operator))
    for number, rows in enumerate(pages, start=1):
        _draw_frame(canvas, statement, issue, number, len(pages))
        y = _FIRST_TOP if number == 1 else _TOP
        for row in rows:
            y -= row.look.value
            _draw_row(canvas, row, y)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


def _rows(statement: Statement, issue: Issue) -> list[_Row]:
    """Return all rows of the document, in order."""
    rows = [
        _Row(_Look.HEADING, words="Summary"),
        _columns("Account", "Change", "Closing balance", opening=True),
    ]
    rows += [_summary(section, index) for index, section in enumerate(statement.sections)]
    for section in statement.sections:
        rows += _section_rows(section)
    if statement.positions:
        rows += [_Row(_Look.HEADING, words="Contracts"), _columns("Market", "Opening", "Closing")]
        for index, position in enumerate(statement.positions):
            rows.append(
                _Row(
                    _Look.ENTRY,
                    date=position.side.upper(),
                    words=issue.titles.get(position.market_id, str(position.market_id)),
                    amount=_amount(position.opening, CONTRACT_SCALE),
                    balance=_amount(position.closing, CONTRACT_SCALE),
                    is_shaded=index % 2 == 1,
                )
            )
    return rows


def _columns(first: str, amount: str, balance: str, *, opening: bool = False) -> _Row:
    return _Row(
        _Look.COLUMNS,
        words=first,
        middle="Opening balance" if opening else "",
        amount=amount,
        balance=balance,
    )


def _summary(section: Section, index: int) -> _Row:
    scale = section.currency.scale
    return _Row(
        _Look.ENTRY,
        date=section.currency.value,
        words=name_account(section.account),
        middle=_amount(section.opening, scale),
        amount=_amount(section.closing - section.opening, scale),
        balance=_amount(section.closing, scale),
        is_shaded=index % 2 == 1,
    )


def _section_rows(section: Section) -> list[_Row]:
    currency, scale = section.currency, section.currency.scale
    rows = [
        _Row(_Look.HEADING, words=f"{name_account(section.account)}, {currency.value}"),
        _Row(
            _Look.COLUMNS,
            date="Booked",
            words="Description",
            reference="Reference",
            amount=f"Amount {currency.value}",
            balance=f"Balance {currency.value}",
        ),
        _Row(_Look.TOTAL, words="Opening balance", balance=_amount(section.opening, scale)),
    ]
    rows += [_entry(line, currency, index) for index, line in enumerate(section.lines)]
    if not section.lines:
        rows.append(_Row(_Look.NOTE, words="No entries in this period."))
    rows += [
        _Row(_Look.TOTAL, words="Total received", amount=_amount(section.total_in, scale)),
        _Row(_Look.TOTAL, words="Total given", amount=_amount(section.total_out, scale)),
        _Row(_Look.CLOSING, words="Closing balance", balance=_amount(section.closing, scale)),
    ]
    return rows


def _entry(line: Line, currency: Currency, index: int) -> _Row:
    entry = line.entry
    return _Row(
        _Look.ENTRY,
        date=f"{entry.booked_at.astimezone(COLOMBO):%Y-%m-%d %H:%M}",
        words=describe(entry.kind, entry.amount),
        reference=entry.provider_reference or str(entry.movement_id),
        amount=_amount(entry.amount, currency.scale),
        balance=_amount(line.balance, currency.scale),
        is_shaded=index % 2 == 1,
    )


def _cut(rows: list[_Row]) -> list[list[_Row]]:
    """Cut rows into pages. A heading stays with what follows it; a table that goes on has its head again."""
    pages: list[list[_Row]] = [[]]
    room = _FIRST_TOP - _BOTTOM
    head: _Row | None = None
    for row in rows:
        needed = row.look.value
        if row.look is _Look.HEADING:
            needed += _Look.COLUMNS.value + 3 * _Look.CLOSING.value
        elif row.look is _Look.TOTAL:
            needed += 2 * _Look.CLOSING.value
        if needed > room:
            pages.append([])
            room = _TOP - _BOTTOM
            if head is not None and row.look is not _Look.HEADING:
                pages[-1].append(head)
                room -= head.look.value
        pages[-1].append(row)
        room -= row.look.value
        head = row if row.look is _Look.COLUMNS else head
    return pages


def _draw_frame(canvas: Canvas, statement: Statement, issue: Issue, number: int, count: int) -> None:
    if number == 1:
        _draw_header(canvas, statement, issue)
    else:
        holder, period = statement.holder, statement.period
        _text(canvas, _LEFT, _HEIGHT - 40, holder.operator, _BOLD, 9, _ACCENT)
        running = f"Statement {holder.name}, {period.first} to {period.last}"
        _text(canvas, _RIGHT, _HEIGHT - 40, running, _PLAIN, 8, _SOFT, align="right")
        _rule(canvas, _HEIGHT - 47, _RULE, 0.6)
    _rule(canvas, 60, _RULE, 0.6)
    _text(canvas, _LEFT, 49, f"SHA-256 of the content: {issue.digest.hex()}", _PLAIN, 6.5, _SOFT)
    check = (
        "To verify, fetch this period as CSV and compare its SHA-256, or ask the operator whether a "
        "statement with this digest was issued."
    )
    _text(canvas, _LEFT, 39, check, _PLAIN, 6.5, _SOFT)
    days = "Days are days in Colombo (UTC+05:30), by the time of booking."
    if not statement.holder.is_customer:
        days += " On a place, such as a bank account, minus means: so much lies there."
    _text(canvas, _LEFT, 29, days, _PLAIN, 6.5, _SOFT)
    _text(canvas, _RIGHT, 29, f"Page {number} of {count}", _PLAIN, 8, _SOFT, align="right")


def _draw_header(canvas: Canvas, statement: Statement, issue: Issue) -> None:
    holder, period = statement.holder, statement.period
    canvas.setFillColor(_ACCENT)
    canvas.rect(0, _HEIGHT - 8, _WIDTH, 8, stroke=0, fill=1)
    _text(canvas, _LEFT, _HEIGHT - 56, _fit(holder.operator, _BOLD, 19, 500), _BOLD, 19, _ACCENT)
    words = "Account statement" if holder.is_customer else "Statement of the house"
    _text(canvas, _LEFT, _HEIGHT - 75, words, _PLAIN, 11, _SOFT)
    _rule(canvas, _HEIGHT - 88, _ACCENT, 1.2)
    issued = f"{issue.issued_at.astimezone(COLOMBO):%Y-%m-%d %H:%M} Colombo"
    facts = (
        ("Account code" if holder.is_customer else "Department", holder.name),
        ("Period", f"{period.first} to {period.last}"),
        ("Issued", issued),
        ("Statement no.", str(issue.statement_id)),
    )
    for place, (label, value) in enumerate(facts):
        x, y = _LEFT + place % 2 * 256, _HEIGHT - 108 - place // 2 * 32
        _text(canvas, x, y, label, _PLAIN, 7.5, _SOFT)
        _text(canvas, x, y - 13, _fit(value, _BOLD, 10.5, 245), _BOLD, 10.5, _INK)
    if statement.is_provisional:
        _text(
            canvas,
            _RIGHT,
            _HEIGHT - 75,
            "Provisional: the period has not ended",
            _BOLD,
            9,
            _SOFT,
            align="right",
        )


def _draw_row(canvas: Canvas, row: _Row, y: float) -> None:
    height = row.look.value
    if row.is_shaded:
        canvas.setFillColor(_BAND)
        canvas.rect(_LEFT, y, _RIGHT - _LEFT, height, stroke=0, fill=1)
    if row.look is _Look.HEADING:
        _text(canvas, _LEFT, y + 8, row.words, _BOLD, 12, _ACCENT)
        return
    is_head, is_closing = row.look is _Look.COLUMNS, row.look is _Look.CLOSING
    font = _BOLD if is_head or is_closing or row.look is _Look.TOTAL else _PLAIN
    size, color = (7.5, _SOFT) if is_head else (8.2, _INK)
    base = y + (height - size) / 2 + 1.4
    if is_head:
        _rule(canvas, y, _ACCENT, 0.8)
    if is_closing:
        _rule(canvas, y + height, _ACCENT, 0.8)
        _rule(canvas, y + 1, _ACCENT, 0.8)
    _text(canvas, _DATE, base, row.date, font, size, color)
    # A row without a reference gives its room to the words.
    room = (_REFERENCE if row.reference or row.middle else _AMOUNT - 80) - _WORDS - 6
    _text(canvas, _WORDS, base, _fit(row.words, font, size, room), font, size, color)
    small = size if is_head else 6.3
    _text(canvas, _REFERENCE, base, _fit(row.reference, font, small, 136), font, small, color)
    _text(canvas, _MIDDLE, base, row.middle, font, size, color, align="right")
    _text(canvas, _AMOUNT, base, row.amount, font, size, color, align="right")
    _text(canvas, _BALANCE, base, row.balance, font, size, color, align="right")


def _text(
    canvas: Canvas, x: float, y: float, text: str, font: str, size: float, color: Color, align: str = "left"
) -> None:
    canvas.setFillColor(color)
    canvas.setFont(font, size)
    (canvas.drawRightString if align == "right" else canvas.drawString)(x, y, _printable(text))


def _rule(canvas: Canvas, y: float, color: Color, width: float) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(width)
    canvas.line(_LEFT, y, _RIGHT, y)


def _fit(text: str, font: str, size: float, width: float) -> str:
    """Return the text, cut with an ellipsis where it does not fit."""
    text = _printable(text)
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text}…"


def _printable(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")


def _amount(minor: int, scale: int) -> str:
    """Return an amount with separators of thousands: 123456 -> "1,234.56"."""
    sign = "-" if minor < 0 else ""
    whole, _, part = format_minor(abs(minor), scale).partition(".")
    return f"{sign}{int(whole):,}.{part}"
