"""Seed if asked to, build models and publish them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.call import unused_option_warnings
from marketing_ibis.cli.data_test_options import DataTestOptions, FreshOptions, test_options
from marketing_ibis.cli.defer_options import DeferOptions, defer_options
from marketing_ibis.cli.demo_options import DEMO_OPTIONS, DemoOptions, demo_options
from marketing_ibis.cli.options import (
    AsOfOption,
    Selection,
    TargetOptions,
    WholeNumber,
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    publish_option,
    select_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.run_options import RunOptions, run_options
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.alerting import alert_of_build
from marketing_ibis.cli.steps.build_profile import report_profile
from marketing_ibis.cli.steps.building import BuildOutcome, check_outcome, execute_plan, report_outcome, write_outcome
from marketing_ibis.cli.steps.deferring import defer_models
from marketing_ibis.cli.steps.latest_results import record_seeded
from marketing_ibis.cli.steps.planning import (
    Build,
    Publish,
    resolve_threads,
    stop_before_execution,
    write_bundle,
)
from marketing_ibis.cli.steps.recalled_builds import recall_or_plan_tested_models
from marketing_ibis.cli.steps.sampling import note_sample, sample_sources
from marketing_ibis.cli.steps.seeding import seed_from_demo
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import UsageError
from marketing_ibis.project.demo_data import demo_note


@dataclass(frozen=True, slots=True)
class BuildParameters:
    """What ``build`` is called with."""

    target: TargetOptions
    selection: Selection
    run: RunOptions
    defer: DeferOptions
    tests: DataTestOptions
    fresh: FreshOptions
    generated: DemoOptions
    demo: bool = False
    publish: Publish = "all"
    as_of: AsOfOption = None
    profile: bool = False
    sample: int | None = None
    sample_over_full: bool = False


@click.command(
    "build",
    epilog=examples(
        "build --demo                     every table from generated data",
        "build --as-of 2024-05-15          as of a day",
        "build -s state:modified+ --state production",
        "build -t redshift --dry-run       the SQL for Redshift, nothing executed",
    ),
)
@click.option("--demo", is_flag=True, help="Generate the source tables first, unless they exist.")
@demo_options
@select_options
@as_of_option
@run_options
@defer_options
@log_options
@notify_option
@test_options
@click.option("--require-fresh", is_flag=True, help="Build nothing if a source is too old: exit code 1.")
@click.option("--fresh-only", is_flag=True, help="Exclude models that depend on sources that are too old: exit code 3.")
@publish_option
@click.option("--sample", type=WholeNumber(1), metavar="N", help="Build from all rows of N customers, copied aside.")
@click.option("--sample-over-full", is_flag=True, help="With --sample: replace full tables by those of the sample.")
@click.option("--profile", is_flag=True, help="Print the models by time, with their share of the last ten builds.")
@database_option
@target_options
@vars_option
@project_options
@takes(BuildParameters)
def command(parameters: BuildParameters) -> None:
    """Build, test and publish models.

    The sources are tested first, and the models are published together if no test stops it.
    """
    run_steps(STEPS, parameters)


def check_fresh_options(parameters: BuildParameters) -> BuildParameters:
    """Refuse options that exclude each other.

    Raises:
        UsageError: stale sources are to stop the build, and to exclude models from it.
    """
    if parameters.fresh.require_fresh and parameters.fresh.fresh_only:
        raise UsageError(
            "--require-fresh and --fresh-only exclude each other.",
            hint="With --require-fresh a stale source stops the build; with --fresh-only it excludes models.",
        )
    return parameters


def open_build(parameters: BuildParameters) -> Build:
    """Load the project, find where it builds, and with --demo generate its sources unless there are any."""
    return prepare_build(open_session(parameters.target, parameters.selection, parameters.as_of), parameters)


def prepare_build(session: Session, parameters: BuildParameters) -> Build:
    """Return what a session is to build; with --demo generate its sources unless there are any."""
    options = parameters.run, parameters.tests, parameters.fresh, parameters.publish, parameters.defer
    sample = parameters.sample, parameters.sample_over_full
    build = Build(session, *options, parameters.profile, *sample)
    if parameters.demo and not parameters.run.dry_run:
        build = replace(build, is_generated=generate_sources(session, parameters.generated))
    if not build.is_generated:
        reason = "nothing was generated" if parameters.demo else "it is for --demo"
        for warning in unused_option_warnings(session.call, DEMO_OPTIONS, reason):
            session.log.warn(warning)
    return build


def generate_sources(session: Session, options: DemoOptions) -> bool:
    """Generate the source tables unless there are any; return whether it did."""
    schema = session.project.source_schema
    with session.destination.open() as target:
        if not target.relations(schema):
            record_seeded(session, seed_from_demo(session, target, options))
            return True
    text = f"Schema {schema} already contains tables, so no data was generated."
    session.log.emit("note", text, schema=schema)
    return False


def note_generated(outcome: BuildOutcome) -> BuildOutcome:
    """Say what is known of the data that was generated."""
    build = outcome.planned_build.build
    if build.is_generated and (note := demo_note(build.session.project)):
        build.session.log.emit("note", note)
    return outcome


STEPS: Steps = (
    check_fresh_options,
    open_build,
    sample_sources,
    defer_models,
    resolve_threads,
    recall_or_plan_tested_models,
    write_bundle,
    stop_before_execution,
    execute_plan,
    report_outcome,
    write_outcome,
    alert_of_build,
    note_sample,
    report_profile,
    check_outcome,
    note_generated,
)
