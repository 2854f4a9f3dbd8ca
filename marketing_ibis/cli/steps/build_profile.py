"""Report which models a build spent its time on, next to the builds before it."""

from __future__ import annotations

from collections.abc import Mapping
from statistics import fmean

from marketing_ibis.cli.output.row_table import format_rows
from marketing_ibis.cli.steps.building import BuildOutcome

BUILDS = 10
COLUMNS = ("model", "seconds", "share", f"share of last {BUILDS}")


def report_profile(outcome: BuildOutcome) -> BuildOutcome:
    """Print the models by time, with --profile."""
    build = outcome.planned_build.build
    seconds = {result.step.name: result.seconds for result in outcome.results.results if result.status != "skipped"}
    if not build.is_profiled or not seconds:
        return outcome
    from marketing_ibis.build.metrics import model_seconds

    schema = outcome.planned_build.plan.schemas.models
    with build.session.destination.open_to_read() as target:
        builds = target.attempt("history", lambda: model_seconds(target, schema, BUILDS))
    shares, mean_shares = shares_of(seconds), _mean_shares(builds)
    slowest = sorted(seconds, key=lambda name: -seconds[name])
    rows = [(name, f"{seconds[name]:.2f}", f"{shares[name]:.0%}", _percent(mean_shares.get(name))) for name in slowest]
    models = [
        {"model": name, "seconds": seconds[name], "share": shares[name], "mean_share": mean_shares.get(name)}
        for name in slowest
    ]
    build.session.log.emit("note", "\n".join(format_rows(COLUMNS, rows, None)), models=models, builds=len(builds))
    return outcome


def shares_of(seconds: Mapping[str, float]) -> dict[str, float]:
    """Return the share of each model in the time of all of them."""
    total = sum(seconds.values())
    return {name: value / total if total else 0.0 for name, value in seconds.items()}


def _mean_shares(builds: tuple[Mapping[str, float], ...]) -> dict[str, float]:
    """Return the mean share of each model, over the builds that built it."""
    shares = [shares_of(build) for build in builds]
    names = {name for build in shares for name in build}
    return {name: fmean(build[name] for build in shares if name in build) for name in names}


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.0%}"
