"""Find the data tests whose failure only repeats the failure of a test before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.testing.collect import DataTests
from marketing_ibis.testing.equivalent_tests import repeated_tests
from marketing_ibis.testing.run import DataTestResult


@dataclass(slots=True)
class Repeats:
    """The tests of ``data_tests`` that ask the same of the same column, by lineage: a fault fails them layer by layer.

    A test repeats another of its kind and arguments if its model comes from the other's and both columns are the same
    column of a source, passed through or computed row by row. Lineage is followed when a test fails, and not before.
    """

    dataflow: Dataflow
    data_tests: DataTests
    _failed: set[str] = field(default_factory=set, init=False)
    _earlier: Mapping[str, tuple[str, ...]] | None = field(default=None, init=False)

    def skip_repeated(self, answers: tuple[DataTestResult, ...]) -> tuple[DataTestResult, ...]:
        """Return ``answers``, those skipped that repeat a failure among earlier ones."""
        settled = tuple(
            self._skip_if_repeated(data_test) if data_test.status == "fail" else data_test for data_test in answers
        )
        self._failed |= {data_test.name for data_test in settled if data_test.status == "fail"}
        return settled

    def _skip_if_repeated(self, data_test: DataTestResult) -> DataTestResult:
        first = (
            next((name for name in self._earlier_tests(data_test.name) if name in self._failed), "")
            if self._failed
            else ""
        )
        if not first:
            return data_test
        return replace(data_test, status="skipped", failures=0, keys=(), message=f"repeats {first}")

    def _earlier_tests(self, name: str) -> tuple[str, ...]:
        if self._earlier is None:
            self._earlier = repeated_tests(self.dataflow, self.data_tests)
        return self._earlier.get(name, ())
