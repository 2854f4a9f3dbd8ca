"""Show where tables and columns come from."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.options import (
    Selection,
    TargetOptions,
    examples,
    project_options,
    select_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.log import terminal_width, wrap_lines
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import SelectionError, UsageError

if TYPE_CHECKING:
    from marketing_ibis.cli.session import ProjectSession
    from marketing_ibis.lineage.drawing import ColumnEdges, Notes
    from marketing_ibis.lineage.project import Lineage
    from marketing_ibis.model.column_ref import ColumnRef
    from marketing_ibis.model.dataflow import Dataflow

FORMATS = ("text", "json", "svg", "dot", "mermaid")
FORMATS_OF_TABLES = ("text", "mermaid")
"""Those that show no columns of tables and are not drawn by Hamilton."""
ENDINGS = {".json": "json", ".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}

KIND = "lineage"
"""What the user's folder of drawings is called."""


@dataclass(frozen=True, slots=True)
class LineageParameters:
    """What ``lineage`` is called with: ``name`` is a model or a column of one."""

    target: TargetOptions
    selection: Selection
    name: str | None = None
    format: str | None = None
    columns: bool = False
    pii: bool = False
    to: Path | None = None

    @property
    def resolved_format(self) -> str:
        """The format, by the ending of the file where it is not named."""
        return self.format or ENDINGS.get(self.to.suffix.lower() if self.to else "", "text")

    @property
    def needs_columns(self) -> bool:
        """Whether more is drawn than which tables depend on which, for which the models are not evaluated."""
        is_about_columns = self.columns or self.pii or "." in (self.name or "")
        return is_about_columns or self.resolved_format not in FORMATS_OF_TABLES


@dataclass(frozen=True, slots=True)
class TracedProject:
    """The lineage of a project: ``focus`` is the model or the column that is asked for, "" for all of it."""

    parameters: LineageParameters
    session: ProjectSession
    dataflow: Dataflow
    lineage: Lineage
    focus: str | ColumnRef


@dataclass(frozen=True, slots=True)
class Drawing:
    """The drawn lineage, and the file to write."""

    text: str
    to: Path | None = None
    is_text: bool = False


@click.command(
    "lineage",
    epilog=examples(
        "lineage customers                        its upstream and downstream tables",
        "lineage customers.customer_segment       one column, down to the sources",
        "lineage --format svg --to lineage.svg    a picture of everything",
        "lineage --pii                            every column with personal data",
    ),
)
@click.argument("name", required=False, metavar="[MODEL|MODEL.COLUMN]")
@select_options
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="How to show it; svg and dot need the extra docs.  [default: by the ending of --to, else text]",
)
@click.option("--columns", is_flag=True, help="Show the origins of every column instead of tables.")
@click.option("--pii", is_flag=True, help="Show the columns with personal data, where from, and who reads them.")
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a file.")
@target_options
@vars_option
@project_options
@takes(LineageParameters)
def command(parameters: LineageParameters) -> None:
    """Show the lineage of a table or column.

    This needs no database. Without a name, show the whole dataflow or the selected part.
    """
    run_steps(STEPS, parameters)


def recall_or_draw(parameters: LineageParameters) -> Drawing:
    """Draw what is asked for, or recall how it was drawn.

    Raises:
        SelectionError: no table is selected.
        UsageError: --columns and --pii are combined, or what is asked for is not selected.
    """
    from marketing_ibis.cli.steps.recalled_output import recall_output  # help does without

    if parameters.pii and parameters.columns:
        raise UsageError("--pii shows columns already.", hint="Omit --columns.")
    # A drawing of its own for each name and form.
    options = parameters.name, parameters.resolved_format, parameters.columns, parameters.pii
    text = recall_output(
        parameters.target,
        parameters.selection,
        f"lineage {options}",
        lambda session: draw_selected(trace_project(parameters, session)),
        kind=KIND,
    )
    return Drawing(text, parameters.to, parameters.resolved_format == "text")


def trace_project(parameters: LineageParameters, session: ProjectSession) -> TracedProject:
    """Compile the project, trace every column if columns are asked for, and find what is asked for."""
    from marketing_ibis.lineage.project import column_lineage, table_lineage

    dataflow = session.dataflow if parameters.needs_columns else session.declarations
    lineage = column_lineage(dataflow) if parameters.needs_columns else table_lineage(dataflow)
    focus = lineage.find(parameters.name) if parameters.name else ""
    return TracedProject(parameters, session, dataflow, lineage, focus)


def draw_selected(traced_project: TracedProject) -> str:
    """Draw what is selected.

    Raises:
        SelectionError: no table is selected.
        UsageError: what is asked for is not selected.
    """
    from marketing_ibis.lineage.drawing import Notes

    parameters, focus, lineage = traced_project.parameters, traced_project.focus, traced_project.lineage
    session, format = traced_project.session, parameters.resolved_format
    selected, nodes, dataflow = session.selected_names, session.nodes, traced_project.dataflow
    table_names = tuple(name for name in selected if nodes[name].kind != "exposure")
    if not table_names:
        raise _no_table(selected[0])
    table = focus if isinstance(focus, str) else focus.table
    if table and table not in table_names:
        raise UsageError(
            f"{table} is not among what --select and --exclude leave.",
            hint=f"Leave them out, or select around it: --select 1+{table}+1",
        )
    if parameters.pii:
        return _personal(traced_project, table_names, format)
    if parameters.columns or not isinstance(focus, str):
        return _columns(dataflow, lineage, focus, table_names, format)
    exposure_parents = {name: nodes[name].parents for name in selected if name not in table_names}
    audience_parents = {name: declared.models for name, declared in session.project.audiences().items()}
    notes = Notes(exposures=exposure_parents, audiences=audience_parents)
    return _tables(dataflow, lineage, focus, table_names, notes, format)


