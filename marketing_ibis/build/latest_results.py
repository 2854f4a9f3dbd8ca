"""Keep the newest result of every model, source and data test, whichever command it comes from.

The results are one JSON file per target folder. A command replaces the results of what it ran and leaves the others.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from marketing_ibis.atomic_write import write_text

LATEST_RESULTS = "latest_results.json"
VERSION = 1
SKIPPED = "skipped"
LONGEST_WAIT_SECONDS = 5.0
"""For another command that records its results: that takes milliseconds."""


@dataclass(frozen=True, slots=True)
class BuildResult:
    """The newest attempt to build a model or to fill a source, and the table that is published under its name.

    ``status``, ``at``, ``seconds`` and ``message`` belong to the attempt. ``rows`` (None for a view), ``built_at`` and
    ``as_of`` belong to the published table, which an attempt that published nothing leaves as it was.
    """

    status: str
    at: datetime
    seconds: float = 0.0
    message: str = ""
    rows: int | None = None
    built_at: datetime | None = None
    as_of: date | None = None

    @property
    def is_published(self) -> bool:
        """Whether a table is published under the name."""
        return self.built_at is not None

    @property
    def is_current(self) -> bool:
        """Whether the newest attempt is the one that was published."""
        return self.built_at is not None and self.built_at >= self.at


@dataclass(frozen=True, slots=True)
class TestResult:
    """The newest result of a data test of ``node``.

    ``reads`` are the tables that decide the result: a view counts as the tables behind it. ``built_at`` is when the
    newest of them was built. ``is_published`` is False for a test of tables that were built and not published. ``keys``
    are those of the first rows that failed.
    """

    __test__ = False

    node: str
    name: str
    status: str
    at: datetime
    as_of: date
    failures: int = 0
    seconds: float = 0.0
    message: str = ""
    severity: str = ""
    reads: tuple[str, ...] = ()
    built_at: datetime | None = None
    is_published: bool = True
    keys: tuple[Mapping[str, object], ...] = ()


TestKey = tuple[str, str]
"""The table under test, and the name of the test."""


@dataclass(frozen=True, slots=True)
class LatestResults:
    """The newest results of one warehouse: of models and sources by name, and of data tests.

    ``problem`` says why the record of earlier results could not be read.
    """

    builds: Mapping[str, BuildResult] = field(default_factory=dict)
    tests: Mapping[TestKey, TestResult] = field(default_factory=dict)
    problem: str = ""

    def replaced(self, builds: Mapping[str, BuildResult], tests: Iterable[TestResult]) -> LatestResults:
        """Return these results with newer ones in their place.

        An attempt that published nothing leaves what is known of the published table. A test that was skipped does not
        replace an answer.
        """
        fresh = {name: self._rebuilt(name, result) for name, result in builds.items()}
        results_by_key = {(test.node, test.name): test for test in tests}
        newer_tests = {
            key: test for key, test in results_by_key.items() if test.status != SKIPPED or key not in self.tests
        }
        return LatestResults({**self.builds, **fresh}, {**self.tests, **newer_tests})

    def _rebuilt(self, name: str, result: BuildResult) -> BuildResult:
        earlier = self.builds.get(name)
        if result.is_published or earlier is None:
            return result
        return replace(result, rows=earlier.rows, built_at=earlier.built_at, as_of=earlier.as_of)

    def published(self, tables: Mapping[str, tuple[datetime, date]]) -> LatestResults:
        """Return these results with when, and as of which day, the warehouse says that its models were built.

        They may have been built from another folder, of which this record says nothing.
        """
        builds = dict(self.builds)
        for name, (built_at, as_of) in tables.items():
            earlier = builds.get(name)
            if earlier is None or earlier.built_at != built_at:
                builds[name] = BuildResult("success", built_at, built_at=built_at, as_of=as_of)
        return replace(self, builds=builds)

    def newest(self, names: Iterable[str]) -> datetime | None:
        """Return when the newest of the tables ``names`` was built or filled, as far as that is known."""
        build_times = (self.builds[name].built_at for name in names if name in self.builds)
        return max((moment for moment in build_times if moment is not None), default=None)

    def is_current(self, test: TestResult) -> bool:
        """Whether ``test`` was asked of the tables that are published now."""
        newest = self.newest(test.reads)
        return test.is_published and (newest is None or (test.built_at is not None and test.built_at >= newest))

    def days(self, names: Iterable[str]) -> tuple[date, ...]:
        """Return the days as of which the tables ``names`` are published, each once, in order."""
        return tuple(sorted({day for name in names if name in self.builds and (day := self.builds[name].as_of)}))


def plain_key(key: Mapping[str, object]) -> dict[str, object]:
    """Return a failing row's key with values that JSON has."""
    return {name: value if isinstance(value, str | int | float | None) else str(value) for name, value in key.items()}


