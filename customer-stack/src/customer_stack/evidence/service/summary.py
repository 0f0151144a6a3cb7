"""The readable summary of a pack: what is in it, how much, when, and how it is checked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from typing import Final

from customer_stack.paper.blocks import Align, Column, Series, Tone
from customer_stack.paper.document import Frame, Paper
from shared.evidence.domain import About

CHARTED: Final = 5
BARS: Final = 31


@dataclass(frozen=True, slots=True)
class Summary:
    """What the summary says. `by_day`: rows of a source by day in UTC; `kinds`: records by module."""

    operator: str
    about: About
    rows: Mapping[str, int]
    says: Mapping[str, str]
    by_day: Mapping[str, Mapping[str, int]]
    records: int
    kinds: Mapping[str, int]
    left_out: Sequence[str]


async def draw_summary(summary: Summary) -> bytes:
    """Return the summary as PDF, drawn in a thread."""
    about = summary.about
    scope = about.scope_kind if about.scope_id is None else f"{about.scope_kind} {about.scope_id}"
    paper = Paper(
        Frame(
            summary.operator,
            "Evidence",
            scope,
            f"{about.made_at.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
            (
                "Check the pack with verify_pack.py: this page alone proves nothing.",
                "Days and times are UTC.",
            ),
        )
    )
    paper.facts(
        [
            ("Pack", str(about.pack_id)),
            ("Log", about.origin),
            ("From", f"{about.first_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"),
            ("To, not included", f"{about.last_at.astimezone(UTC):%Y-%m-%d %H:%M:%S}"),
            ("Asked by", about.operator),
            ("Personal data", "yes" if about.personal_data else "no: people are ids"),
        ]
    )
    paper.heading("What is in it")
    columns = [Column("File", 3), Column("Says", 6), Column("Rows", 1, Align.RIGHT)]
    paper.table(columns, [[name, summary.says[name], f"{rows:,}"] for name, rows in summary.rows.items()])
    if summary.left_out:
        paper.paragraph(
            f"Left out, since whoever asked may not see it: {', '.join(summary.left_out)}.", Tone.WARNING
        )
    _chart_rows(paper, summary)
    paper.heading("Proven by the audit")
    paper.paragraph(
        f"{summary.records:,} records of the audit name the scope or a row of the pack. Each comes with its "
        "way to the root of the audit's tree, which the log signed; the verifier says whether the execution "
        "stack cosigned it."
    )
    if summary.kinds:
        shown = list(summary.kinds.items())[:12]
        labels = [name for name, _ in shown]
        paper.bar_chart("Records by module", labels, [Series("records", tuple(n for _, n in shown))])
    return await paper.draw()


def _chart_rows(paper: Paper, summary: Summary) -> None:
    """Draw how many rows each day had, of the largest sources; over longer times by month."""
    largest = sorted(summary.by_day, key=lambda name: -sum(summary.by_day[name].values()))[:CHARTED]
    largest = [name for name in largest if summary.by_day[name]]
    days = sorted({day for name in largest for day in summary.by_day[name]})
    if not days:
        return
    length = len("2026-11-28") if len(days) <= BARS else len("2026-11")
    labels = sorted({day[:length] for day in days})[-BARS:]
    series = [
        Series(
            name,
            tuple(
                sum(count for day, count in summary.by_day[name].items() if day.startswith(label))
                for label in labels
            ),
        )
        for name in largest
    ]
    word = "day" if length == len("2026-11-28") else "month"
    paper.bar_chart(f"Rows by {word}", labels, series, is_stacked=True)
