"""A statement as PDF: A4, drawn row by row. CPU work: call it in a thread.

Rows have fixed heights, so pages are cut before anything is drawn and every page knows how many there are.
"""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from customer_stack.paper.blocks import Align
from customer_stack.paper.style import (
    ACCENT,
    BAND,
    BOLD,
    HEIGHT,
    INK,
    LEFT,
    PLAIN,
    RIGHT,
    RULE,
    SOFT,
    WIDTH,
    fit,
    printable,
    rule,
    write,
)
from customer_stack.statements.domain import COLOMBO, Statement
from customer_stack.statements.pdf_rows import Look, Row, build_rows

_TOP: Final = HEIGHT - 56
_BOTTOM: Final = 74
_FIRST_TOP: Final = HEIGHT - 166

_DATE, _WORDS, _REFERENCE = LEFT + 6, LEFT + 82, LEFT + 210
_MIDDLE, _AMOUNT, _BALANCE = RIGHT - 176, RIGHT - 88, RIGHT - 6


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
    canvas = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=1, pageCompression=1)
    canvas.setTitle(printable(f"Statement {statement.holder.name}"))
    canvas.setAuthor(printable(statement.holder.operator))
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
        write(canvas, (LEFT, HEIGHT - 40), holder.operator, BOLD, 9, ACCENT)
        running = f"Statement {holder.name}, {period.first} to {period.last}"
        write(canvas, (RIGHT, HEIGHT - 40), running, PLAIN, 8, SOFT, Align.RIGHT)
        rule(canvas, HEIGHT - 47, RULE)
    rule(canvas, 60, RULE)
    write(canvas, (LEFT, 49), f"SHA-256 of the content: {issue.digest.hex()}", PLAIN, 7, SOFT)
    check = (
        "To verify, fetch this period as CSV and compare its SHA-256, or ask the operator whether a "
        "statement with this digest was issued."
    )
    write(canvas, (LEFT, 39), check, PLAIN, 7, SOFT)
    days = "Days are days in Colombo (UTC+05:30), by the time of booking."
    if not statement.holder.is_customer:
        days += " On a place, such as a bank account, minus means: so much lies there."
    write(canvas, (LEFT, 29), days, PLAIN, 7, SOFT)
    write(canvas, (RIGHT, 29), f"Page {number} of {count}", PLAIN, 8, SOFT, Align.RIGHT)


def _draw_header(canvas: Canvas, statement: Statement, issue: Issue) -> None:
    holder, period = statement.holder, statement.period
    canvas.setFillColor(ACCENT)
    canvas.rect(0, HEIGHT - 8, WIDTH, 8, stroke=0, fill=1)
    write(canvas, (LEFT, HEIGHT - 56), fit(holder.operator, BOLD, 19, 500), BOLD, 19, ACCENT)
    words = "Account statement" if holder.is_customer else "Statement of the house"
    write(canvas, (LEFT, HEIGHT - 75), words, PLAIN, 11, SOFT)
    rule(canvas, HEIGHT - 88, ACCENT)
    issued = f"{issue.issued_at.astimezone(COLOMBO):%Y-%m-%d %H:%M} Colombo"
    facts = (
        ("Account code" if holder.is_customer else "Department", holder.name),
        ("Period", f"{period.first} to {period.last}"),
        ("Issued", issued),
        ("Statement no.", str(issue.statement_id)),
    )
    for place, (label, value) in enumerate(facts):
        x, y = LEFT + place % 2 * 256, HEIGHT - 108 - place // 2 * 32
        write(canvas, (x, y), label, PLAIN, 8, SOFT)
        write(canvas, (x, y - 13), fit(value, BOLD, 10, 245), BOLD, 10, INK)
    if statement.is_provisional:
        write(
            canvas, (RIGHT, HEIGHT - 75), "Provisional: the period has not ended", BOLD, 9, SOFT, Align.RIGHT
        )


def _draw_row(canvas: Canvas, row: Row, y: int) -> None:
    height = row.look.value
    if row.is_shaded:
        canvas.setFillColor(BAND)
        canvas.rect(LEFT, y, RIGHT - LEFT, height, stroke=0, fill=1)
    if row.look is Look.HEADING:
        write(canvas, (LEFT, y + 8), row.words, BOLD, 12, ACCENT)
        return
    is_head, is_closing = row.look is Look.COLUMNS, row.look is Look.CLOSING
    font = BOLD if is_head or is_closing or row.look is Look.TOTAL else PLAIN
    size, color = 8, SOFT if is_head else INK
    base = y + (height - size) // 2 + 1
    if is_head:
        rule(canvas, y, ACCENT)
    if is_closing:
        rule(canvas, y + height, ACCENT)
        rule(canvas, y + 1, ACCENT)
    write(canvas, (_DATE, base), row.date, font, size, color)
    # A row without a reference gives its room to the words.
    room = (_REFERENCE if row.reference or row.middle else _AMOUNT - 80) - _WORDS - 6
    write(canvas, (_WORDS, base), fit(row.words, font, size, room), font, size, color)
    small = size if is_head else 6
    write(canvas, (_REFERENCE, base), fit(row.reference, font, small, 136), font, small, color)
    write(canvas, (_MIDDLE, base), row.middle, font, size, color, Align.RIGHT)
    write(canvas, (_AMOUNT, base), row.amount, font, size, color, Align.RIGHT)
    write(canvas, (_BALANCE, base), row.balance, font, size, color, Align.RIGHT)
