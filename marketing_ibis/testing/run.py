"""Run data tests on a target and judge what they find."""

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
from marketing_ibis.errors import MarketingIbisError, RunFailed, TargetUnavailable
from marketing_ibis.model import DataTest
from marketing_ibis.model.vocabulary import THRESHOLD, Severity
from marketing_ibis.testing.accepted_values import MOST_VALUES, unaccepted
from marketing_ibis.testing.batches import Expected, Probe, Suite
from marketing_ibis.testing.compile import TOLERANCE
from marketing_ibis.testing.view_cache import Subjects

DataTestStatus = Literal["pass", "warn", "fail", "error", "skipped"]

SHOWN_KEYS = 5
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
    SELECT that finds all of them. ``is_temporary`` says that the engine may answer later.
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

    @property
    def stops(self) -> bool:
        """Whether nothing may be published because of it."""
        return self.status in ("fail", "error")


@dataclass(slots=True)
class Verifier:
    """Answers suites on a target; a total, and inside ``holding`` a view, that several tests need is computed once.

    ``warn_error`` has warnings stop a build. ``audit`` is the schema in which failing rows are kept, "" for none.
    ``settle`` returns the answers of a suite in the light of those before it.
    """

    target: Target
    relations: Mapping[str, Relation]
    warn_error: bool = False
    audit: str = ""
    settle: Callable[[tuple[DataTestResult, ...]], tuple[DataTestResult, ...]] = lambda answers: answers
    _totals: dict[str, Mapping[str, object]] = field(default_factory=dict)
    _subjects: Subjects = field(init=False)
    _standing: Mapping[str, object] | None = None
    _resolver: Callable[[str], str] | None = None

    def __post_init__(self) -> None:
        self._subjects = Subjects(self.target, self.relations)

    @contextmanager
    def holding(self, suites: Sequence[Suite], later: Iterable[Suite] = ()) -> Iterator[None]:
        """Compute each view of ``suites`` once for all of them, and for the totals that ``later`` ones need.

        After an exception the views' temporary tables end with the session.
        """
        views = {suite.node for suite in suites if suite.view}
        totals = {one for suite in later for one in _totals(suite) if one.reads <= views}
        self._subjects = Subjects(self.target, self.relations, list(suites), tuple(totals))
        yield
        for total in totals:
            self._settle(total)
        self._subjects.close()

    def verify(self, suite: Suite) -> tuple[DataTestResult, ...]:
        """Return the outcome of each test of ``suite``.

        Raises:
            TargetUnavailable: the connection is lost.
        """
        existing = self.target.columns(self.relations[suite.node]) if suite.columns else {}
        missing = [name for name in suite.columns if name not in existing]
        if missing:
            return self.skip(suite, f"there is no column {min(missing)}")
        answers = self.settle(self._asked(suite))
        self._subjects.answered(suite)
        return answers

    def _asked(self, suite: Suite) -> tuple[DataTestResult, ...]:
        try:
            return self.target.attempt(suite.node, lambda: self._answered(suite))
        except TargetUnavailable:
            raise
        except MarketingIbisError as error:
            if len(suite.probes) == 1:
                return self._unanswered(suite, "error", str(error), is_temporary=error.is_temporary)
        # A test that the engine cannot answer says nothing of those that were asked with it.
        return tuple(result for probe in suite.probes for result in self._asked(suite.alone(probe)))

    def _answered(self, suite: Suite) -> tuple[DataTestResult, ...]:
        started = time.perf_counter()
        try:
            (row,) = self.target.query(self._placed(suite, suite.select))
            found = [self._found(probe, number) for probe, number in zip(suite.probes, row, strict=True)]
            share = (time.perf_counter() - started) / len(suite.probes)
            return tuple(
                self._judged(suite, probe, failures, message, share)
                for probe, (failures, message) in zip(suite.probes, found, strict=True)
            )
        except MarketingIbisError:
            # The session may have ended, and the next attempt finds another.
            self._subjects.forget()
            raise

    def _placed(self, suite: Suite, select: str) -> str:
        return self._resolved(self._subjects.placed(select, (suite.node, *suite.reads)))

    def skip(self, suite: Suite, reason: str) -> tuple[DataTestResult, ...]:
        """Return that none of the suite's tests was asked, and why."""
        self._subjects.answered(suite)
        return self._unanswered(suite, "skipped", reason)

    def _unanswered(
        self, suite: Suite, status: DataTestStatus, message: str, *, is_temporary: bool = False
    ) -> tuple[DataTestResult, ...]:
        results = (self._result(suite, probe, status, message=message) for probe in suite.probes)
        return tuple(replace(result, is_temporary=is_temporary) for result in results)

    def _found(self, probe: Probe, number: object) -> tuple[int, str]:
        """Return how many failures a test found, and a description of them."""
        actual = 0 if number is None else number
        if probe.expected is None:
            return int(actual), ""  # type: ignore[call-overload]
        expected = self._expected(probe.expected)
        if _equal(actual, expected):
            return 0, ""
        of = f": {probe.data_test.arguments}" if probe.data_test.arguments else ""
        return 1, f"is {told_number(actual)}, expected {told_number(expected)}{of}"

    def _expected(self, expected: Expected | int) -> object:
        if isinstance(expected, int):
            return expected
        if expected.select not in self._totals:
            self._totals[expected.select] = self._only_row(expected)
        number = self._totals[expected.select][expected.column]
        return 0 if number is None else number * expected.times  # type: ignore[operator]

    def _settle(self, total: Expected) -> None:
        """Compute a total while what it reads is kept, if it is."""
        if total.reads <= self._subjects.kept.keys():
            try:
                self.target.attempt(total.column, lambda: self._expected(total))
            except TargetUnavailable:
                raise
            except MarketingIbisError:
                # The tests that need the number ask for it again, and tell.
                self._subjects.forget()

    def _only_row(self, expected: Expected) -> Mapping[str, object]:
        rows = self.target.query(self._resolved(self._subjects.placed(expected.select, expected.reads)))
        if len(rows) != 1:
            raise RunFailed(f"{expected.name} returns {len(rows):,} rows; a control total must return one.")
        return dict(zip(expected.columns, rows[0], strict=True))

    def _judged(self, suite: Suite, probe: Probe, failures: int, message: str, seconds: float) -> DataTestResult:
        status = judge(probe.data_test, failures)
        if status == "warn" and self.warn_error:
            status = "fail"
        result = self._result(suite, probe, status, failures=failures, seconds=seconds, message=message)
        if self.audit:
            self._keep(result)
        if status == "pass":
            return result
        failing = self._placed(suite, probe.failing)
        return replace(result, keys=self._keys(failing, probe), message=message or self._values(failing, probe))

    def _values(self, failing: str, probe: Probe) -> str:
        """Return which values a test of accepted ones found, how often, and which are accepted."""
        if not probe.values:
            return ""
        name = self.target.dialect.identifier(probe.values)
        counted = f"SELECT {name}, COUNT(*) AS times\nFROM (\n{failing}\n) AS failing\nGROUP BY {name}"
        rows = self.target.query(f"{counted}\nORDER BY 2 DESC, 1\nLIMIT {MOST_VALUES + 1}")
        rows = [(without_addresses(value), times) for value, times in rows]
        return unaccepted(rows, probe.data_test.arguments)  # type: ignore[arg-type]

    def _keys(self, failing: str, probe: Probe) -> tuple[Mapping[str, object], ...]:
        if not probe.keys:
            return ()
        names = ", ".join(map(self.target.dialect.identifier, probe.keys))
        places = ", ".join(str(place) for place in range(1, len(probe.keys) + 1))
        rows = self.target.query(
            f"SELECT {names}\nFROM (\n{failing}\n) AS failing\nORDER BY {places}\nLIMIT {SHOWN_KEYS}"
        )
        # A key that is a string may be a person's address.
        return tuple(dict(zip(probe.keys, map(without_addresses, row), strict=True)) for row in rows)

    def _keep(self, result: DataTestResult) -> None:
        """Keep the failing rows of a test, and none of an earlier run."""
        dialect, place = self.target.dialect, Relation(self.audit, table_name(result.name))
        if place.name in self._kept():
            self.target.execute(f"DROP TABLE IF EXISTS {dialect.relation(place)}")
        if result.failures:
            for statement in dialect.create_table(place, result.failing):
                self.target.execute(statement)

    def _kept(self) -> Mapping[str, object]:
        if self._standing is None:
            self.target.create_schema(self.audit)
            self._standing = self.target.relations(self.audit)
        return self._standing

    def _resolved(self, select: str) -> str:
        if self._resolver is None:
            self._resolver = self.target.dialect.resolver(self.relations)
        return self._resolver(select)

    def _result(self, suite: Suite, probe: Probe, status: DataTestStatus, **outcome: Any) -> DataTestResult:
        data_test = probe.data_test
        return DataTestResult(
            name=data_test.name,
            node=suite.node,
            relation=self.relations[suite.node].published,
            column=data_test.column,
            test=data_test.test,
            severity=data_test.severity,
            status=status,
            failing=self._resolved(probe.failing),
            **outcome,
        )


