"""What the journey shows: its steps, what matters in each, and the final checks."""

import time
from collections.abc import Iterable, Sequence
from typing import Any

from rich.box import SIMPLE
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text


class Screen:
    """Prints the journey as it goes."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(highlight=False, quiet=quiet)
        if not self._console.is_terminal:
            self._console.width = 140
        self._started = time.monotonic()

    def step(self, number: int, count: int, title: str) -> None:
        """Announce a step."""
        elapsed = time.monotonic() - self._started
        self._console.print(f"\n[bold]{number}/{count} {title}[/bold] [dim]{elapsed:.1f} s[/dim]")

    def note(self, text: str) -> None:
        """Show what came of a step."""
        self._console.print(Padding(Text(text), (0, 0, 0, 4)))

    def progress(self, text: str) -> None:
        """Show that something goes on, where a person watches."""
        if self._console.is_terminal:
            self._console.print(f"    [dim]{text}[/dim]", end="\r")

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Show what matters in a few rows; columns marked with a trailing # are numbers."""
        table = Table(box=SIMPLE, pad_edge=False, padding=(0, 1))
        for column in columns:
            table.add_column(column.rstrip("#"), justify="right" if column.endswith("#") else "left")
        for row in rows:
            table.add_row(*(Text(str(cell)) for cell in row))
        self._console.print(Padding(table, (0, 0, 0, 4)))

    def checks(self, checks: list[dict[str, Any]]) -> None:
        """Show the final checks."""
        table = Table(title="Final checks", title_justify="left", box=SIMPLE, pad_edge=False)
        table.add_column("check")
        table.add_column("held")
        table.add_column("detail", overflow="fold")
        for check in checks:
            held = "[green]yes[/green]" if check["held"] else "[bold red]NO[/bold red]"
            table.add_row(str(check["name"]), held, str(check.get("detail") or ""))
        self._console.print(table)

    def failed(self, title: str, error: Exception) -> None:
        """Show why the journey ended early."""
        self._console.print(f"\n[bold red]{title}: did not hold.[/bold red] {type(error).__name__}: {error}")

    def done(self) -> None:
        """Show that everything held."""
        elapsed = time.monotonic() - self._started
        self._console.print(f"\n[bold green]Every step and every check held[/bold green] in {elapsed:.1f} s.")
