"""Try changes of the package in children of a process that has collected the tests once.

A child puts the changed code into the functions that exist already, so nothing is imported or collected again, and runs
the tests that execute the change until one fails. Each has a separate folder for temporary files, and a limit of CPU
time, so that a slow test does not fail on a busy machine.
"""

from __future__ import annotations

import ast
import gc
import importlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from types import CodeType, FunctionType

import pytest
from _pytest.runner import runtestprotocol

from tests.mutation.changes import Mutant, changed
from tests.mutation.choosing import SECONDS, Recorded, Recorder, chosen, keep, kept
from tests.paths import ROOT

PROCESSOR_SECONDS = 60
"""The CPU time of a test after which it counts as never ending."""

SURVIVED, NOTICED, MODULE, BROKEN = 0, 1, 3, 4
OUTSIDE = "outside of functions"


@dataclass(frozen=True)
class Outcome:
    """The outcome of a change: whether it was ``noticed``, by how many ``tests``, and ``how`` in one word."""

    mutant: Mutant
    noticed: bool
    how: str
    tests: int


@dataclass
class Trial:
    """A pytest plugin that tries changes instead of running the tests once."""

    mutants: Sequence[Mutant]
    jobs: int
    record: Path | None
    most: int | None
    tell: Callable[[Outcome], None]
    failing: Callable[[Sequence[str]], None]

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Record what the tests execute, then try each change with its tests."""
        for mutant in self.mutants:
            # A command imports some modules when it is called: their functions must exist before they can be changed.
            importlib.import_module(".".join(mutant.path.relative_to(ROOT).with_suffix("").parts))
        recorded = self._recorded(session)
        self.failing([name for name, one in recorded.items() if one.fails])
        running: dict[int, tuple[Mutant, int, Path]] = {}
        for mutant in self.mutants:
            if len(running) >= self.jobs:
                self._await_one(running)
            items = chosen(mutant, session.items, recorded)[: self.most]
            folder = Path(tempfile.mkdtemp(prefix="mutation-"))
            child = _forked(lambda mutant=mutant, items=items: _try(mutant, items), session, folder)
            running[child] = mutant, len(items), folder
        while running:
            self._await_one(running)
        return True

    def _recorded(self, session: pytest.Session) -> Mapping[str, Recorded]:
        if self.record is not None and self.record.exists():
            return kept(self.record)
        folder = Path(tempfile.mkdtemp(prefix="mutation-"))
        file = self.record or folder / "recorded.json"

        def note() -> int:
            recorder = Recorder()
            session.config.pluginmanager.register(recorder)
            keep(recorder.record(session.items), file)
            return 0

        try:
            if status := os.waitpid(_forked(note, session, folder), 0)[1]:
                message = f"the tests could not be recorded (status {status})"
                raise RuntimeError(message)
            return kept(file)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _await_one(self, running: dict[int, tuple[Mutant, int, Path]]) -> None:
        child, status = os.wait()
        mutant, tests, folder = running.pop(child)
        shutil.rmtree(folder, ignore_errors=True)
        if os.WIFSIGNALED(status):
            self.tell(Outcome(mutant, True, f"ended by {signal.Signals(os.WTERMSIG(status)).name}", tests))
        elif os.WEXITSTATUS(status) == MODULE:
            self.tell(Outcome(mutant, False, OUTSIDE, 0))
        elif os.WEXITSTATUS(status) == BROKEN:
            self.tell(Outcome(mutant, False, "NOT TRIED: the child failed by itself", tests))
        else:
            noticed = os.WEXITSTATUS(status) == NOTICED
            how = "noticed" if noticed else "SURVIVED" if tests else "NOT RUN by any test"
            self.tell(Outcome(mutant, noticed, how, tests))


def _forked(work: Callable[[], int], session: pytest.Session, folder: Path) -> int:
    """Do ``work`` in a child that writes nothing to the terminal, with ``folder`` for its files."""
    if child := os.fork():
        return child
    code = BROKEN
    try:
        os.setsid()
        with Path(os.devnull).open("r+b") as nowhere:
            for stream in (0, 1, 2):
                os.dup2(nowhere.fileno(), stream)
        tempfile.tempdir = str(folder)
        session.config._tmp_path_factory._basetemp = folder / "base"  # type: ignore[attr-defined]
        (folder / "base").mkdir()
        code = work()
        if server := sys.modules.get("tests.postgres_server"):
            server.stop()
    finally:
        os._exit(code)


def _try(mutant: Mutant, items: Sequence[pytest.Item]) -> int:
    if not patch(mutant):
        return MODULE
    from tests.remembering import forget
    from tests.warehouse import compiled_dataflow

    # A module may have compiled the dataflow when it was imported, before the change.
    compiled_dataflow.cache_clear()
    forget()
    for item, after in zip_longest(items, items[1:]):
        signal.alarm(SECONDS)
        signal.setitimer(signal.ITIMER_PROF, PROCESSOR_SECONDS)
        if any(report.failed for report in runtestprotocol(item, log=False, nextitem=after)):
            return NOTICED
    return SURVIVED


def patch(mutant: Mutant) -> bool:
    """Put the changed code into the functions of a module; return whether the change is in a function at all."""
    path = str(mutant.path)
    before = compile(ast.parse(mutant.path.read_text("utf-8")), path, "exec")
    after = compile(changed(mutant.path, mutant.number), path, "exec")
    old, new = dict(_codes(before)), dict(_codes(after))
    gc.unfreeze()
    functions = [
        one
        for one in gc.get_objects()
        if isinstance(one, FunctionType) and one.__code__.co_filename == path and _name(one.__code__) in old
    ]
    held = {_name(one.__code__) for one in functions}
    if not held <= new.keys() or any(_cells(old[name]) != _cells(new[name]) for name in held):
        return False
    if _outside(before, held) != _outside(after, held):
        return False
    for one in functions:
        one.__code__ = new[_name(one.__code__)]
    return True


def _outside(code: CodeType, held: Collection[tuple[str, int, int]]) -> list[CodeType]:
    """Return a code object and those within it, except within functions that are kept."""
    within = [one for one in code.co_consts if isinstance(one, CodeType) and _name(one) not in held]
    own = code.replace(co_consts=tuple(None if isinstance(one, CodeType) else one for one in code.co_consts))
    return [own, *(inner for one in within for inner in _outside(one, held))]


def _codes(code: CodeType) -> Iterator[tuple[tuple[str, int, int], CodeType]]:
    """Yield a code object and those within it, by name and position."""
    yield _name(code), code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _name(code: CodeType) -> tuple[str, int, int]:
    column = next((place[2] or 0 for place in code.co_positions() if place[2] is not None), 0)
    return code.co_qualname, code.co_firstlineno, column if "<" in code.co_name else 0


def _cells(code: CodeType) -> tuple[tuple[str, ...], int]:
    return code.co_freevars, code.co_argcount


def try_all(
    mutants: Sequence[Mutant], tests: Iterable[str], options: Sequence[str], how: Mapping[str, object]
) -> list[Outcome]:
    """Try each change with the tests that execute it and return the outcomes."""
    outcomes: list[Outcome] = []
    say = os.fdopen(os.dup(1), "w")

    def tell(outcome: Outcome) -> None:
        outcomes.append(outcome)
        print(f"{len(outcomes)} of {len(mutants)}  {outcome.how}  {outcome.mutant}", file=say, flush=True)

    def failing(names: Sequence[str]) -> None:
        for name in names:
            print(f"skipped, since it fails without a change: {name}", file=say, flush=True)

    plugin = Trial(mutants, tell=tell, failing=failing, **how)  # type: ignore[arg-type]
    code = pytest.main([*options, *dict.fromkeys(tests)], plugins=[plugin])
    if len(outcomes) < len(mutants):
        sys.exit(f"pytest ended with {code} after {len(outcomes)} of {len(mutants)} changes")
    return outcomes
