"""A document: blocks in order, cut into pages, drawn as PDF.

Drawing is work for the processor: `draw` does it in a thread.
"""

import asyncio
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from customer_stack.paper import style
from customer_stack.paper.blocks import (
    Align,
    Block,
    Cell,
    Chart,
    Column,
    Facts,
    Heading,
    Paragraph,
    Series,
    Table,
    Tone,
)
from customer_stack.paper.pieces import Piece, cut

_TOP: Final = style.HEIGHT - 56
_FIRST_TOP: Final = style.HEIGHT - 98
_BOTTOM: Final = 70
FIRST_ROOM: Final = _FIRST_TOP - _BOTTOM
NEXT_ROOM: Final = _TOP - _BOTTOM


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands on every page: who issues it, what it is, of what and when, and lines for its foot."""

    operator: str
    title: str
    subtitle: str
    issued: str
    foot: tuple[str, ...] = ()
    """At most two lines: how to check the document, what its days are."""


class Paper:
    """A document that is being written."""

    def __init__(self, frame: Frame) -> None:
        """Begin an empty document."""
        self._frame = frame
        self._blocks: list[Block] = []

    def heading(self, text: str) -> None:
        """Begin a part."""
        self._blocks.append(Heading(text))

    def paragraph(self, text: str, tone: Tone = Tone.PLAIN) -> None:
        """Write sentences."""
        self._blocks.append(Paragraph(text, tone))

    def facts(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Write labels with their values."""
        self._blocks.append(Facts(tuple(pairs)))

    def table(
        self,
        columns: Sequence[Column],
        rows: Iterable[Sequence[Cell | str]],
        *,
        has_total: bool = False,
        empty: str = "None.",
    ) -> None:
        """Write a table; with `has_total` its last row is the total."""
        cells = tuple(tuple(each if isinstance(each, Cell) else Cell(each) for each in row) for row in rows)
        self._blocks.append(Table(tuple(columns), cells, has_total=has_total, empty=empty))

    def line_chart(
        self, title: str, labels: Sequence[str], series: Sequence[Series], *, unit: str = "", scale: int = 0
    ) -> None:
        """Draw how numbers went; `scale` is how many decimals they have."""
        self._blocks.append(Chart(title, tuple(labels), tuple(series), unit, scale))

    def bar_chart(
        self,
        title: str,
        labels: Sequence[str],
        series: Sequence[Series],
        *,
        unit: str = "",
        scale: int = 0,
        is_stacked: bool = False,
    ) -> None:
        """Draw bars, beside each other or stacked."""
        self._blocks.append(
            Chart(title, tuple(labels), tuple(series), unit, scale, is_bars=True, is_stacked=is_stacked)
        )

    def to_pdf(self) -> bytes:
        """Return the document as PDF. CPU work: from async code, use `draw`."""
        pages = paginate([piece for block in self._blocks for piece in cut(block)])
        target = io.BytesIO()
        canvas = Canvas(
            target, pagesize=(style.WIDTH, style.HEIGHT), invariant=1, pageCompression=1, lang="en"
        )
        canvas.setTitle(style.printable(f"{self._frame.title}, {self._frame.subtitle}"))
        canvas.setAuthor(style.printable(self._frame.operator))
        for number, pieces in enumerate(pages, start=1):
            _draw_frame(canvas, self._frame, number, len(pages))
            y = _FIRST_TOP if number == 1 else _TOP
            for piece in pieces:
                y -= piece.height
                piece.draw(canvas, y)
            canvas.showPage()
        canvas.save()
        return target.getvalue()

    async def draw(self) -> bytes:
        """Return the document as PDF, drawn in a thread."""
        return await asyncio.to_thread(self.to_pdf)


def paginate(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """Cut pieces into pages; a row that begins a page has the head of its table above it."""
    pages: list[list[Piece]] = [[]]
    room = FIRST_ROOM
    for place, piece in enumerate(pieces):
        if pages[-1] and _needed(pieces, place) > room:
            pages.append([])
            room = NEXT_ROOM
            if piece.head is not None:
                pages[-1].append(piece.head)
                room -= piece.head.height
        pages[-1].append(piece)
        room -= piece.height
    return pages


def _needed(pieces: Sequence[Piece], place: int) -> int:
    """Return the height of a piece with what must stand below it on the same page."""
    needed = pieces[place].height
    while pieces[place].keeps_next and place + 1 < len(pieces):
        place += 1
        needed += pieces[place].height
    return needed


def _draw_frame(canvas: Canvas, frame: Frame, number: int, count: int) -> None:
    if number == 1:
        canvas.setFillColor(style.ACCENT)
        canvas.rect(0, style.HEIGHT - 8, style.WIDTH, 8, stroke=0, fill=1)
        operator = style.fit(frame.operator, style.PLAIN, 10, 240)
        style.write(
            canvas, (style.RIGHT, style.HEIGHT - 52), operator, style.PLAIN, 10, style.SOFT, Align.RIGHT
        )
        title = style.fit(frame.title, style.BOLD, 19, 330)
        style.write(canvas, (style.LEFT, style.HEIGHT - 54), title, style.BOLD, 19, style.ACCENT)
        subtitle = style.fit(frame.subtitle, style.PLAIN, 10, 330)
        style.write(canvas, (style.LEFT, style.HEIGHT - 72), subtitle, style.PLAIN, 10, style.SOFT)
        issued = f"Issued {frame.issued}"
        style.write(canvas, (style.RIGHT, style.HEIGHT - 72), issued, style.PLAIN, 8, style.SOFT, Align.RIGHT)
        style.rule(canvas, style.HEIGHT - 84, style.ACCENT)
    else:
        operator = style.fit(frame.operator, style.BOLD, 9, 200)
        style.write(canvas, (style.LEFT, style.HEIGHT - 40), operator, style.BOLD, 9, style.ACCENT)
        running = style.fit(f"{frame.title}, {frame.subtitle}", style.PLAIN, 8, 300)
        style.write(
            canvas, (style.RIGHT, style.HEIGHT - 40), running, style.PLAIN, 8, style.SOFT, Align.RIGHT
        )
        style.rule(canvas, style.HEIGHT - 47, style.RULE)
    style.rule(canvas, 54, style.RULE)
    for place, line in enumerate(frame.foot[:2]):
        text = style.fit(line, style.PLAIN, 7, style.ROOM - 70)
        style.write(canvas, (style.LEFT, 43 - 10 * place), text, style.PLAIN, 7, style.SOFT)
    page = f"Page {number} of {count}"
    style.write(canvas, (style.RIGHT, 33), page, style.PLAIN, 8, style.SOFT, Align.RIGHT)
