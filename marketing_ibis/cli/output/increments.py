"""Report how an incremental table was built: what was read whole, and the days that differ from the source."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from marketing_ibis.cli.output.log import Log
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.candidate_rows import DriftedDay
    from marketing_ibis.build.run import Result, RunResults

EXAMPLES = 3


def report_increment(log: Log, result: Result) -> None:
    """Print which tables an incremental build read whole, and the days that it repaired."""
    incremental = result.step.incremental
    if incremental is None:
        return
    for obstacle in incremental.obstacles:
        log.emit("read_whole", f"{result.step.name} reads all rows of {obstacle}.", model=result.step.name)
    if incremental.is_repair and result.drift:
        text = f"Repaired {plural('day', len(result.drift))} of {result.step.name}: {_examples(result.drift)}."
        log.emit("drift_repaired", text, model=result.step.name, days=drift_data(result))


def drift_warnings(results: RunResults) -> tuple[str, ...]:
    """Return a warning of each incremental table that differs from its source in days before the window."""
    return tuple(
        f"{plural('day', len(result.drift))} of {result.step.name} before the window"
        f" {'differs' if len(result.drift) == 1 else 'differ'} from the source: {_examples(result.drift)}."
        " Build with --repair."
        for result in results.results
        if result.drift and not (result.step.incremental and result.step.incremental.is_repair)
    )


def drift_data(result: Result) -> list[dict[str, Any]]:
    """Return the days that differ as an event has them."""
    return [
        {"day": each.day.isoformat(), "rows": each.rows, "amounts": {n: str(v) for n, v in each.amounts.items()}}
        for each in result.drift
    ]


def _examples(days: Sequence[DriftedDay]) -> str:
    more = f"; and {len(days) - EXAMPLES:,} more" if len(days) > EXAMPLES else ""
    return "; ".join(map(_describe, days[:EXAMPLES])) + more


def _describe(day: DriftedDay) -> str:
    amounts = [f"{value:+,} {name}" for name, value in day.amounts.items()]
    numbers = [f"{plural('row', abs(day.rows))} {'missing' if day.rows > 0 else 'too many'}"] if day.rows else []
    return f"{day.day} ({', '.join(numbers + amounts)})"