def judge(data_test: DataTest, failures: int) -> DataTestStatus:
    """Return what so many failures mean, by the test's severity and thresholds."""
    if data_test.severity == "error" and _exceeds(failures, data_test.error_if):
        return "fail"
    return "warn" if _exceeds(failures, data_test.warn_if) else "pass"


def table_name(data_test: str) -> str:
    """Return the name of the table that keeps a test's failing rows, short enough for every engine."""
    if len(data_test) <= LONGEST_NAME:
        return data_test
    return f"{data_test[:SHORTENED]}_{hashlib.sha256(data_test.encode()).hexdigest()[:DIGITS]}"


def _totals(suite: Suite) -> Iterator[Expected]:
    return (probe.expected for probe in suite.probes if isinstance(probe.expected, Expected))


def _exceeds(failures: int, threshold: str) -> bool:
    match = THRESHOLD.fullmatch(threshold)
    if match is None:
        raise ValueError(threshold)
    return _COMPARISONS[match[1]](failures, int(match[2]))


def _equal(actual: object, expected: object) -> bool:
    if isinstance(actual, float) or isinstance(expected, float):
        # What cancels to 0 leaves a residue of rounding.
        return isclose(float(actual), float(expected), rel_tol=TOLERANCE, abs_tol=TOLERANCE)  # type: ignore[arg-type]
    return actual == expected


def told_number(number: object) -> str:
    """Return a number without the digits in which sums of floats differ."""
    return f"{number:.10g}" if isinstance(number, float) else str(number)
