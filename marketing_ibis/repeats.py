"""Find the data tests whose failure only repeats the failure of a test before them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from marketing_ibis.compile import Dataflow
from marketing_ibis.same_tests import repeated_tests
from marketing_ibis.suites import Checks
from marketing_ibis.verify import CheckResult


@dataclass(slots=True)
class Repeats:
    """The tests of ``checks`` that ask the same of the same column, by lineage: a fault fails them layer by layer.

    A test repeats another of its kind and arguments if its model comes from the other's and both columns are the same
    column of a source, handed on or computed row by row. Lineage is followed when a test fails, and not before.
    """

    dataflow: Dataflow
    checks: Checks
    _failed: set[str] = field(default_factory=set, init=False)
    _earlier: Mapping[str, tuple[str, ...]] | None = field(default=None, init=False)

    def settle(self, answers: tuple[CheckResult, ...]) -> tuple[CheckResult, ...]:
        """Return ``answers``, those skipped that repeat a failure among earlier ones."""
        settled = tuple(self._settled(check) if check.status == "fail" else check for check in answers)
        self._failed |= {check.name for check in settled if check.status == "fail"}
        return settled

    def _settled(self, check: CheckResult) -> CheckResult:
        first = next((name for name in self._before(check.name) if name in self._failed), "") if self._failed else ""
        if not first:
            return check
        return replace(check, status="skipped", failures=0, keys=(), message=f"repeats {first}")

    def _before(self, name: str) -> tuple[str, ...]:
        if self._earlier is None:
            self._earlier = repeated_tests(self.dataflow, self.checks)
        return self._earlier.get(name, ())
