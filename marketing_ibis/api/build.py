"""Build a project from Python: the steps of the command, and their outcome as a value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, TypedDict, cast

from marketing_ibis.cli.call import Call
from marketing_ibis.cli.commands.build import (
    STEPS,
    BuildParameters,
    check_fresh_options,
    command,
    open_build,
    prepare_build,
)
from marketing_ibis.cli.converting import convert_options
from marketing_ibis.cli.options import record_of
from marketing_ibis.cli.session import Session
from marketing_ibis.cli.steps.building import BuildOutcome, check_outcome
from marketing_ibis.cli.steps.planning import Publish
from marketing_ibis.errors import Failure, MarketingIbisError, ModelsExcluded, RunFailed

if TYPE_CHECKING:
    from marketing_ibis.build.run import Result
    from marketing_ibis.testing.run import DataTestResult


class BuildOptions(TypedDict, total=False):
    """The options of the command ``build``, by their names without dashes."""

    select: str | Iterable[str]
    exclude: str | Iterable[str]
    state: str | PathLike[str]
    demo: bool
    orders: int
    random_seed: int
    churn: bool
    without: str | Iterable[str]
    threads: int
    fail_fast: bool
    dry_run: bool
    changed: bool
    full_refresh: bool
    repair: bool
    defer: bool
    defer_schema: str
    favor_state: bool
    store_failures: bool
    warn_error: bool
    require_fresh: bool
    fresh_only: bool
    publish: Publish
    sample: int
    sample_over_full: bool


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The outcome of a build.

    ``tables`` are the models that were published, ``failures`` the models and data tests that failed, ``warnings``
    what the command would warn of. ``models`` and ``data_tests`` are the results of each. ``folder`` contains the SQL
    and the records. ``error`` is what the command would end with; None says that everything was published, or with
    ``dry_run`` written.
    """

    folder: Path
    tables: tuple[str, ...] = ()
    failures: tuple[Failure, ...] = ()
    warnings: tuple[str, ...] = ()
    models: tuple[Result, ...] = field(default=(), repr=False)
    data_tests: tuple[DataTestResult, ...] = field(default=(), repr=False)
    seconds: float = 0.0
    error: MarketingIbisError | None = None

    @property
    def succeeded(self) -> bool:
        """Whether the command would end with exit code 0."""
        return self.error is None

    def check(self) -> BuildResult:
        """Return the result itself.

        Raises:
            RunFailed: a model or data test failed, or the sources changed during the build.
            ModelsExcluded: with ``fresh_only``, models were excluded.
        """
        if self.error is not None:
            raise self.error
        return self


def read_options(options: BuildOptions) -> BuildParameters:
    """Return the options of a build as the command takes them.

    Raises:
        UsageError: an option is unknown, of the wrong type or excludes another.
    """
    values = convert_options(command, cast("Mapping[str, object]", options), BuildOptions.__annotations__)
    return check_fresh_options(record_of(BuildParameters, values))


def run_build(session: Session, parameters: BuildParameters, options: BuildOptions) -> BuildResult:
    """Carry out the steps of the command, without its exit codes.

    Raises:
        MarketingIbisError: nothing could be built, for example because a source is missing.
    """
    arguments = {name: value for name, value in options.items() if value not in (None, False, (), [])}
    session = replace(session, selection=parameters.selection, call=Call("build", arguments))
    value: object = prepare_build(session, parameters)
    for step in STEPS[STEPS.index(open_build) + 1 :]:
        if isinstance(value, int) or step is check_outcome:
            break
        value = step(value)
    warnings: tuple[str, ...] = tuple(getattr(session.log, "warnings", ()))
    if not isinstance(value, BuildOutcome):
        return BuildResult(session.folder, warnings=warnings)
    error = _error(value)
    return BuildResult(
        session.folder,
        tables=value.results.published_models,
        failures=getattr(error, "failures", ()),
        warnings=warnings,
        models=value.results.results,
        data_tests=value.results.data_tests,
        seconds=value.results.seconds,
        error=error,
    )


def _error(outcome: BuildOutcome) -> MarketingIbisError | None:
    try:
        check_outcome(outcome)
    except (RunFailed, ModelsExcluded) as error:
        return error
    return None
