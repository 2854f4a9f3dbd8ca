"""Say which models and data tests made a run fail, where their SQL is and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from marketing_ibis.errors import Failure, RunFailed
from marketing_ibis.plurals import plural

if TYPE_CHECKING:
    from marketing_ibis.build.run import Result, RunResults
    from marketing_ibis.testing.run import DataTestResult

MOST_NAMES = 3
LONGEST_REASON = 160
MODEL, TEST = "model", "test"
FOLDERS = {MODEL: "run", TEST: "tests"}
"""Where the SQL of each kind is, under the folder of an engine."""


def run_failure(
    results: RunResults, folder: Path, *, hint: str = "", owners: Mapping[str, str] = MappingProxyType({})
) -> RunFailed:
    """Return the error that ends a run with failures; ``folder`` contains the SQL, ``hint`` is the next step if known.

    ``owners`` are those of the models that have one.

    It is temporary if every failure is.
    """
    failures = tuple(_failures(results, folder, owners))
    blocking = [data_test for data_test in results.data_tests if data_test.is_blocking]
    causes: list[Result | DataTestResult] = [*results.failures, *blocking]
    is_temporary = all(cause.is_temporary for cause in causes)
    next_steps = {cause.next_step for cause in causes}
    known_step = next_steps.pop() if len(next_steps) == 1 else ""
    step = hint or known_step or _next_step(failures, folder, is_temporary=is_temporary)
    return RunFailed(_message(failures), hint=step, is_temporary=is_temporary, failures=failures)


def _failures(results: RunResults, folder: Path, owners: Mapping[str, str]) -> Iterator[Failure]:
    for result in results.failures:
        step = result.step
        sql, owner = str(folder / FOLDERS[MODEL] / f"{step.name}.sql"), owners.get(step.name, "")
        yield Failure(MODEL, step.name, str(step.relation), result.message, sql, owner=owner)
    for data_test in results.data_tests:
        if data_test.is_blocking:
            place = f"{data_test.relation}.{data_test.column}" if data_test.column else str(data_test.relation)
            reason = data_test.message or plural("failure", data_test.failures)
            sql = str(folder / FOLDERS[TEST] / f"{data_test.name}.sql")
            keys = tuple(dict(key) for key in data_test.keys)
            owner = owners.get(data_test.node, "")
            yield Failure(TEST, data_test.name, place, reason, sql, data_test.failures, keys, owner)


def _message(failures: Sequence[Failure]) -> str:
    counts = [(kind, sum(1 for failure in failures if failure.kind == kind)) for kind in (MODEL, TEST)]
    count_text = " and ".join(plural(kind, count) for kind, count in counts if count)
    summaries = [_summary(failure) for failure in failures[:MOST_NAMES]]
    more = f" and {len(failures) - MOST_NAMES} more" if len(failures) > MOST_NAMES else ""
    owners = sorted({failure.owner for failure in failures if failure.owner})
    owner_text = f" Owner{'s' if len(owners) > 1 else ''}: {', '.join(owners)}." if owners else ""
    return f"{count_text} failed: {', '.join(summaries)}{more}.{owner_text}"


def _summary(failure: Failure) -> str:
    reason = failure.reason.splitlines()[0].strip().rstrip(".") if failure.reason else ""
    if len(reason) > LONGEST_REASON:
        reason = f"{reason[:LONGEST_REASON]}..."
    place = f" in {failure.relation}" if failure.kind == TEST else ""
    return f"{failure.name} ({reason}{place})"


def _next_step(failures: Sequence[Failure], folder: Path, *, is_temporary: bool) -> str:
    if is_temporary:
        return "The cause is temporary: run again later."
    kinds = {failure.kind for failure in failures}
    cause = "model" if kinds == {MODEL} else "rows or the model"
    if len(failures) == 1:
        return f"Its SQL: {failures[0].sql}. Fix the {cause}, then run again."
    folders = " and ".join(str(folder / name) for kind, name in FOLDERS.items() if kind in kinds)
    return f"Their SQL is in {folders}. Fix the {cause}s, then run again."
