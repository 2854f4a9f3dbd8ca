"""Show where tables and columns come from."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.atomic_write import write_output
from marketing_ibis.cli.options import (
    Selection,
    TargetOptions,
    examples,
    project_options,
    select_options,
    takes,
    target_options,
)
from marketing_ibis.cli.session import ProjectSession, open_project
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import SelectionError, UsageError

if TYPE_CHECKING:
    from marketing_ibis.lineage.drawing import ColumnEdges
    from marketing_ibis.lineage.expression import ColumnRef
    from marketing_ibis.lineage.project import Lineage
    from marketing_ibis.model.dataflow import Dataflow

FORMATS = ("text", "json", "svg", "dot", "mermaid")
ENDINGS = {".json": "json", ".svg": "svg", ".dot": "dot", ".gv": "dot", ".mmd": "mermaid"}


@dataclass(frozen=True, slots=True)
class LineageParameters:
    """What ``lineage`` is called with: ``name`` is a model or a column of one."""

    target: TargetOptions
    selection: Selection
    name: str | None = None
    format: str | None = None
    columns: bool = False
    to: Path | None = None

    @property
    def settled_format(self) -> str:
        """The format, by the ending of the file where it is not named."""
        return self.format or ENDINGS.get(self.to.suffix.lower() if self.to else "", "text")


@dataclass(frozen=True, slots=True)
class Traced:
    """The lineage of a project: ``of`` is the model or the column that is asked for, "" for all of it."""

    parameters: LineageParameters
    session: ProjectSession
    lineage: Lineage
    of: str | ColumnRef


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown, and the file to write."""

    text: str
    to: Path | None = None


@click.command(
    "lineage",
    epilog=examples(
        "lineage customers                        what it reads and what reads it",
        "lineage customers.customer_segment       one column, down to the sources",
        "lineage --format svg --to lineage.svg    a picture of everything",
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
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="Write it to a file.")
@target_options
@project_options
@takes(LineageParameters)
def command(parameters: LineageParameters) -> None:
    """Show what a table or column comes from and what reads it, without a database.

    Without a name the whole dataflow, or what --select leaves of it.
    """
    run_steps(STEPS, parameters)


def trace_project(parameters: LineageParameters) -> Traced:
    """Compile the project, trace every column and find what is asked for."""
    from marketing_ibis.lineage.project import column_lineage

    session = open_project(parameters.target, parameters.selection)
    lineage = column_lineage(session.dataflow)
    return Traced(parameters, session, lineage, lineage.find(parameters.name) if parameters.name else "")


def draw_selected(traced: Traced) -> Shown:
    """Draw what is selected.

    Raises:
        SelectionError: no table is selected.
        UsageError: what is asked for is not selected.
    """
    parameters, of, dataflow = traced.parameters, traced.of, traced.session.dataflow
    chosen, nodes, format = traced.session.chosen, traced.session.nodes, parameters.settled_format
    kept = tuple(name for name in chosen if nodes[name].kind != "exposure")
    if not kept:
        raise _no_table(chosen[0])
    table = of if isinstance(of, str) else of.table
    if table and table not in kept:
        raise UsageError(
            f"{table} is not among what --select and --exclude leave.",
            hint=f"Leave them out, or select around it: --select 1+{table}+1",
        )
    if parameters.columns or not isinstance(of, str):
        return Shown(_columns(dataflow, traced.lineage, of, kept, format), parameters.to)
    exposed = {name: nodes[name].parents for name in chosen if name not in kept}
    return Shown(_tables(dataflow, traced.lineage, of, kept, exposed, format), parameters.to)


def put_shown(shown: Shown) -> None:
    """Print what is shown, or write it to a file."""
    if shown.to is None:
        click.echo(shown.text, nl=False)
        return
    write_output(shown.to, shown.text, "--to")
    click.echo(f"Wrote {shown.to}.", err=True)


STEPS: Steps = (trace_project, draw_selected, put_shown)


def _no_table(exposure: str) -> SelectionError:
    return SelectionError(
        f"No table is selected: {exposure} is an exposure.", hint=f"See what it reads: --select +exposure:{exposure}"
    )


def _tables(
    dataflow: Dataflow,
    lineage: Lineage,
    of: str,
    kept: tuple[str, ...],
    exposed: dict[str, tuple[str, ...]],
    format: str,
) -> str:
    from marketing_ibis.lineage import drawing

    notes = drawing.Notes(exposures=exposed)
    around = lineage.focus([of]) if of else lineage.direct
    names = [name for name in around if name in kept]
    if format == "text":
        told = drawing.table_text(dataflow, of, names, notes=notes) if of else ""
        return told or drawing.tables_text(dataflow, names, notes=notes)
    if format == "json":
        return _json(drawing.lineage_record(dataflow, lineage, names, of=of, notes=notes))
    if format == "mermaid":
        return drawing.tables_mermaid(dataflow, names, highlight=of, notes=notes)
    dot = drawing.tables_dot(dataflow, names, highlight=of, notes=notes)
    return dot if format == "dot" else drawing.dot_to_svg(dot, f"Lineage of {of or 'all tables'}")


def _columns(dataflow: Dataflow, lineage: Lineage, of: str | ColumnRef, kept: tuple[str, ...], format: str) -> str:
    from marketing_ibis.lineage import drawing

    if format == "text":
        return _columns_text(dataflow, lineage, of, kept)
    edges = _edges(lineage, of, kept)
    if format == "json":
        return _json(drawing.lineage_record(dataflow, lineage, dict(edges.tables)))
    if format == "mermaid":
        return drawing.columns_mermaid(dataflow, edges)
    dot = drawing.columns_dot(dataflow, edges, highlight=str(of))
    return dot if format == "dot" else drawing.dot_to_svg(dot, f"Columns of {of or 'all tables'}")


def _columns_text(dataflow: Dataflow, lineage: Lineage, of: str | ColumnRef, kept: tuple[str, ...]) -> str:
    from marketing_ibis.lineage.drawing import column_text, columns_text

    if not isinstance(of, str):
        return column_text(lineage, of)
    return "\n".join(columns_text(dataflow, lineage, name) for name in ([of] if of else kept))


def _edges(lineage: Lineage, of: str | ColumnRef, kept: tuple[str, ...]) -> ColumnEdges:
    from marketing_ibis.lineage.drawing import edges_of_column, edges_of_tables

    if not isinstance(of, str):
        return edges_of_column(lineage, of).within(kept)
    return edges_of_tables(lineage, [of] if of else kept).within(kept)


def _json(record: dict[str, object]) -> str:
    return json.dumps(record, indent=2, ensure_ascii=False) + "\n"
