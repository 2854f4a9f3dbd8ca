"""Show rows of a model without building it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.completing import complete_model
from marketing_ibis.cli.options import (
    AsOfOption,
    TargetOptions,
    WholeNumber,
    as_of_option,
    database_option,
    examples,
    project_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.log import terminal_width
from marketing_ibis.cli.output.row_table import format_rows
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.days import (
    dated_nodes,
    days_other_than,
    tables_behind,
    view_parents,
    warn_of_other_days,
)
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError
from marketing_ibis.project.selection import check_model

if TYPE_CHECKING:
    import pyarrow as pa

    from marketing_ibis.build.row_query import RowQuery
    from marketing_ibis.engines.target import Target
    from marketing_ibis.project.inline import InlineExpression

TEXT = "text"
ALL_ROWS = -1


@dataclass(frozen=True, slots=True)
class ShowParameters:
    """What ``show`` is called with."""

    target: TargetOptions
    model: str | None = None
    inline: str | None = None
    limit: int = 5
    output_format: str = TEXT
    as_of: AsOfOption = None

    @property
    def row_limit(self) -> int | None:
        """How many rows are shown; None for all."""
        return None if self.limit == ALL_ROWS else self.limit


@dataclass(frozen=True, slots=True)
class Request:
    """The model or the expression whose rows are shown."""

    session: Session
    parameters: ShowParameters
    model: str
    inline: InlineExpression | None = None


@click.command(
    "show",
    epilog=examples(
        "show customer_segmentation        the first five rows",
        "show orders --limit 20 --format csv",
        "show --inline 'orders.group_by(\"status\").count()'",
    ),
)
@click.argument("model", required=False, shell_complete=complete_model)
@click.option("--inline", metavar="EXPRESSION", help="Show an Ibis expression over the names of models and sources.")
@click.option("--limit", type=WholeNumber(ALL_ROWS), default=5, show_default=True, help="Number of rows; -1 for all.")
@click.option(
    "--format",
    "--output",
    "output_format",
    type=click.Choice([TEXT, "json", "csv"]),
    default=TEXT,
    show_default=True,
    help="Form in which the rows are printed.",
)
@as_of_option
@database_option
@target_options
@vars_option
@project_options
@takes(ShowParameters)
def command(parameters: ShowParameters) -> None:
    """Show rows of a MODEL or of an expression, and publish nothing.

    The rows of MODEL are computed by its current code. Models that it depends on are read where they are published;
    those that are not published are computed in the same query, so only the sources must exist. Without --as-of, the
    day is that of the published tables, if they agree on one.
    """
    run_steps(STEPS, parameters)


def open_request(parameters: ShowParameters) -> Request:
    """Load the project and find what is to be shown.

    Raises:
        UsageError: there is not exactly one of MODEL and --inline, or the expression is not Python.
        SelectionError: there is no such model.
    """
    if (parameters.model is None) == (parameters.inline is None):
        raise UsageError("`show` needs either a MODEL or --inline.", hint="For example: show orders --limit 10.")
    session = open_session(parameters.target, as_of_option=parameters.as_of)
    from marketing_ibis.project.inline import parse_inline

    names = [name for name, node in session.nodes.items() if node.kind != "exposure"]
    if parameters.model:
        check_model(parameters.model, names)
    if parameters.model and session.nodes[parameters.model].kind == "model":
        return Request(session, parameters, parameters.model)
    # The rows of a source are those of its table.
    return Request(session, parameters, "", parse_inline(parameters.inline or str(parameters.model), names))


def show_rows(request: Request) -> None:
    """Query the rows and print them."""
    from marketing_ibis.build.preflight import check_inputs
    from marketing_ibis.outputs.export import cast_batches

    session = request.session
    destination = session.destination
    with destination.open_to_read() as target:
        query = _plan_query(request, target)
        if request.parameters.as_of is None and (day := _day_of_tables(request, query, target)):
            session = replace(session, as_of_option=day)
            query = _plan_query(replace(request, session=session), target)
            session.log.emit(
                "note", f"As of {day}, like the published tables; --as-of names a different day.", err=True
            )
        target.attempt("inputs", lambda: check_inputs(query.plan, target, str(destination), destination.filling))
        nodes = session.nodes
        warn_of_other_days(session.log, query.plan, view_parents(nodes), dated_nodes(nodes, nodes), target)
        schema = query.schema.to_pyarrow()
        batches = cast_batches(query.batches(target), schema)
        if request.parameters.output_format == TEXT:
            _print_table(query, batches)
        else:
            _print_document(request.parameters.output_format, schema, batches)


STEPS: Steps = (open_request, show_rows)


def _day_of_tables(request: Request, query: RowQuery, target: Target) -> date | None:
    """Return the day that all published tables behind the rows are as of, if it is a different one than the rows are.

    Without such a day, a warning names those of the tables.
    """
    session, nodes = request.session, request.session.nodes
    views = view_parents(nodes)
    tables = {table for relation in query.plan.published_parents for table in tables_behind(views, relation.name)}
    dated = sorted(tables.intersection(dated_nodes(nodes, nodes)))
    other_days = days_other_than(session.as_of, dated, target, query.plan.schemas.models)
    days = set(other_days.values())
    return days.pop() if len(days) == 1 and len(other_days) == len(dated) else None


def _plan_query(request: Request, target: Target) -> RowQuery:
    import ibis

    from marketing_ibis.build.row_query import find_unbuilt_models, is_built_in, query_expression, query_model

    session, inline, limit = request.session, request.inline, request.parameters.row_limit
    names = (request.model,) if inline is None else inline.names
    dataflow = session.project.compile(session.as_of, names)
    is_built = is_built_in(target, dataflow, session.schemas)
    needed = names if inline else dataflow.models[request.model].parents
    unbuilt = target.attempt("columns", lambda: find_unbuilt_models(dataflow, needed, is_built))
    with session.dialect() as dialect:
        if inline is None:
            return query_model(dataflow, request.model, dialect, session.schemas, unbuilt, limit)
        expression = inline.evaluate({name: ibis.table(dataflow.nodes[name].schema, name=name) for name in names})
        expression = expression if limit is None else expression.limit(limit)
        return query_expression(dataflow, expression, names, dialect, session.schemas, unbuilt)


def _print_table(query: RowQuery, batches: Iterator[pa.RecordBatch]) -> None:
    rows = [
        tuple(row) for batch in batches for row in zip(*(column.to_pylist() for column in batch.columns), strict=True)
    ]
    for line in format_rows(query.schema.names, rows, terminal_width(sys.stdout)):
        click.echo(line)
    if not rows:
        click.echo("No rows.", err=True)


def _print_document(format_name: str, schema: pa.Schema, batches: Iterator[pa.RecordBatch]) -> None:
    from marketing_ibis.outputs.formats import write_rows

    sys.stdout.flush()
    write_rows(format_name, sys.stdout.buffer, schema, batches)
    sys.stdout.buffer.flush()
