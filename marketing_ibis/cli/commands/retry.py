"""Build what the last build or run did not publish, and test again what failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.alerts import notify_option
from marketing_ibis.cli.call import CALL_KEY, Call
from marketing_ibis.cli.commands import build, run, test
from marketing_ibis.cli.options import (
    Selection,
    TargetOptions,
    examples,
    log_options,
    project_options,
    record_of,
    takes,
    target_path_option,
)
from marketing_ibis.cli.output.log import current_log
from marketing_ibis.cli.session import Session, open_session
from marketing_ibis.cli.steps.latest_results import latest_results
from marketing_ibis.cli.workflow import Steps, run_steps
from marketing_ibis.errors import NothingChanged, UsageError
from marketing_ibis.graph import ancestors
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.outputs.artifacts.previous_run import PreviousRun

COMMANDS = ("build", "run", "test")
PATHS = ("project_dir", "profiles_dir", "target_path", "database", "state")
MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class RetryParameters:
    """What ``retry`` is called with."""

    project_dir: Path | None = None
    target_path: Path = Path("target")
    all: bool = False


@dataclass(frozen=True, slots=True)
class Retry:
    """The last run with its arguments as parameters, and the selectors of what is repeated of it."""

    previous: PreviousRun
    arguments: Mapping[str, object]
    session: Session
    select: tuple[str, ...] = ()


@click.command(
    "retry",
    epilog=examples(
        "retry                             what failed or was skipped, with what it needs",
        "retry --all                       everything that was not published",
    ),
)
@click.option("--all", is_flag=True, help="Also models that succeeded, and were not published because others failed.")
@log_options
@notify_option
@target_path_option
@project_options
@takes(RetryParameters)
def command(parameters: RetryParameters) -> None:
    """Repeat what failed or was skipped last time.

    The day, the options and --vars are those of that command. Models that the failed ones depend on are built again
    if they were not published. Without anything to retry the exit code is 0.
    """
    run_steps(STEPS, parameters)


def read_last_run(parameters: RetryParameters) -> tuple[RetryParameters, Retry]:
    """Read the last run, and load the project as it did.

    Raises:
        ConfigurationError: there is no earlier run, or its record cannot be read.
        UsageError: the last command cannot be repeated.
    """
    from marketing_ibis.outputs.artifacts.previous_run import read_previous_run

    previous = read_previous_run(parameters.target_path)
    if previous.command not in COMMANDS:
        raise UsageError(
            f"The last command in {parameters.target_path} was `{previous.command}`, which `retry` does not repeat.",
            hint=f"Call it again; `retry` repeats {', '.join(COMMANDS)}.",
        )
    values = {key: tuple(value) if isinstance(value, list) else value for key, value in previous.arguments.items()}
    values |= {key: Path(str(values[key])) for key in PATHS if key in values}
    project_dir = parameters.project_dir or values.get("project_dir")
    places = {"project_dir": project_dir, "target_path": parameters.target_path}
    values |= {**places, "as_of": previous.as_of}
    session = open_session(record_of(TargetOptions, values), as_of_option=previous.as_of)
    return parameters, Retry(previous, values, session)


def select_failed(request: tuple[RetryParameters, Retry]) -> Retry:
    """Find what is to be repeated.

    Raises:
        NothingChanged: nothing failed, and everything was published.
    """
    parameters, retry = request
    previous, nodes = retry.previous, retry.session.nodes
    if previous.command == "test":
        return _with_selectors(retry, [f"test_name:{name}" for name in previous.failed_tests])
    latest = latest_results(retry.session)
    tested_nodes = {node for node, name in latest.tests if name in previous.failed_tests}
    published = {name for name, result in latest.builds.items() if result.is_current}
    unpublished = set() if previous.published else previous.models.keys() - published
    failed = ({*previous.failed_models, *tested_nodes} & nodes.keys()) if not previous.published else set()
    if parameters.all or not failed:
        names = (unpublished & nodes.keys()) | failed
    else:
        names = failed | (ancestors(retry.session.graph, failed) & unpublished)
    _warn_of_the_rest((unpublished & nodes.keys()) - names)
    return _with_selectors(retry, [f"name:{name}" for name in sorted(names)])


def _with_selectors(retry: Retry, selectors: list[str]) -> Retry:
    previous = retry.previous
    if not selectors:
        raise NothingChanged(f"Nothing to retry: nothing failed in the last `{previous.command}`.")
    kind = "test" if previous.command == "test" else "model"
    current_log().emit(
        "note", f"Retrying {plural(kind, len(selectors))} of `{previous.command}` as of {previous.as_of}."
    )
    return replace(retry, select=(" ".join(selectors),))


def _warn_of_the_rest(names: Collection[str]) -> None:
    if names:
        names_text = ", ".join(sorted(names)[:MOST_NAMES]) + (", ..." if len(names) > MOST_NAMES else "")
        current_log().warn(
            f"{plural('model', len(names))} that succeeded last time, but that a failure kept from being published,"
            f" are not built: {names_text}. `retry --all` builds them too."
        )


def repeat(retry: Retry) -> None:
    """Run the command again for what is selected."""
    previous = retry.previous
    excluded_tests = Selection(exclude=tuple(previous.arguments.get("exclude", ()))).excluded_tests
    values = {**retry.arguments, "select": retry.select, "exclude": excluded_tests}
    arguments = {key: value for key, value in previous.arguments.items() if key != "exclude"}
    arguments |= {"select": list(retry.select)} | ({"exclude": list(excluded_tests)} if excluded_tests else {})
    click.get_current_context().meta[CALL_KEY] = Call(previous.command, dict(sorted(arguments.items())))
    if previous.command == "build":
        run_steps(build.STEPS, record_of(build.BuildParameters, values))
    elif previous.command == "run":
        run_steps(run.STEPS, record_of(run.RunParameters, values))
    else:
        run_steps(test.STEPS, record_of(test.TestParameters, values))


STEPS: Steps = (read_last_run, select_failed, repeat)
