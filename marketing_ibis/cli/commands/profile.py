"""Show how the engine computes a model, and which operators are slow."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.completing import complete_model
from marketing_ibis.cli.options import (
    AsOfOption,
    TargetOptions,
    as_of_option,
    database_option,
    examples,
    project_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.output.log import terminal_width, wrap_lines
from marketing_ibis.cli.output.row_table import format_rows
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.project.selection import check_model

if TYPE_CHECKING:
    from marketing_ibis.engines.profiling import Operator

MOST_OPERATORS, LONGEST_DETAIL = 10, 30


@dataclass(frozen=True, slots=True)
class ProfileParameters:
    """What ``profile`` is called with."""

    target: TargetOptions
    model: str = ""
    format: str = "text"
    as_of: AsOfOption = None


@dataclass(frozen=True, slots=True)
class Profile:
    """The operators of a model's query, and the models that the query computed as well."""

    session: Session
    parameters: ProfileParameters
    operators: tuple[Operator, ...]
    computed_models: tuple[str, ...]


@click.command("profile", epilog=examples("profile customer_cohorts          the slow operators of one model"))
@click.argument("model", shell_complete=complete_model)
@click.option(
    "--format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="Form of output."
)
@as_of_option
@database_option
@target_options
@vars_option
@project_options
@takes(ProfileParameters)
def command(parameters: ProfileParameters) -> None:
    """Show the engine's plan of a MODEL, the slowest parts first.

    The model is computed once and nothing is published. On Redshift, whose EXPLAIN measures nothing, the plan
    is shown with the expected cost and rows.
    """
    run_steps(STEPS, parameters)


def measure_model(parameters: ProfileParameters) -> Profile:
    """Have the engine explain the query of a model.

    Raises:
        SelectionError: there is no such model.
    """
    from marketing_ibis.build.preflight import check_inputs
    from marketing_ibis.build.row_query import find_unbuilt_models, is_built_in, query_model

    session = open_session(parameters.target, as_of_option=parameters.as_of)
    check_model(parameters.model, [name for name, node in session.nodes.items() if node.kind == "model"])
    dataflow, destination = session.project.compile(session.as_of, [parameters.model]), session.destination
    with destination.open_to_read() as target:
        is_built = is_built_in(target, dataflow, session.schemas)
        unbuilt = find_unbuilt_models(dataflow, dataflow.models[parameters.model].parents, is_built)
        with session.dialect() as dialect:
            names = dataflow, parameters.model, dialect, session.schemas, unbuilt
            query = query_model(*names, None, is_sorted=False)
        check_inputs(query.plan, target, str(destination), destination.filling)
        operators = destination.engine.profile(target.query, query.select)
    return Profile(session, parameters, operators, query.computed_models)


def print_operators(profile: Profile) -> None:
    """Print the slowest operators, or the plan of an engine that measures nothing."""
    if profile.parameters.format == "json":
        click.echo(json.dumps([asdict(operator) for operator in profile.operators], ensure_ascii=False))
        return
    seconds = [operator.seconds for operator in profile.operators if operator.seconds is not None]
    width = terminal_width(sys.stdout)
    others = [name for name in profile.computed_models if name != profile.parameters.model]
    also = f", with {', '.join(others)}, which are not published" if others else ""
    if not seconds:
        click.echo(wrap_lines(f"Expected plan of {profile.parameters.model}{also}; nothing was measured.", width))
        rows = [("  " * o.depth + o.name, o.rows, o.detail) for o in profile.operators]
        _print_rows(["operator", "rows", "cost"], rows)
        return
    total = sum(seconds)
    click.echo(wrap_lines(f"{profile.parameters.model} took {total:.3f} s of all operators{also}.", width))
    slowest = sorted(profile.operators, key=lambda operator: -(operator.seconds or 0))[:MOST_OPERATORS]
    table = [
        (f"{o.seconds or 0:.3f}", f"{(o.seconds or 0) / (total or 1):.0%}", o.rows, o.name, _shorten(o.detail))
        for o in slowest
    ]
    _print_rows(["seconds", "share", "rows", "operator", "detail"], table)


STEPS: Steps = (measure_model, print_operators)


def _print_rows(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    for line in format_rows(columns, rows, None):
        click.echo(line)


def _shorten(text: str) -> str:
    return text if len(text) <= LONGEST_DETAIL else f"{text[:LONGEST_DETAIL]}..."
