"""Copy the published tables of another schema to the schema of the models."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import (
    Selection,
    TargetOptions,
    database_option,
    examples,
    log_options,
    project_options,
    select_options,
    takes,
    target_options,
)
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.deferring import schema_of_state
from marketing_ibis.cli.steps.hash_key import hash_key
from marketing_ibis.cli.steps.readers import warn_of_unseen_readers
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError
from marketing_ibis.plurals import plural


@dataclass(frozen=True, slots=True)
class CloneParameters:
    """What ``clone`` is called with."""

    target: TargetOptions
    selection: Selection
    from_schema: str | None = None
    views: bool = False
    replace: bool = False


@dataclass(frozen=True, slots=True)
class CloneJob:
    """The schema that is cloned, and how."""

    session: Session
    schema: str
    parameters: CloneParameters


@click.command(
    "clone",
    epilog=examples(
        "clone -t dev --from dbt_marketing",
        "clone -t dev --from dbt_marketing -s marts --views",
    ),
)
@click.option("--from", "from_schema", metavar="SCHEMA", help="Schema to clone; without it, that of --state.")
@click.option("--views", is_flag=True, help="Make views of the tables instead of copies.")
@click.option("--replace", is_flag=True, help="Replace tables and views that exist.")
@select_options
@log_options
@database_option
@target_options
@project_options
@takes(CloneParameters)
def command(parameters: CloneParameters) -> None:
    """Copy published tables from another schema.

    All of them are published in one transaction. Views of the other schema become views of it.
    """
    run_steps(STEPS, parameters)


def open_clone(parameters: CloneParameters) -> CloneJob:
    """Load the project and find which schema is cloned.

    Raises:
        UsageError: no schema is named, or it is the one to write.
    """
    session = open_session(parameters.target, parameters.selection)
    if not (parameters.from_schema or parameters.selection.state):
        raise UsageError("`clone` does not say what to clone.", hint="Name the schema with --from, or add --state DIR.")
    schema = parameters.from_schema or schema_of_state(session)
    if schema == session.project.model_schema:
        raise UsageError(
            f"Schema {schema} cannot be cloned to itself.",
            hint="Set another model_schema under [tool.marketing_ibis.targets.NAME], and call with --target NAME.",
        )
    return CloneJob(session, schema, parameters)


def clone_tables(job: CloneJob) -> None:
    """Clone the tables and report them."""
    from marketing_ibis.build.clone import Clone, carry_out_clone

    session, parameters = job.session, job.parameters
    clone, key = Clone(session.plan, job.schema, parameters.views), hash_key(session.plan.masked_views)
    with session.destination.open_existing() as target:
        names = carry_out_clone(clone, session.selected_dataflow, target, replaces=parameters.replace, key=key)
        schema = session.project.model_schema
        text = f"Published {plural('model', len(names))} of schema {job.schema} in schema {schema}."
        session.log.emit("note", text, models=list(names))
        warn_of_unseen_readers(session.log, session.schemas, target)


STEPS: Steps = (open_clone, clone_tables)
