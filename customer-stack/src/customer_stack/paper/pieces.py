"""Blocks cut into pieces of known height, so that pages can be cut before anything is drawn."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from reportlab.graphics import renderPDF  # type: ignore[import-untyped]
from reportlab.lib.colors import Color  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from customer_stack.paper import charts, style
from customer_stack.paper.blocks import (
    Align,
    Block,
    Cell,
    Chart,
    Column,
    Facts,
    Heading,
    Paragraph,
    Table,
    Tone,
)

_SIZE: Final = 8
_LINE: Final = 10
_PADDING: Final = 6
_HEAD: Final = 17

Draw = Callable[[Canvas, int], None]
"""Draw at a height: (canvas, lower edge)."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a page that is not cut."""

    height: int
    draw: Draw
    keeps_next: bool = False
    """The piece that follows stands on the same page."""
    head: "Piece | None" = None
    """What is drawn again above this piece when it begins a page."""


def cut(block: Block) -> Iterator[Piece]:
    """Cut a block into pieces, from above."""
    match block:
        case Heading():
            yield Piece(36, lambda canvas, y: _heading(canvas, y, block.text), keeps_next=True)
        case Paragraph():
            yield from _paragraph(block)
        case Facts():
            yield from _facts(block)
        case Table():
            yield from _table(block)
        case Chart():
            drawing = charts.draw_chart(block)
            yield Piece(charts.HEIGHT + 10, lambda canvas, y: renderPDF.draw(drawing, canvas, style.LEFT, y))


def _heading(canvas: Canvas, y: int, text: str) -> None:
    style.write(canvas, (style.LEFT, y + 9), text, style.BOLD, 12, style.ACCENT)


def _paragraph(block: Paragraph) -> Iterator[Piece]:
    font, color = style.font_of(block.tone), style.color_of(block.tone)

    def line(text: str) -> Draw:
        return lambda canvas, y: style.write(canvas, (style.LEFT, y + 4), text, font, 9, color)

    for text in style.wrap(block.text, font, 9, style.ROOM):
        yield Piece(13, line(text))
    yield Piece(6, _nothing)


def _facts(block: Facts) -> Iterator[Piece]:
    half = style.ROOM // 2

    def row(pairs: tuple[tuple[str, str], ...]) -> Draw:
        def draw(canvas: Canvas, y: int) -> None:
            for place, (label, value) in enumerate(pairs):
                x = style.LEFT + place * half
                style.write(canvas, (x, y + 22), label, style.PLAIN, 8, style.SOFT)
                text = style.fit(value, style.BOLD, 10, half - 12)
                style.write(canvas, (x, y + 9), text, style.BOLD, 10, style.INK)

        return draw

    for start in range(0, len(block.pairs), 2):
        yield Piece(34, row(block.pairs[start : start + 2]))


def _table(table: Table) -> Iterator[Piece]:
    widths = _widths(table.columns)
    head = Piece(_HEAD, lambda canvas, y: _draw_head(canvas, y, table.columns, widths), keeps_next=True)
    yield head
    for index, row in enumerate(table.rows):
        is_total = table.has_total and index == len(table.rows) - 1
        yield _table_row(
            table, row, widths, head, is_shaded=index % 2 == 1 and not is_total, is_total=is_total
        )
    if not table.rows:
        at = style.LEFT + _PADDING
        yield Piece(
            16,
            lambda canvas, y: style.write(canvas, (at, y + 5), table.empty, style.PLAIN, _SIZE, style.SOFT),
        )
    yield Piece(8, _nothing)


def _widths(columns: tuple[Column, ...]) -> list[int]:
    """Share the width of the page; what the division leaves is the first column's."""
    total = sum(column.share for column in columns)
    widths = [style.ROOM * column.share // total for column in columns]
    widths[0] += style.ROOM - sum(widths)
    return widths


def _draw_head(canvas: Canvas, y: int, columns: tuple[Column, ...], widths: list[int]) -> None:
    style.rule(canvas, y, style.ACCENT)
    x = style.LEFT
    for column, width in zip(columns, widths, strict=True):
        text = style.fit(column.title, style.BOLD, _SIZE, width - 2 * _PADDING)
        _write_cell(canvas, (x, y + 5), width, text, style.BOLD, style.SOFT, column.align)
        x += width


def _table_row(
    table: Table, row: tuple[Cell, ...], widths: list[int], head: Piece, *, is_shaded: bool, is_total: bool
) -> Piece:
    tones = [Tone.STRONG if is_total and cell.tone is Tone.PLAIN else cell.tone for cell in row]
    texts = [
        style.wrap(cell.text, style.font_of(tone), _SIZE, width - 2 * _PADDING, table.lines)
        for cell, tone, width in zip(row, tones, widths, strict=True)
    ]
    height = max(len(lines) for lines in texts) * _LINE + 5

    def draw(canvas: Canvas, y: int) -> None:
        if is_shaded:
            canvas.setFillColor(style.BAND)
            canvas.rect(style.LEFT, y, style.ROOM, height, stroke=0, fill=1)
        if is_total:
            style.rule(canvas, y + height, style.ACCENT)
        x = style.LEFT
        for lines, tone, width, column in zip(texts, tones, widths, table.columns, strict=True):
            for number, text in enumerate(lines, start=1):
                at = (x, y + height - number * _LINE)
                _write_cell(canvas, at, width, text, style.font_of(tone), style.color_of(tone), column.align)
            x += width

    return Piece(height, draw, head=head)


def _write_cell(
    canvas: Canvas, at: tuple[int, int], width: int, text: str, font: str, color: Color, align: Align
) -> None:
    x = at[0] + (width - _PADDING if align is Align.RIGHT else _PADDING)
    style.write(canvas, (x, at[1]), text, font, _SIZE, color, align)


def _nothing(_canvas: Canvas, _y: int) -> None:
    """Draw the room below a block."""
