"""What a run shows while it goes and when it ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.output.data_test_console import (
    fill_with_dots,
    format_counts,
    head_width,
    print_results,
    relation_head,
    report_tested,
)
from marketing_ibis.cli.output.increments import drift_data, report_increment
from marketing_ibis.cli.output.log import Level, Log
from marketing_ibis.guide import guide_page
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Plan, Step
    from marketing_ibis.build.run import Result, RunResults
    from marketing_ibis.testing.run import DataTestResult

COLOURS = {"success": "green", "error": "red", "skipped": "yellow"}
LABELS = {"success": "OK", "error": "ERROR", "skipped": "SKIP"}
LEVELS: dict[str, Level] = {"success": "info", "error": "error", "skipped": "warn"}

__all__ = ["RunConsole", "report_bundle", "report_python_models", "summarise"]


class RunConsole:
    """A line for each model as it is done; on a terminal also a bar that shows what is being built.

    What is skipped has no line of its own: ``summarise`` counts it. ``sql`` is the folder of the models' statements.
    """

    def __init__(self, log: Log, plan: Plan, as_of: date, sql: Path) -> None:
        self.schema, self.finished_count, self.sql, self.log = plan.schemas.models, 0, sql, log
        self.owners = plan.facts.owners
        heads = [_head(step) for step in plan.steps()]
        self.total = len(heads)
        heads += [relation_head(plan.published[batch.node], self.schema) for batch in plan.batches]
        self.width = head_width(heads, self._indent())
        sources = plural("source", len({batch.node for batch in plan.batches}))
        action = f"Building {plural('model', self.total)}" if self.total else f"Testing {sources}"
        schema = self.schema if self.total else plan.schemas.sources
        text = f"{action} in schema {schema} on {plan.dialect.name}, as of {as_of}."
        self.log.emit("run_started", text, models=self.total, target=plan.dialect.name, as_of=as_of.isoformat())
        self.bar = _bar(self.total) if self.log.is_live else None
        if self.bar:
            self.log = replace(self.log, write=self.bar.write)

    def __enter__(self) -> RunConsole:
        """Start showing progress."""
        if self.bar:
            self.bar.__enter__()
        return self

    def __exit__(self, *exception: Any) -> None:
        """Stop showing progress."""
        if self.bar:
            self.bar.__exit__(*exception)

    def started(self, step: Step) -> None:
        """Show which model is being built."""
        if self.bar:
            self.bar.begin(step.name)
        self.log.emit("model_started", f"Building {step.relation}.", level="debug", **_data(step))

    def finished(self, result: Result) -> None:
        """Print the line of a model."""
        self.finished_count += 1
        step = result.step
        if self.bar:
            self.bar.end(step.name)
        if result.status == "skipped" and self.log.format == "text":
            return
        place = f"{self.finished_count:>{len(f'{self.total:,}')},} of {self.total:,}"
        label = click.style(LABELS[result.status], fg=COLOURS[result.status])
        self.log.emit(
            "model_finished",
            f"{place}  {fill_with_dots(_head(step), self.width)} {label} {_outcome(result)}",
            level=LEVELS[result.status],
            **_data(step),
            status=result.status,
            rows=result.rows,
            seconds=round(result.seconds, 6),
            drift=drift_data(result),
            reason=result.message,
            owner=self.owners.get(step.name, ""),
            number=self.finished_count,
            of=self.total,
            sql=self.sql / f"{step.name}.sql",
        )
        report_increment(self.log, result)

    def report_tested(self, results: Sequence[DataTestResult]) -> None:
        """Print the line of a relation's tests."""
        report_tested(self.log, results, self.width, self.schema, indent=self._indent())

    def _indent(self) -> int:
        return len(f"{self.total:,}") * 2 + len(" of   ")


def _data(step: Step) -> dict[str, Any]:
    return {"model": step.name, "relation": str(step.relation), "kind": step.kind}


def _head(step: Step) -> str:
    return f"{step.kind} {step.relation.name}"


def _bar(total: int) -> Any:
    # Costs a tenth of a second to import, and only a terminal shows it.
    from marketing_ibis.cli.output.progress_bar import ProgressBar

    return ProgressBar(total)