def read_latest(folder: Path, place: str) -> LatestResults:
    """Return the newest results of the warehouse ``place``; none where nothing was recorded."""
    path = folder / LATEST_RESULTS
    try:
        recorded = _read(path)
    except (OSError, ValueError) as error:
        return LatestResults(problem=f"{path} cannot be read: {error}")
    return _results(recorded.get(place), path)


def _results(recorded: Mapping[str, Any] | None, path: Path) -> LatestResults:
    if recorded is None:
        return LatestResults()
    try:
        tests = [_test(row) for row in recorded["tests"]]
        builds = {str(name): _build(row) for name, row in recorded["builds"].items()}
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        return LatestResults(problem=f"{path} is not a record of results: {type(error).__name__} {error}")
    return LatestResults(builds, {(test.node, test.name): test for test in tests})


def keep_latest(folder: Path, place: str, builds: Mapping[str, BuildResult], tests: Iterable[TestResult]) -> Path:
    """Record the results of a command in place of earlier ones of the same warehouse ``place``.

    A record that cannot be read is replaced.

    Raises:
        UsageError: the file cannot be written.
    """
    path = folder / LATEST_RESULTS
    with _recording(folder):
        try:
            places = _read(path)
        except (OSError, ValueError):
            places = {}
        latest = _results(places.get(place), path).replaced(builds, tests)
        places[place] = {
            "builds": {name: _plain(result) for name, result in latest.builds.items()},
            "tests": [_plain(test) for test in latest.tests.values()],
        }
        return write_text(path, json.dumps({"version": VERSION, "places": places}, ensure_ascii=False) + "\n")


@contextmanager
def _recording(folder: Path) -> Iterator[None]:
    """Wait until no other command records results in ``folder``: each reads what the one before has written.

    Where the system has no such locks, or another command keeps its lock for too long, nothing is waited for.
    """
    try:
        import fcntl

        descriptor = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        ends_at = time.monotonic() + LONGEST_WAIT_SECONDS
        while time.monotonic() < ends_at:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.02)
            except OSError:
                break
        yield
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[str, Any]:
    """Return what is recorded, by place.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is not a record of results.
    """
    if not path.is_file():
        return {}
    document = json.loads(path.read_text("utf-8"))
    if not isinstance(document, dict) or not isinstance(document.get("places"), dict):
        raise ValueError("it is not a record of results.")
    # Another version of this package wrote it: its results are unknown, not wrong.
    return dict(document["places"]) if document.get("version") == VERSION else {}


def _build(row: Mapping[str, Any]) -> BuildResult:
    return BuildResult(
        status=str(row["status"]),
        at=_moment(row["at"]),
        seconds=float(row["seconds"]),
        message=str(row["message"]),
        rows=None if row["rows"] is None else int(row["rows"]),
        built_at=None if row["built_at"] is None else _moment(row["built_at"]),
        as_of=None if row["as_of"] is None else date.fromisoformat(row["as_of"]),
    )


def _test(row: Mapping[str, Any]) -> TestResult:
    return TestResult(
        node=str(row["node"]),
        name=str(row["name"]),
        status=str(row["status"]),
        at=_moment(row["at"]),
        as_of=date.fromisoformat(row["as_of"]),
        failures=int(row["failures"]),
        seconds=float(row["seconds"]),
        message=str(row["message"]),
        severity=str(row["severity"]),
        reads=tuple(map(str, row["reads"])),
        built_at=None if row["built_at"] is None else _moment(row["built_at"]),
        is_published=bool(row["is_published"]),
        keys=tuple(dict(key) for key in row.get("keys", ())),
    )


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _plain(result: BuildResult | TestResult) -> dict[str, Any]:
    """Return the fields of a result with values that JSON has. ``asdict`` copies each value, which takes longer."""
    values = {item.name: getattr(result, item.name) for item in fields(result)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