def write_drawing(drawing: Drawing) -> None:
    """Print the lineage, or write it to a file."""
    if drawing.to is None:
        # The other formats are for programs, which get them unwrapped in a terminal, too.
        width = terminal_width(sys.stdout) if drawing.is_text else None
        click.echo(wrap_lines(drawing.text, width), nl=False)
        return
    from marketing_ibis.atomic_write import write_output

    write_output(drawing.to, drawing.text, "--to")
    click.echo(f"Wrote {drawing.to}.", err=True)


STEPS: Steps = (recall_or_draw, write_drawing)


def _no_table(exposure: str) -> SelectionError:
    return SelectionError(
        f"No table is selected: {exposure} is an exposure.", hint=f"See what it reads: --select +exposure:{exposure}"
    )


def _tables(
    dataflow: Dataflow,
    lineage: Lineage,
    focus: str,
    selected: tuple[str, ...],
    notes: Notes,
    format: str,
) -> str:
    from marketing_ibis.lineage import drawing

    near_names = lineage.focus([focus]) if focus else lineage.direct
    names = [name for name in near_names if name in selected]
    if format == "text":
        text = drawing.table_text(dataflow, focus, names, notes=notes) if focus else ""
        return text or drawing.tables_text(dataflow, names, notes=notes)
    if format == "json":
        return _json(drawing.lineage_record(dataflow, lineage, names, of=focus, notes=notes))
    if format == "mermaid":
        return drawing.tables_mermaid(dataflow, names, highlight=focus, notes=notes)
    dot = drawing.tables_dot(dataflow, names, highlight=focus, notes=notes)
    return dot if format == "dot" else drawing.dot_to_svg(dot, f"Lineage of {focus or 'all tables'}")


def _columns(
    dataflow: Dataflow, lineage: Lineage, focus: str | ColumnRef, selected: tuple[str, ...], format: str
) -> str:
    from marketing_ibis.lineage import drawing

    if format == "text":
        return _columns_text(dataflow, lineage, focus, selected)
    edges = _edges(lineage, focus, selected)
    if format == "json":
        return _json(drawing.lineage_record(dataflow, lineage, dict(edges.tables)))
    if format == "mermaid":
        return drawing.columns_mermaid(dataflow, edges)
    dot = drawing.columns_dot(dataflow, edges, highlight=str(focus))
    return dot if format == "dot" else drawing.dot_to_svg(dot, f"Columns of {focus or 'all tables'}")


def _personal(traced_project: TracedProject, selected: tuple[str, ...], format: str) -> str:
    from marketing_ibis.lineage import drawing
    from marketing_ibis.lineage.personal_columns import personal_data

    lineage, focus, session = traced_project.lineage, traced_project.focus, traced_project.session
    project, dataflow = session.project, traced_project.dataflow
    tables = set(selected) & set(lineage.focus([focus]) if isinstance(focus, str) and focus else selected)
    path = set() if isinstance(focus, str) else {focus, *lineage.upstream(focus), *lineage.downstream(focus)}
    personal = personal_data(dataflow, lineage).where(lambda ref: ref.table in tables and (not path or ref in path))
    masking = project.masking
    masked = (masking.schema, masking.roles) if masking else ()
    readers = drawing.Readers(project.model_schema, project.grants, *masked)
    if format == "text":
        return drawing.personal_text(personal, readers)
    if format == "json":
        return _json(drawing.personal_record(personal, readers))
    edges = drawing.edges_of_personal(lineage, personal)
    if format == "mermaid":
        return drawing.columns_mermaid(dataflow, edges)
    dot = drawing.columns_dot(dataflow, edges, highlight=str(focus))
    return dot if format == "dot" else drawing.dot_to_svg(dot, "Personal data")


def _columns_text(dataflow: Dataflow, lineage: Lineage, focus: str | ColumnRef, selected: tuple[str, ...]) -> str:
    from marketing_ibis.lineage.drawing import column_text, columns_text

    if not isinstance(focus, str):
        return column_text(lineage, focus)
    return "\n".join(columns_text(dataflow, lineage, name) for name in ([focus] if focus else selected))


def _edges(lineage: Lineage, focus: str | ColumnRef, selected: tuple[str, ...]) -> ColumnEdges:
    from marketing_ibis.lineage.drawing import edges_of_column, edges_of_tables

    if not isinstance(focus, str):
        return edges_of_column(lineage, focus).within(selected)
    return edges_of_tables(lineage, [focus] if focus else selected).within(selected)


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"
