"""What stands on paper, as frozen values. Pure.

Numbers of a chart are integers in their smallest unit; `scale` says how many decimals they are written with.
"""

from dataclasses import dataclass
from enum import Enum, StrEnum

from shared.errors import invariant

SERIES_LIMIT = 6
"""As many as there are colours that can be told apart, also in grey."""


class Align(StrEnum):
    """On which side of its column a text stands."""

    LEFT = "left"
    RIGHT = "right"


class Tone(Enum):
    """What a text means to its reader; the text says it in words too."""

    PLAIN = "plain"
    STRONG = "strong"
    QUIET = "quiet"
    GOOD = "good"
    WARNING = "warning"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Cell:
    """A text of a table in a tone."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title and its share of the width, relative to the others'."""

    title: str
    share: int
    align: Align = Align.LEFT


@dataclass(frozen=True, slots=True)
class Series:
    """One line, or one colour of bars; None where nothing is known."""

    name: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Sentences, wrapped."""

    text: str
    tone: Tone = Tone.PLAIN


@dataclass(frozen=True, slots=True)
class Facts:
    """Labels with their values, two in a row."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows below a head. Long texts wrap, up to `lines` lines; the last row is set off when it is a total."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    has_total: bool = False
    empty: str = "None."
    lines: int = 4

    def __post_init__(self) -> None:
        """Require a text for every column."""
        invariant(all(len(row) == len(self.columns) for row in self.rows), "a row has a cell per column")


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart of values by label: lines, or bars that stand beside or upon each other."""

    title: str
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    scale: int
    is_bars: bool = False
    is_stacked: bool = False

    def __post_init__(self) -> None:
        """Require a value, or a gap, for every label."""
        invariant(0 < len(self.series) <= SERIES_LIMIT, "a chart has one to six series")
        invariant(all(len(each.values) == len(self.labels) for each in self.series), "a value per label")
        invariant(
            not self.is_stacked
            or all(value is None or value >= 0 for each in self.series for value in each.values),
            "what is stacked is not negative",
        )


Block = Heading | Paragraph | Facts | Table | Chart
