"""Draw where tables and columns come from, as a value that notebooks show."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from os import PathLike
from pathlib import Path
from typing import Any

from marketing_ibis.atomic_write import write_output
from marketing_ibis.cli.commands.lineage import LineageParameters, TracedProject, draw_selected
from marketing_ibis.cli.options import Selection, TargetOptions
from marketing_ibis.cli.session import Session
from marketing_ibis.errors import ConfigurationError, UsageError
from marketing_ibis.lineage.project import column_lineage

Selectors = str | Iterable[str]


@dataclass(frozen=True, slots=True)
class Lineage:
    """The lineage of a project, a table or a column; a notebook shows its picture, or its text without the extra docs.

    ``str()`` is the text that the command prints.
    """

    _traced: TracedProject

    @property
    def svg(self) -> str:
        """The picture.

        Raises:
            ConfigurationError: what draws is not installed.
        """
        return self._draw("svg")

    @property
    def dot(self) -> str:
        """The source of the picture, for Graphviz.

        Raises:
            ConfigurationError: what draws is not installed.
        """
        return self._draw("dot")

    @property
    def mermaid(self) -> str:
        """The picture in Mermaid's language, as Markdown pages show it."""
        return self._draw("mermaid")

    @property
    def record(self) -> dict[str, Any]:
        """The lineage as plain data, as docs/how-to/lineage.md describes it."""
        record: dict[str, Any] = json.loads(self._draw("json"))
        return record

    def save(self, path: str | PathLike[str]) -> None:
        """Write the lineage to a file, in the format of its ending: .svg, .dot, .gv, .mmd, .json, or else text.

        Raises:
            UsageError: the file cannot be written.
            ConfigurationError: what draws is not installed.
        """
        parameters = replace(self._traced.parameters, format=None, to=Path(path))
        write_output(Path(path), draw_selected(replace(self._traced, parameters=parameters)), "save()")

    def _draw(self, format: str) -> str:
        parameters = replace(self._traced.parameters, format=format)
        return draw_selected(replace(self._traced, parameters=parameters))

    def _repr_svg_(self) -> str | None:
        try:
            return self.svg
        except ConfigurationError:
            # A notebook then shows the text.
            return None

    def __repr__(self) -> str:
        return self._draw("text").rstrip("\n")


def trace(session: Session, name: str | None, *, columns: bool, select: Selectors, exclude: Selectors) -> Lineage:
    """Return the lineage of a project, or of the table or column ``name``.

    Raises:
        UnknownName: there is no such table or column.
        SelectionError: no table is selected.
        UsageError: the table is not among what is selected.
    """
    selection = Selection(_selectors("select", select), _selectors("exclude", exclude))
    session = replace(session, selection=selection)
    parameters = LineageParameters(TargetOptions(), selection, name, columns=columns)
    dataflow = session.dataflow
    lineage = column_lineage(dataflow)
    traced = Lineage(TracedProject(parameters, session, dataflow, lineage, lineage.find(name) if name else ""))
    # An error belongs to the call, not to the first look at the result.
    repr(traced)
    return traced


def _selectors(name: str, value: Selectors) -> tuple[str, ...]:
    selectors = (value,) if isinstance(value, str) else tuple(value)
    for selector in selectors:
        if not isinstance(selector, str):
            raise UsageError(f"{name} contains {selector!r}, not a selector.", hint=f'Write {name}="+marts".')
    return selectors
