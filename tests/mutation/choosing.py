"""Record which test executes which line of the package, and choose the tests of a change, quickest first."""

from __future__ import annotations

import ast
import json
import signal
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

import coverage
import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.changes import Mutant
from tests.paths import ROOT

SECONDS = 300
"""The time limit of a test, in case it never ends: because of a change, or because its module opens a database when
it is imported, whose threads do not exist in a child process.
"""


@dataclass(frozen=True)
class Recorded:
    """The duration of a test, whether it fails without a change, and the lines it executes by file."""

    seconds: float
    fails: bool
    lines: Mapping[str, list[int]] = field(default_factory=dict)


class Recorder:
    """Run tests one after another and record the lines of the package that each executes.

    What a fixture of several tests executes is recorded for each test that uses it, not only for the first; what tests
    share by a cache is compiled for each.
    """

    def __init__(self) -> None:
        self.coverage = coverage.Coverage(
            data_file=None, include=[str(ROOT / "marketing_ibis" / "*")], config_file=False, messages=False
        )
        self.context = ""
        self.seconds: dict[str, float] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Iterator[None]:
        """Record what a fixture of several tests executes under its own name."""
        if fixturedef.scope == "function":
            return (yield)
        before, self.context = self.context, _fixture_name(fixturedef)
        self.coverage.switch_context(self.context)
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.seconds[self.context] = time.process_time() - start
            self.context = before
            self.coverage.switch_context(before)

    def record(self, items: Sequence[pytest.Item]) -> dict[str, Recorded]:
        """Return each test's duration and executed lines."""
        from tests.remembering import forget
        from tests.warehouse import compiled_dataflow

        failed = set()
        self.coverage.start()
        for item, after in zip(items, [*items[1:], None], strict=True):
            compiled_dataflow.cache_clear()
            forget()
            self.context = item.nodeid
            self.coverage.switch_context(item.nodeid)
            signal.alarm(SECONDS)
            start = time.process_time()
            if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
                failed.add(item.nodeid)
            self.seconds[item.nodeid] = time.process_time() - start
        signal.alarm(0)
        self.coverage.stop()
        lines = self._lines()
        return {item.nodeid: self._recorded(item, item.nodeid in failed, lines) for item in items}

    def _lines(self) -> dict[str, dict[str, list[int]]]:
        """Return the executed lines by context and file."""
        data, found = self.coverage.get_data(), dict[str, dict[str, list[int]]]()
        for file in sorted(data.measured_files()):
            for line, contexts in data.contexts_by_lineno(file).items():
                for context in contexts:
                    found.setdefault(context, {}).setdefault(Path(file).relative_to(ROOT).as_posix(), []).append(line)
        return found

    def _recorded(self, item: pytest.Item, fails: bool, lines: Mapping[str, Mapping[str, list[int]]]) -> Recorded:
        shared = [_fixture_name(one) for ones in _fixtures(item).values() for one in ones if one.scope != "function"]
        merged: dict[str, list[int]] = {}
        for context in (item.nodeid, *shared):
            for file, numbers in lines.get(context, {}).items():
                merged.setdefault(file, []).extend(numbers)
        return Recorded(sum(self.seconds.get(context, 0.0) for context in (item.nodeid, *shared)), fails, merged)


def _fixtures(item: pytest.Item) -> Mapping[str, Sequence[pytest.FixtureDef[object]]]:
    return item._fixtureinfo.name2fixturedefs if isinstance(item, pytest.Function) else {}


def _fixture_name(fixture: pytest.FixtureDef[object]) -> str:
    return f"fixture {fixture.baseid}::{fixture.argname}"


def kept(file: Path) -> dict[str, Recorded]:
    """Read the records from a file."""
    return {name: Recorded(**one) for name, one in json.loads(file.read_text("utf-8")).items()}


def keep(recorded: Mapping[str, Recorded], file: Path) -> None:
    """Write the records to a file."""
    file.write_text(json.dumps({name: asdict(one) for name, one in recorded.items()}), "utf-8")


def chosen(mutant: Mutant, items: Sequence[pytest.Item], recorded: Mapping[str, Recorded]) -> list[pytest.Item]:
    """Return the tests that execute the changed lines, the quickest first, after tests that were not recorded."""
    name = mutant.path.relative_to(ROOT).as_posix()
    lines = _statement_lines(mutant)
    new = [item for item in items if item.nodeid not in recorded]
    known = [item for item in items if item.nodeid in recorded and not recorded[item.nodeid].fails]
    hit = [item for item in known if not lines.isdisjoint(recorded[item.nodeid].lines.get(name, ()))]
    return [*new, *sorted(hit, key=lambda item: recorded[item.nodeid].seconds)]


def _statement_lines(mutant: Mutant) -> set[int]:
    """Return the lines of the innermost statement that is changed; of one that holds others, its head."""
    tree = ast.parse(mutant.path.read_text("utf-8"))
    around = [node for node in ast.walk(tree) if isinstance(node, ast.stmt) and mutant.line in _span(node)]
    return set(_span(min(around, key=lambda node: len(_span(node)))))


def _span(node: ast.stmt) -> range:
    body = getattr(node, "body", None)
    end = body[0].lineno - 1 if body else (node.end_lineno or node.lineno)
    return range(node.lineno, max(end, node.lineno) + 1)