def _outcome(result: Result) -> str:
    if result.status == "skipped":
        return f"[{result.message}]"
    if result.rows is None:
        return f"[{result.seconds:.2f}s]"
    if result.new_rows is not None:
        return f"[incremental, {plural('row', result.new_rows)} of {result.rows:,} in {result.seconds:.2f}s]"
    if (incremental := result.step.incremental) and result.status == "success":
        reason = f"full refresh: {incremental.reason}"
        return f"[{reason}; {plural('row', result.rows)} in {result.seconds:.2f}s]"
    return f"[{plural('row', result.rows)} in {result.seconds:.2f}s]"


def summarise(log: Log, results: RunResults, schema: str, place: object, folder: Path) -> None:
    """Print what was skipped, the warnings, the errors with the path of their SQL, then one closing line."""
    if log.format == "text":
        skipped = [result.step.name for result in results.results if result.status == "skipped"]
        print_results(log, results.data_tests, folder, skipped)
        for failure in results.failures:
            log.show_error(f"{failure.step.name}: {failure.message}", f"SQL: {folder}/run/{failure.step.name}.sql")
    counts = {status: sum(1 for r in results.results if r.status == status) for status in LABELS}
    models = ", ".join(f"{LABELS[status]} {count:,}" for status, count in counts.items() if count)
    tests = f"Tests: {format_counts(results.data_tests)}" if results.data_tests else ""
    summary = ". ".join(filter(None, (models, tests, _ending(results, schema, place))))
    statuses = [data_test.status for data_test in results.data_tests]
    log.emit(
        "run_finished",
        summary,
        level="info" if results.published else "error",
        err=not results.published,
        closing=True,
        published=results.published,
        released=list(results.published_models),
        models=counts,
        tests={status: statuses.count(status) for status in sorted(set(statuses))},
        seconds=round(results.seconds, 6),
        schema=schema,
    )


def _ending(results: RunResults, schema: str, place: object) -> str:
    if not results.results:
        return "Nothing was built: no model is selected."
    if results.published:
        return f"Published schema {schema} of {place} in {results.seconds:.2f}s."
    if not results.published_models:
        return "Nothing was published; the published tables are unchanged."
    unpublished = sorted({result.step.name for result in results.results} - set(results.published_models))
    share = f"{len(results.published_models)} of {plural('model', len(results.results))}"
    return (
        f"Published {share} in schema {schema} of {place} in {results.seconds:.2f}s. "
        f"Not published, so their published tables are unchanged: {', '.join(unpublished)}."
    )


def report_python_models(log: Log, plan: Plan, *, err: bool = False) -> None:
    """Say which tables no SQL fills, if there are any."""
    names = plan.python_models
    if names:
        tables = "table" if len(names) == 1 else "tables"
        text = (
            f"No SQL fills the {tables} {', '.join(names)}: `build` computes the rows in Python. "
            "build.sql keeps the published rows."
        )
        log.emit("python_models", text, err=err, closing=True, models=list(names))


def report_bundle(log: Log, plan: Plan, folder: Path, *, dry_run: bool) -> None:
    """Say what was written, and that none of it was executed and why."""
    count = sum(1 for _ in plan.steps())
    files = "compiled/, run/ and build.sql, which contains all statements in order"
    if plan.batches:
        files += "; test.sql runs the data tests"
    text = f"Wrote the SQL of {plural('model', count)} to {folder}: {files}."
    log.emit("sql_written", text, closing=True, folder=folder, models=count)
    report_python_models(log, plan)
    if dry_run:
        log.emit("not_executed", "Nothing was executed: --dry-run.", closing=True, reason="dry run")
        return
    from marketing_ibis.engines import ENGINES

    engine = ENGINES[plan.dialect.name]
    lines = (
        f"Run {folder / 'build.sql'} in psql or the query editor, or write a profiles.yml as dbt has it:",
        f"{guide_page(engine.guide)} shows one.",
        f"Nothing was executed: there is no connection to {engine.title}.",
    )
    log.emit("not_executed", "\n".join(lines), level="warn", reason="no connection")
