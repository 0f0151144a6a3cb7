"""A statement as PDF: A4, drawn row by row. CPU work: call it in a thread.

Rows have fixed heights, so pages are cut before anything is drawn and every page knows how many there are.
The fonts are those that every PDF reader has (ISO 32000-1, 9.6.2.2); what they cannot write becomes "?".
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from customer_stack.statements.domain import COLOMBO, Statement
from customer_stack.statements.pdf_rows import Look, Row, build_rows

_WIDTH: Final = 595
_HEIGHT: Final = 842
"""A4 in points. Everything is placed on whole points."""
_LEFT: Final = 42
_RIGHT: Final = _WIDTH - 42
_TOP: Final = _HEIGHT - 56
_BOTTOM: Final = 74
_FIRST_TOP: Final = _HEIGHT - 166

_PLAIN: Final = "Helvetica"
_BOLD: Final = "Helvetica-Bold"
_INK: Final = HexColor(0x1B1F24)
_SOFT: Final = HexColor(0x5B6570)
_ACCENT: Final = HexColor(0x12355B)
_BAND: Final = HexColor(0xF3F6F9)
_RULE: Final = HexColor(0xD4DBE2)

_DATE, _WORDS, _REFERENCE = _LEFT + 6, _LEFT + 82, _LEFT + 210
_MIDDLE, _AMOUNT, _BALANCE = _RIGHT - 176, _RIGHT - 88, _RIGHT - 6


@dataclass(frozen=True, slots=True)
class Issue:
    """What belongs to this copy and not to its content."""

    statement_id: UUID
    issued_at: datetime
    digest: bytes
    titles: Mapping[UUID, str]


def write_pdf(statement: Statement, issue: Issue) -> bytes:
    """Return the statement as PDF."""
    pages = _cut(build_rows(statement, issue.titles))
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=(_WIDTH, _HEIGHT), invariant=1, pageCompression=1)
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


def _cut(rows: list[Row]) -> list[list[Row]]:
    """Cut rows into pages. A heading stays with what follows it; a table that goes on has its head again."""
    pages: list[list[Row]] = [[]]
    room = _FIRST_TOP - _BOTTOM
    head: Row | None = None
    for row in rows:
        needed = row.look.value
        if row.look is Look.HEADING:
            needed += Look.COLUMNS.value + 3 * Look.CLOSING.value
        elif row.look is Look.TOTAL:
            needed += 2 * Look.CLOSING.value
        if needed > room:
            pages.append([])
            room = _TOP - _BOTTOM
            if head is not None and row.look is not Look.HEADING:
                pages[-1].append(head)
                room -= head.look.value
        pages[-1].append(row)
        room -= row.look.value
        head = row if row.look is Look.COLUMNS else head
    return pages


def _draw_frame(canvas: Canvas, statement: Statement, issue: Issue, number: int, count: int) -> None:
    if number == 1:
        _draw_header(canvas, statement, issue)
    else:
        holder, period = statement.holder, statement.period
        _text(canvas, _LEFT, _HEIGHT - 40, holder.operator, _BOLD, 9, _ACCENT)
        running = f"Statement {holder.name}, {period.first} to {period.last}"
        _text(canvas, _RIGHT, _HEIGHT - 40, running, _PLAIN, 8, _SOFT, align="right")
        _rule(canvas, _HEIGHT - 47, _RULE)
    _rule(canvas, 60, _RULE)
    _text(canvas, _LEFT, 49, f"SHA-256 of the content: {issue.digest.hex()}", _PLAIN, 7, _SOFT)
    check = (
        "To verify, fetch this period as CSV and compare its SHA-256, or ask the operator whether a "
        "statement with this digest was issued."
    )
    _text(canvas, _LEFT, 39, check, _PLAIN, 7, _SOFT)
    days = "Days are days in Colombo (UTC+05:30), by the time of booking."
    if not statement.holder.is_customer:
        days += " On a place, such as a bank account, minus means: so much lies there."
    _text(canvas, _LEFT, 29, days, _PLAIN, 7, _SOFT)
    _text(canvas, _RIGHT, 29, f"Page {number} of {count}", _PLAIN, 8, _SOFT, align="right")


def _draw_header(canvas: Canvas, statement: Statement, issue: Issue) -> None:
    holder, period = statement.holder, statement.period
    canvas.setFillColor(_ACCENT)
    canvas.rect(0, _HEIGHT - 8, _WIDTH, 8, stroke=0, fill=1)
    _text(canvas, _LEFT, _HEIGHT - 56, _fit(holder.operator, _BOLD, 19, 500), _BOLD, 19, _ACCENT)
    words = "Account statement" if holder.is_customer else "Statement of the house"
    _text(canvas, _LEFT, _HEIGHT - 75, words, _PLAIN, 11, _SOFT)
    _rule(canvas, _HEIGHT - 88, _ACCENT)
    issued = f"{issue.issued_at.astimezone(COLOMBO):%Y-%m-%d %H:%M} Colombo"
    facts = (
        ("Account code" if holder.is_customer else "Department", holder.name),
        ("Period", f"{period.first} to {period.last}"),
        ("Issued", issued),
        ("Statement no.", str(issue.statement_id)),
    )
    for place, (label, value) in enumerate(facts):
        x, y = _LEFT + place % 2 * 256, _HEIGHT - 108 - place // 2 * 32
        _text(canvas, x, y, label, _PLAIN, 8, _SOFT)
        _text(canvas, x, y - 13, _fit(value, _BOLD, 10, 245), _BOLD, 10, _INK)
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


def _draw_row(canvas: Canvas, row: Row, y: int) -> None:
    height = row.look.value
    if row.is_shaded:
        canvas.setFillColor(_BAND)
        canvas.rect(_LEFT, y, _RIGHT - _LEFT, height, stroke=0, fill=1)
    if row.look is Look.HEADING:
        _text(canvas, _LEFT, y + 8, row.words, _BOLD, 12, _ACCENT)
        return
    is_head, is_closing = row.look is Look.COLUMNS, row.look is Look.CLOSING
    font = _BOLD if is_head or is_closing or row.look is Look.TOTAL else _PLAIN
    size, color = 8, _SOFT if is_head else _INK
    base = y + (height - size) // 2 + 1
    if is_head:
        _rule(canvas, y, _ACCENT)
    if is_closing:
        _rule(canvas, y + height, _ACCENT)
        _rule(canvas, y + 1, _ACCENT)
    _text(canvas, _DATE, base, row.date, font, size, color)
    # A row without a reference gives its room to the words.
    room = (_REFERENCE if row.reference or row.middle else _AMOUNT - 80) - _WORDS - 6
    _text(canvas, _WORDS, base, _fit(row.words, font, size, room), font, size, color)
    small = size if is_head else 6
    _text(canvas, _REFERENCE, base, _fit(row.reference, font, small, 136), font, small, color)
    _text(canvas, _MIDDLE, base, row.middle, font, size, color, align="right")
    _text(canvas, _AMOUNT, base, row.amount, font, size, color, align="right")
    _text(canvas, _BALANCE, base, row.balance, font, size, color, align="right")


def _text(
    canvas: Canvas, x: int, y: int, text: str, font: str, size: int, color: Color, align: str = "left"
) -> None:
    canvas.setFillColor(color)
    canvas.setFont(font, size)
    (canvas.drawRightString if align == "right" else canvas.drawString)(x, y, _printable(text))


def _rule(canvas: Canvas, y: int, color: Color) -> None:
    canvas.setStrokeColor(color)
    canvas.setLineWidth(1)
    canvas.line(_LEFT, y, _RIGHT, y)


def _fit(text: str, font: str, size: int, width: int) -> str:
    """Return the text, cut with an ellipsis where it does not fit."""
    text = _printable(text)
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text}…"


def _printable(text: str) -> str:
    return text.encode("cp1252", "replace").decode("cp1252")
