"""Run data tests on a target and evaluate what they find."""

from __future__ import annotations

import hashlib
import operator
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from math import isclose
from typing import Any, Literal

from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.secret import without_addresses
from marketing_ibis.engines.target import Target
from marketing_ibis.errors import MarketingIbisError, OutOfMemory, RunFailed, TargetUnavailable
from marketing_ibis.model.vocabulary import THRESHOLD, Severity
from marketing_ibis.testing.accepted_values import MOST_VALUES, unaccepted
from marketing_ibis.testing.batches import TOLERANCE, Batch, DataTestQuery, Expected, PlannedTest
from marketing_ibis.testing.view_cache import ViewCache

DataTestStatus = Literal["pass", "warn", "fail", "error", "skipped"]

MOST_KEYS = 5
AUDIT_SUFFIX = "_dbt_test__audit"
"""Ends the name of the schema of failing rows, which begins with that of the models; dbt's name."""
LONGEST_NAME, SHORTENED, DIGITS = 63, 50, 12

_COMPARISONS: Mapping[str, Callable[[int, int], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
}


@dataclass(frozen=True, slots=True)
class DataTestResult:
    """The outcome of a test.

    ``status`` is "fail" when failures stop the build and "error" when the engine could not answer. ``keys`` are the
    first failing rows, by the columns that name them; ``seconds`` the test's share of its statement; ``failing`` the
    SELECT that finds all of them. ``is_temporary`` says that the engine may answer later; ``next_step`` is what to do
    where neither the rows nor the model are to blame.
    """

    name: str
    node: str
    relation: Relation
    column: str
    test: str
    severity: Severity
    status: DataTestStatus
    failures: int = 0
    seconds: float = 0.0
    message: str = ""
    keys: tuple[Mapping[str, object], ...] = ()
    failing: str = ""
    is_temporary: bool = False
    next_step: str = ""

    @property
    def is_blocking(self) -> bool:
        """Whether nothing may be published because of it."""
        return self.status in ("fail", "error")


@dataclass(slots=True)
class DataTestRunner:
    """Runs batches on a target. A total, and inside ``caching_views`` a view, that several tests need is computed once.

    ``warn_error`` has warnings stop a build. ``audit`` is the schema in which failing rows are kept, "" for none.
    ``skip_repeated`` returns the results of a batch, those skipped that repeat an earlier failure.
    """

    target: Target
    relations: Mapping[str, Relation]
    warn_error: bool = False
    audit: str = ""
    skip_repeated: Callable[[tuple[DataTestResult, ...]], tuple[DataTestResult, ...]] = lambda answers: answers
    _totals: dict[str, Mapping[str, object]] = field(default_factory=dict)
    _views: ViewCache = field(init=False)
    _existing_audit_tables: Mapping[str, object] | None = None
    _resolver: Callable[[str], str] | None = None

    def __post_init__(self) -> None:
        self._views = ViewCache(self.target, self.relations)

    @contextmanager
    def caching_views(self, batches: Sequence[Batch], later: Iterable[Batch] = ()) -> Iterator[None]:
        """Compute each view of ``batches`` once for all of them, and for the totals that ``later`` ones need.

        After an exception the views' temporary tables end with the session.
        """
        views = {batch.node for batch in batches if batch.view}
        totals = {total for batch in later for total in _totals(batch) if total.depends_on <= views}
        self._views = ViewCache(self.target, self.relations, list(batches), tuple(totals))
        yield
        for total in totals:
            self._compute_total(total)
        self._views.close()

    def run(self, batch: Batch) -> tuple[DataTestResult, ...]:
        """Return the outcome of each test of ``batch``.

        Raises:
            TargetUnavailable: the connection is lost.
        """
        existing = self.target.columns(self.relations[batch.node]) if batch.columns else {}
        missing = [name for name in batch.columns if name not in existing]
        if missing:
            return self.skip(batch, f"{batch.node} has no column {min(missing)}")
        answers = self.skip_repeated(self._run_or_split(batch))
        self._views.release(batch)
        return answers

    def _run_or_split(self, batch: Batch) -> tuple[DataTestResult, ...]:
        try:
            return self.target.attempt(batch.node, lambda: self._run_batch(batch))
        except TargetUnavailable:
            raise
        except MarketingIbisError as error:
            if len(batch.queries) == 1:
                results = self._uniform_results(batch, "error", str(error))
                next_step = error.hint if isinstance(error, OutOfMemory) else ""
                return tuple(
                    replace(result, is_temporary=error.is_temporary, next_step=next_step) for result in results
                )
        # A test that the engine cannot answer says nothing of those that were asked with it.
        return tuple(result for query in batch.queries for result in self._run_or_split(batch.only(query)))

    def _run_batch(self, batch: Batch) -> tuple[DataTestResult, ...]:
        started = time.perf_counter()
        try:
            (row,) = self.target.query(self._read_cached_views(batch, batch.select))
            outcomes = [self._count_failures(query, number) for query, number in zip(batch.queries, row, strict=True)]
            share = (time.perf_counter() - started) / len(batch.queries)
            return tuple(
                self._evaluate(batch, query, failures, message, share)
                for query, (failures, message) in zip(batch.queries, outcomes, strict=True)
            )
        except MarketingIbisError:
            # The session may have ended, and the next attempt finds another.
            self._views.forget()
            raise

    def _read_cached_views(self, batch: Batch, select: str) -> str:
        return self._resolve(self._views.read_from_cache(select, (batch.node, *batch.depends_on)))

    def skip(self, batch: Batch, reason: str) -> tuple[DataTestResult, ...]:
        """Return that none of the batch's tests was run, and why."""
        self._views.release(batch)
        return self._uniform_results(batch, "skipped", reason)

    def _uniform_results(self, batch: Batch, status: DataTestStatus, message: str) -> tuple[DataTestResult, ...]:
        return tuple(self._result(batch, query, status, message=message) for query in batch.queries)

    def _count_failures(self, query: DataTestQuery, number: object) -> tuple[int, str]:
        """Return how many failures a test found, and a description of them."""
        actual = 0 if number is None else number
        if query.expected is None:
            return int(actual), ""  # type: ignore[call-overload]
        expected = self._expected(query.expected)
        if _equal(actual, expected):
            return 0, ""
        total = query.data_test.arguments
        of = "" if total in ("", str(expected)) else f" ({total})"
        return 1, f"expected {format_number(expected)}{of}, got {format_number(actual)}"

    def _expected(self, expected: Expected | int) -> object:
        if isinstance(expected, int):
            return expected
        if expected.select not in self._totals:
            self._totals[expected.select] = self._only_row(expected)
        number = self._totals[expected.select][expected.column]
        return 0 if number is None else number * expected.times  # type: ignore[operator]

    def _compute_total(self, total: Expected) -> None:
        """Compute a total while what it reads is kept, if it is."""
        if total.depends_on <= self._views.subqueries.keys():
            try:
                self.target.attempt(total.column, lambda: self._expected(total))
            except TargetUnavailable:
                raise
            except MarketingIbisError:
                # The tests that need the number ask for it again, and tell.
                self._views.forget()

    def _only_row(self, expected: Expected) -> Mapping[str, object]:
        rows = self.target.query(self._resolve(self._views.read_from_cache(expected.select, expected.depends_on)))
        if len(rows) != 1:
            raise RunFailed(f"{expected.name} returns {len(rows):,} rows; a control total must return one.")
        return dict(zip(expected.columns, rows[0], strict=True))

    def _evaluate(
        self, batch: Batch, query: DataTestQuery, failures: int, message: str, seconds: float
    ) -> DataTestResult:
        status = evaluate(query.data_test, failures)
        if status == "warn" and self.warn_error:
            status = "fail"
        result = self._result(batch, query, status, failures=failures, seconds=seconds, message=message)
        if self.audit:
            self._store_failures(result)
        if status == "pass":
            return result
        failing = self._read_cached_views(batch, query.failing)
        return replace(result, keys=self._keys(failing, query), message=message or self._explain(failing, query))

    def _explain(self, failing: str, query: DataTestQuery) -> str:
        """Return which values a test of accepted ones found, how often, and which are accepted, and its explanation."""
        if not query.values:
            return query.data_test.explanation
        name = self.target.dialect.identifier(query.values)
        counted = f"SELECT {name}, COUNT(*) AS times\nFROM (\n{failing}\n) AS failing\nGROUP BY {name}"
        rows = self.target.query(f"{counted}\nORDER BY 2 DESC, 1\nLIMIT {MOST_VALUES + 1}")
        rows = [(without_addresses(value), times) for value, times in rows]
        text, explanation = unaccepted(rows, query.data_test.arguments), query.data_test.explanation  # type: ignore[arg-type]
        return f"{text} ({explanation})" if explanation else text

    def _keys(self, failing: str, query: DataTestQuery) -> tuple[Mapping[str, object], ...]:
        if not query.keys:
            return ()
        names = ", ".join(map(self.target.dialect.identifier, query.keys))
        places = ", ".join(str(place) for place in range(1, len(query.keys) + 1))
        rows = self.target.query(
            f"SELECT {names}\nFROM (\n{failing}\n) AS failing\nORDER BY {places}\nLIMIT {MOST_KEYS}"
        )
        # A key that is a string may be a person's address.
        return tuple(dict(zip(query.keys, map(without_addresses, row), strict=True)) for row in rows)

    def _store_failures(self, result: DataTestResult) -> None:
        """Keep the failing rows of a test, and none of an earlier run."""
        dialect, place = self.target.dialect, Relation(self.audit, table_name(result.name))
        if place.name in self._audit_tables():
            self.target.execute(f"DROP TABLE IF EXISTS {dialect.relation(place)}")
        if result.failures:
            for statement in dialect.create_table(place, result.failing):
                self.target.execute(statement)

    def _audit_tables(self) -> Mapping[str, object]:
        if self._existing_audit_tables is None:
            self.target.create_schema(self.audit)
            self._existing_audit_tables = self.target.relations(self.audit)
        return self._existing_audit_tables

    def _resolve(self, select: str) -> str:
        if self._resolver is None:
            self._resolver = self.target.dialect.resolver(self.relations)
        return self._resolver(select)

    def _result(self, batch: Batch, query: DataTestQuery, status: DataTestStatus, **outcome: Any) -> DataTestResult:
        data_test = query.data_test
        return DataTestResult(
            name=data_test.name,
            node=batch.node,
            relation=self.relations[batch.node].published,
            column=data_test.column,
            test=data_test.test,
            severity=data_test.severity,
            status=status,
            failing=self._resolve(query.failing),
            **outcome,
        )


def evaluate(data_test: PlannedTest, failures: int) -> DataTestStatus:
    """Return what so many failures mean, by the test's severity and thresholds."""
    if data_test.severity == "error" and _exceeds(failures, data_test.error_if):
        return "fail"
    return "warn" if _exceeds(failures, data_test.warn_if) else "pass"


def table_name(data_test: str) -> str:
    """Return the name of the table that keeps a test's failing rows, short enough for every engine."""
    if len(data_test) <= LONGEST_NAME:
        return data_test
    return f"{data_test[:SHORTENED]}_{hashlib.sha256(data_test.encode()).hexdigest()[:DIGITS]}"


def _totals(batch: Batch) -> Iterator[Expected]:
    return (query.expected for query in batch.queries if isinstance(query.expected, Expected))


def _exceeds(failures: int, threshold: str) -> bool:
    ((comparison, number),) = THRESHOLD.findall(threshold)
    return _COMPARISONS[comparison](failures, int(number))


def _equal(actual: object, expected: object) -> bool:
    if isinstance(actual, float) or isinstance(expected, float):
        # What cancels to 0 leaves a residue of rounding.
        return isclose(float(actual), float(expected), rel_tol=TOLERANCE, abs_tol=TOLERANCE)  # type: ignore[arg-type]
    return actual == expected


def format_number(number: object) -> str:
    """Return a number without the digits in which sums of floats differ."""
    return f"{number:.10g}" if isinstance(number, float) else str(number)
