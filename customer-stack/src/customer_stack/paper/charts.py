"""Charts of lines and bars, as drawings. CPU work.

The axis has round steps (1, 2 or 5 and zeros), always shows zero, and writes as few decimals as a step needs.
Coordinates are whole points: a chart shows the course of a number; the number itself stands in a table.
"""

from typing import Final

from reportlab.graphics.shapes import Circle, Drawing, Line, PolyLine, Rect, String  # type: ignore[import-untyped]
from reportlab.lib.colors import Color  # type: ignore[import-untyped]
from reportlab.pdfbase.pdfmetrics import stringWidth  # type: ignore[import-untyped]

from customer_stack.paper import style
from customer_stack.paper.blocks import Chart, Series

HEIGHT: Final = 172
_PLOT_LEFT: Final = 64
_PLOT_RIGHT: Final = style.ROOM - 8
_PLOT_BOTTOM: Final = 26
_PLOT_TOP: Final = HEIGHT - 40
_STEPS: Final = 5
_LABELS: Final = 10


class Axis:
    """A value axis with round steps over all values, zero included."""

    def __init__(self, low: int, high: int) -> None:
        """Find the smallest round step that needs at most five."""
        self.step = _round_step(max(high, 0) - min(low, 0))
        self.low = min(low, 0) // self.step * self.step
        self.high = -(-max(high, 0, self.low + 1) // self.step) * self.step

    @property
    def ticks(self) -> range:
        """Return the values that are written beside the axis."""
        return range(self.low, self.high + 1, self.step)

    def place(self, value: int) -> int:
        """Return how high a value stands."""
        return _PLOT_BOTTOM + (value - self.low) * (_PLOT_TOP - _PLOT_BOTTOM) // (self.high - self.low)


def _round_step(span: int) -> int:
    power = 1
    while True:
        for factor in (1, 2, 5):
            if span <= _STEPS * factor * power:
                return factor * power
        power *= 10


def write_tick(value: int, step: int, scale: int) -> str:
    """Return a value of the axis with separators and as few decimals as the step needs."""
    decimals = scale
    while decimals and step % 10 ** (scale - decimals + 1) == 0:
        decimals -= 1
    whole, part = divmod(abs(value) // 10 ** (scale - decimals), 10**decimals)
    sign = "-" if value < 0 else ""
    return f"{sign}{whole:,}" + (f".{part:0{decimals}}" if decimals else "")


def draw_chart(chart: Chart) -> Drawing:
    """Return a chart as a drawing, as wide as the text of a page."""
    drawing = Drawing(style.ROOM, HEIGHT)
    axis = Axis(*_bounds(chart))
    _draw_title(drawing, chart)
    for value in axis.ticks:
        y = axis.place(value)
        color = style.SOFT if value == 0 else style.RULE
        drawing.add(Line(_PLOT_LEFT, y, _PLOT_RIGHT, y, strokeColor=color, strokeWidth=1))
        _label(drawing, _PLOT_LEFT - 6, y - 3, write_tick(value, axis.step, chart.scale), "end")
    if not chart.labels:
        _label(drawing, (_PLOT_LEFT + _PLOT_RIGHT) // 2, _PLOT_BOTTOM + 40, "No data yet.", "middle")
        return drawing
    every = -(-len(chart.labels) // _LABELS)
    for place, label in enumerate(chart.labels):
        # The newest has its label; the others at equal distances before it.
        if (len(chart.labels) - 1 - place) % every == 0:
            _label(drawing, _middle(place, len(chart.labels)), _PLOT_BOTTOM - 13, label, "middle")
    if chart.is_bars:
        _draw_bars(drawing, chart, axis)
    else:
        for each, color in zip(chart.series, style.SERIES, strict=False):
            _draw_line(drawing, each, axis, color)
    return drawing


def _bounds(chart: Chart) -> tuple[int, int]:
    rows = [
        [value or 0 for value in row] for row in zip(*(each.values for each in chart.series), strict=True)
    ]
    if chart.is_stacked:
        rows = [[sum(row)] for row in rows]
    values = [value for row in rows for value in row]
    return min(values, default=0), max(values, default=0)


def _draw_title(drawing: Drawing, chart: Chart) -> None:
    title = f"{chart.title} ({chart.unit})" if chart.unit else chart.title
    drawing.add(_string(0, HEIGHT - 14, title, style.BOLD, 9, style.INK))
    x = _PLOT_LEFT
    if len(chart.series) < 2:
        return
    for each, color in zip(chart.series, style.SERIES, strict=False):
        drawing.add(Rect(x, HEIGHT - 29, 7, 7, fillColor=color, strokeColor=None))
        drawing.add(_string(x + 11, HEIGHT - 29, each.name, style.PLAIN, 7, style.SOFT))
        x += 25 + int(stringWidth(style.printable(each.name), style.PLAIN, 7))


def _draw_line(drawing: Drawing, series: Series, axis: Axis, color: Color) -> None:
    """Draw a line that is broken where nothing is known; its ends are dots, so that a lone day is seen."""
    runs: list[list[int]] = [[]]
    for place, value in enumerate(series.values):
        if value is None:
            runs.append([])
        else:
            runs[-1] += [_middle(place, len(series.values)), axis.place(value)]
    for points in filter(None, runs):
        if len(points) > 2:
            drawing.add(PolyLine(points, strokeColor=color, strokeWidth=2, strokeLineJoin=1, strokeLineCap=1))
        for x, y in (points[:2], points[-2:]):
            drawing.add(Circle(x, y, 2, fillColor=color, strokeColor=None))


def _draw_bars(drawing: Drawing, chart: Chart, axis: Axis) -> None:
    count = len(chart.labels)
    room = max((_PLOT_RIGHT - _PLOT_LEFT) * 7 // 10 // count, 1)
    wide = min(room if chart.is_stacked else max(room // len(chart.series), 1), 26)
    for place in range(count):
        left = _middle(place, count) - (wide if chart.is_stacked else wide * len(chart.series)) // 2
        foot = 0
        for index, (each, color) in enumerate(zip(chart.series, style.SERIES, strict=False)):
            value = each.values[place]
            if not value:
                continue
            x = left if chart.is_stacked else left + index * wide
            low, high = sorted((axis.place(foot), axis.place(foot + value)))
            drawing.add(Rect(x, low, wide, max(high - low, 1), fillColor=color, strokeColor=None))
            foot += value if chart.is_stacked else 0


def _middle(place: int, count: int) -> int:
    """Return where the middle of one of `count` equal fields stands."""
    return _PLOT_LEFT + (2 * place + 1) * (_PLOT_RIGHT - _PLOT_LEFT) // (2 * count)


def _label(drawing: Drawing, x: int, y: int, text: str, anchor: str) -> None:
    label = _string(x, y, text, style.PLAIN, 7, style.SOFT)
    label.textAnchor = anchor
    drawing.add(label)


def _string(x: int, y: int, text: str, font: str, size: int, color: Color) -> String:
    return String(x, y, style.printable(text), fontName=font, fontSize=size, fillColor=color)
