"""A line at the foot of a terminal that shows how far a run is."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Column
from rich.text import Text

MOST_NAMES = 3


class ProgressBar:
    """How many steps are done, how long it takes, and which are under way."""

    def __init__(self, total: int) -> None:
        # One line whatever the names, so that the bar keeps its width.
        names = Column(no_wrap=True, overflow="ellipsis", ratio=1)
        columns = (
            SpinnerColumn(),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}", markup=False, table_column=names),
        )
        # Transient: when the run ends, only the lines of the models stay.
        self.progress = Progress(*columns, console=Console(), transient=True, expand=True)
        self.task = self.progress.add_task("", total=total)
        self.under_way: dict[str, None] = {}

    def __enter__(self) -> ProgressBar:
        self.progress.start()
        return self

    def __exit__(self, *exception: Any) -> None:
        self.progress.stop()

    def write(self, line: str) -> None:
        """Print a line above the bar."""
        self.progress.console.print(Text.from_ansi(line), soft_wrap=True, highlight=False)

    def begin(self, name: str) -> None:
        """Show that ``name`` is under way."""
        self.under_way[name] = None
        self.progress.update(self.task, description=self._description())

    def end(self, name: str) -> None:
        """Count ``name`` as done."""
        self.under_way.pop(name, None)
        self.progress.update(self.task, description=self._description(), advance=1)

    def _description(self) -> str:
        names = list(self.under_way)
        return ", ".join(names[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
