"""Documents on paper: the same bytes again, pages that are cut well, charts that do not lie."""

import io
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader
from reportlab.graphics.shapes import Circle, PolyLine, Rect
from reportlab.pdfbase.pdfmetrics import stringWidth

from customer_stack.paper.blocks import Align, Cell, Chart, Column, Series, Tone
from customer_stack.paper.charts import Axis, draw_chart, write_tick
from customer_stack.paper.document import FIRST_ROOM, NEXT_ROOM, Frame, Paper, paginate
from customer_stack.paper.pieces import Piece
from customer_stack.paper.style import PLAIN, fit, wrap
from shared.errors import InvariantViolated

COLUMNS = (Column("Check", 2), Column("What is compared", 6), Column("Ours", 3, Align.RIGHT))
ROWS = [
    (f"check {number}", "Cost and proceeds of every reference " * 3, Cell("1.00", Tone.BAD))
    for number in range(60)
]


def write_paper():
    paper = Paper(Frame("Lanka Wagers", "Daily report", "Colombo", "2026-11-28 00:10", ("SHA-256: ab",)))
    paper.facts([("Checks held", "22 of 24"), ("Breaks open", "3"), ("Client money", "covered")])
    paper.heading("Checks")
    paper.table(COLUMNS, ROWS, has_total=True)
    paper.heading("Course")
    paper.paragraph("What is owed and what is held. " * 10)
    paper.line_chart("Held", ["11-01", "11-02", "11-03"], [Series("held", (1_00, None, 3_00))], scale=2)
    paper.bar_chart("Open", ["11-01"], [Series("new", (1,)), Series("old", (2,))], is_stacked=True)
    paper.table(COLUMNS, [], empty="No open item.")
    return paper


async def test_a_document_has_the_same_bytes_again_and_numbered_pages_with_their_heads():
    content = await write_paper().draw()
    assert content == write_paper().to_pdf()
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(content)).pages]
    assert len(pages) > 2
    assert all(f"Page {number} of {len(pages)}" in text for number, text in enumerate(pages, start=1))
    assert [name for text in pages for name in text.split("\n") if name.startswith("check ")] == [
        f"check {number}" for number in range(60)
    ]
    for text in pages:
        if "check " in text:
            assert text.index("What is compared") < text.index("check ")
    assert "No open item." in pages[-1]


pieces = st.builds(
    lambda height, keeps, has_head: Piece(
        height, lambda canvas, y: None, keeps, Piece(17, lambda canvas, y: None) if has_head else None
    ),
    st.integers(1, 182),
    st.booleans(),
    st.booleans(),
)


@given(st.lists(pieces, max_size=80))
def test_pages_hold_every_piece_in_order_and_none_is_over_full(found):
    for at, (before, _) in enumerate(itertools.pairwise(found)):
        if before.keeps_next and at % 2:  # as documents have them: a heading keeps what is no heading
            found[at] = Piece(before.height, before.draw)
    pages = paginate(found)
    again = {id(piece.head) for piece in found if piece.head}
    assert [id(piece) for page in pages for piece in page if id(piece) not in again] == list(map(id, found))
    for number, page in enumerate(pages):
        assert sum(piece.height for piece in page) <= (NEXT_ROOM if number else FIRST_ROOM)
        if number < len(pages) - 1:
            assert not page[-1].keeps_next or len(page) < 2
        if number and page[0].head:
            raise AssertionError("a row begins a page without the head of its table")


@given(st.text(max_size=300), st.integers(20, 300), st.integers(1, 5))
def test_text_fits_its_lines_and_loses_nothing_unless_it_is_cut(text, width, lines):
    shown = "".join(text.encode("cp1252", "replace").decode("cp1252").split())
    whole = wrap(text, PLAIN, 8, width)
    assert "".join("".join(whole).split()) == shown
    assert all(stringWidth(line, PLAIN, 8) <= width for line in (*whole, *wrap(text, PLAIN, 8, width, lines)))
    assert len(wrap(text, PLAIN, 8, width, lines)) <= lines
    assert stringWidth(fit(text, PLAIN, 8, width), PLAIN, 8) <= width


@given(st.integers(-(10**14), 10**14), st.integers(-(10**14), 10**14))
def test_an_axis_has_few_round_steps_around_all_values_and_zero(one, other):
    axis = Axis(min(one, other), max(one, other))
    ticks = list(axis.ticks)
    assert 2 <= len(ticks) <= 8
    assert 0 in ticks
    assert ticks[0] <= min(one, other, 0)
    assert ticks[-1] >= max(one, other, 0)
    assert str(axis.step).rstrip("0") in {"1", "2", "5"}


def test_ticks_are_written_with_the_decimals_that_they_need():
    assert write_tick(1_234_500_00, 500_00, 2) == "1,234,500"
    assert write_tick(-5, 5, 2) == "-0.05"
    assert write_tick(1_500_000, 500_000, 6) == "1.5"
    assert write_tick(7, 1, 0) == "7"


def test_a_gap_is_a_gap_and_a_lone_day_is_seen():
    days = tuple(f"11-{day:02}" for day in range(1, 7))
    drawing = draw_chart(Chart("Held", days, (Series("held", (1, 2, None, 4, None, 6)),), "LKR", 0))
    lines = [shape for shape in drawing.contents if isinstance(shape, PolyLine)]
    assert [len(line.points) for line in lines] == [4]
    assert len({shape.cx for shape in drawing.contents if isinstance(shape, Circle)}) == 4


def test_stacked_bars_stand_upon_each_other_and_are_never_negative():
    series = (Series("new", (3,)), Series("old", (2,)))
    drawing = draw_chart(Chart("Open", ("11-01",), series, "", 0, is_bars=True, is_stacked=True))
    lower, upper = [shape for shape in drawing.contents if isinstance(shape, Rect)][-2:]
    assert (lower.x, lower.y + lower.height) == (upper.x, upper.y)
    with pytest.raises(InvariantViolated):
        Chart("Open", ("11-01",), (Series("new", (-1,)),), "", 0, is_bars=True, is_stacked=True)
