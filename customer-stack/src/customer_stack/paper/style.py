"""The look of the house: an A4 page, its colours and fonts, and how a text is written, cut and wrapped.

The fonts are those that every PDF reader has (ISO 32000-1, 9.6.2.2); what they cannot write becomes "?".
Everything is placed on whole points.
"""

from typing import Final

from reportlab.lib.colors import Color, HexColor  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]
from reportlab.pdfgen.canvas import Canvas  # type: ignore[import-untyped]

from customer_stack.paper.blocks import Align, Tone

WIDTH: Final = 595
HEIGHT: Final = 842
"""A4 in points."""
LEFT: Final = 42
RIGHT: Final = WIDTH - 42
ROOM: Final = RIGHT - LEFT

PLAIN: Final = "Helvetica"
BOLD: Final = "Helvetica-Bold"
INK: Final = HexColor(0x1B1F24)
SOFT: Final = HexColor(0x5B6570)
ACCENT: Final = HexColor(0x12355B)
BAND: Final = HexColor(0xF3F6F9)
RULE: Final = HexColor(0xD4DBE2)

SERIES: Final = (
    ACCENT,
    HexColor(0xC4681B),
    HexColor(0x2F7F79),
    HexColor(0x8D99A6),
    HexColor(0x9A2F3F),
    HexColor(0xB9A44C),
)
"""Colours of a chart: different in brightness too, so that they survive a black-and-white copy."""

_TONES: Final = {
    Tone.PLAIN: (PLAIN, INK),
    Tone.STRONG: (BOLD, INK),
    Tone.QUIET: (PLAIN, SOFT),
    Tone.GOOD: (PLAIN, HexColor(0x1D6B45)),
    Tone.WARNING: (BOLD, HexColor(0x94600A)),
    Tone.BAD: (BOLD, HexColor(0xA3222F)),
}


def font_of(tone: Tone) -> str:
    """Return the font of a tone."""
    return _TONES[tone][0]


def color_of(tone: Tone) -> Color:
    """Return the colour of a tone."""
    return _TONES[tone][1]


def write(
    canvas: Canvas,
    at: tuple[int, int],
    text: str,
    font: str,
    size: int,
    color: Color,
    align: Align = Align.LEFT,
) -> None:
    """Write one line at a point; aligned to the right it ends there."""
    canvas.setFillColor(color)
    canvas.setFont(font, size)
    (canvas.drawRightString if align is Align.RIGHT else canvas.drawString)(*at, printable(text))


def rule(canvas: Canvas, y: int, color: Color) -> None:
    """Draw a line across the page."""
    canvas.setStrokeColor(color)
    canvas.setLineWidth(1)
    canvas.line(LEFT, y, RIGHT, y)


def fit(text: str, font: str, size: int, width: int) -> str:
    """Return the text, cut with an ellipsis where it does not fit."""
    text = printable(text)
    if stringWidth(text, font, size) <= width:
        return text
    while text and stringWidth(f"{text}…", font, size) > width:
        text = text[:-1]
    return f"{text}…"


def wrap(text: str, font: str, size: int, width: int, lines: int | None = None) -> list[str]:
    """Return the text in lines; a word that is wider than a line is broken, what exceeds `lines` is cut."""
    words = [part for word in printable(text).split() for part in _break(word, font, size, width)]
    wrapped = [""]
    for word in words:
        longer = f"{wrapped[-1]} {word}".strip()
        if stringWidth(longer, font, size) <= width:
            wrapped[-1] = longer
        else:
            wrapped.append(word)
    if lines is not None and len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], fit(" ".join(wrapped[lines - 1 :]), font, size, width)]
    return wrapped


def _break(word: str, font: str, size: int, width: int) -> list[str]:
    parts = []
    while word and stringWidth(word, font, size) > width:
        length = len(word) - 1
        while length > 1 and stringWidth(word[:length], font, size) > width:
            length -= 1
        parts.append(word[:length])
        word = word[length:]
    return [*parts, word]


def printable(text: str) -> str:
    """Return the text as the fonts can write it."""
    return text.encode("cp1252", "replace").decode("cp1252")
