"""A process that has everything imported and forks command lines one after another, each of which may be killed."""

from __future__ import annotations

import functools
import gc
import importlib
import json
import os
import pkgutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from tests.paths import ROOT

PLANNING = ("build", "run")
"""The commands that compile a plan, and with --dry-run do nothing else."""
IMPORTED = (
    "marketing_ibis.cli",
    "marketing_ibis.build",
    "marketing_ibis.engines.duckdb",
    "marketing_ibis.engines.postgres",
)
"""The packages that commands import when they need them."""


@dataclass(frozen=True, slots=True)
class Call:
    """A command and when to kill it: before a statement, counted from 1, or after so many seconds.

    ``published`` counts from the statement that begins to publish: how many come before it depends on what an earlier
    kill left behind. ``watch`` is the engine, schema, names and file of a reader inside the process. ``compiled`` are
    the builds that plan what this command does, unless it is one itself: they are compiled beforehand.
    """

    arguments: tuple[str, ...]
    folder: str
    before: int = 0
    published: bool = False
    seconds: float | None = None
    watch: tuple[str, str, tuple[str, ...], str] | None = None
    file_limit: int = 0
    compiled: tuple[tuple[str, ...], ...] = ()
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a command ended. ``code`` is its exit code, or minus the signal that killed it."""

    code: int
    seconds: float
    statements: tuple[str, ...]
    output: str

    @property
    def was_killed(self) -> bool:
        return self.code == -signal.SIGKILL


def notes_in(path: Path) -> list[Any]:
    """Return the records of a process, one JSON line each; an incomplete last line does not count."""
    *whole, _ = path.read_text().split("\n")
    return list(map(json.loads, whole))


class Launcher:
    """The pipe to the process that forks."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def run(self, call: Call) -> Ending:
        """Run a command until it ends or is killed."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(f"{json.dumps(asdict(call))}\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        assert answer, "the process that forks has ended"
        ending = json.loads(answer)
        return Ending(ending["code"], ending["seconds"], tuple(ending["statements"]), ending["output"])


@contextmanager
def launcher() -> Iterator[Launcher]:
    """Start the process that forks, and end it."""
    command = [sys.executable, "-m", "tests.safety.launcher"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield Launcher(process)
        assert process.stdin
        process.stdin.close()
        assert process.wait(10) == 0


def _serve(requests: IO[str], answers: IO[str]) -> None:
    _import_everything()
    for line in requests:
        answers.write(f"{json.dumps(_answer(json.loads(line)))}\n")
        answers.flush()


def _import_everything() -> None:
    import marketing_ibis.build.identities
    import marketing_ibis.build.planning
    import marketing_ibis.build.project_facts
    import marketing_ibis.outputs.artifacts
    import marketing_ibis.outputs.test_sql
    from marketing_ibis.project.settings import ProjectSettings

    # Compiling does not touch a database, and gives the same result for every command: once is enough.
    # Few folders of these tests contain a project, so that most of them use the installed dataflow.
    ProjectSettings.compile = _remembered(  # type: ignore[method-assign]
        ProjectSettings.compile,
        lambda project, as_of, needed=None: (
            project.settings_file,
            project.dataflows,
            str(project.models),
            as_of,
            needed if needed is None else tuple(needed),
        ),
    )
    marketing_ibis.build.planning.build_plan = _remembered(
        marketing_ibis.build.planning.build_plan,
        lambda flow, chosen, dialect, schemas, data_tests=(), refreshes=(): (
            id(flow),
            tuple(chosen),
            dialect.name,
            len(data_tests or ()),
            tuple(dict(refreshes).items()),
        ),
    )
    marketing_ibis.build.project_facts.project_facts = _remembered(
        marketing_ibis.build.project_facts.project_facts,
        lambda flow, plan, tests, *others: (
            id(flow),
            plan.engine,
            tuple(step.name for step in plan.steps()),
            len(tests or ()),
        ),
    )
    marketing_ibis.build.identities.model_identities = _remembered(
        marketing_ibis.build.identities.model_identities, lambda flow, tests=None: (id(flow), len(tests or ()))
    )
    ProjectSettings._find_nodes = _remembered(  # type: ignore[method-assign]
        ProjectSettings._find_nodes, lambda project: (project.settings_file, project.dataflows, str(project.models))
    )
    # They describe a build in files next to the database, which takes ten times as long as the build.
    marketing_ibis.outputs.artifacts.manifest_content = lambda project: ""
    marketing_ibis.outputs.artifacts.write_manifest_of = lambda *arguments: None
    marketing_ibis.outputs.artifacts.write_sql = lambda plan, as_of, folder: folder
    marketing_ibis.outputs.test_sql.write_queries = lambda *arguments: None
    # What a module imports by name is one of the above from now on.
    for name in IMPORTED:
        for module in pkgutil.walk_packages(importlib.import_module(name).__path__, f"{name}."):
            importlib.import_module(module.name)
    # Sources are loaded as of today.
    project = ProjectSettings(ROOT)
    project.compile(project.today())


def _remembered(work: Callable[..., Any], key: Callable[..., object]) -> Callable[..., Any]:
    # The arguments are kept, so that nothing else gets the id of one.
    results: dict[object, tuple[Any, object]] = {}

    def remember(*arguments: Any, **options: Any) -> Any:
        name = key(*arguments, **options)
        if name not in results:
            results[name] = work(*arguments, **options), arguments
        return results[name][0]

    return remember


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    folder = Path(request["folder"])
    # Two launchers may work in one folder at once.
    output, statements = folder / f"output_{os.getpid()}.txt", folder / f"statements_{os.getpid()}.txt"
    os.chdir(folder)
    for arguments in request["compiled"] or [request["arguments"]]:
        if arguments[0] in PLANNING:
            _compile_first(tuple(arguments), tuple(request["environment"].items()))
    # The child may be killed before it opens them.
    output.write_text("")
    statements.write_text("")
    # A child that looked for garbage among what it inherits would copy it.
    gc.freeze()
    started = time.perf_counter()
    child = os.fork()
    if not child:
        _run(request, output, statements)
    if request["seconds"] is not None:
        time.sleep(request["seconds"])
        os.kill(child, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    return {
        "code": code,
        "seconds": time.perf_counter() - started,
        "statements": notes_in(statements),
        "output": output.read_text(),
    }


@functools.cache
def _compile_first(arguments: tuple[str, ...], environment: tuple[tuple[str, str], ...]) -> None:
    """Compile the plan in the parent process, so that each fork has it; once, because then it is remembered."""
    from click.testing import CliRunner

    from marketing_ibis.cli import main

    os.environ.update(environment)
    ended = CliRunner().invoke(main, [*arguments, "--dry-run"])
    assert ended.exit_code == 0, (ended.output, ended.exception)


def _run(request: dict[str, Any], output: Path, statements: Path) -> None:
    """Run the command line: its output goes to ``output``, each statement to ``statements`` before it is sent."""
    code = 99
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(descriptor, 1)
        os.dup2(descriptor, 2)
        os.environ.update(request["environment"])
        _instrument(request, os.open(statements, os.O_WRONLY | os.O_CREAT | os.O_TRUNC))
        _limit(request["file_limit"])
        from marketing_ibis.cli import main

        main(request["arguments"])
    except SystemExit as exit:
        code = int(exit.code or 0)
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _limit(size: int) -> None:
    if size:
        import resource

        # The signal would end the process; without it, writing fails as it does on a full disk.
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _instrument(request: dict[str, Any], statements: int) -> None:
    from marketing_ibis.engines.duckdb.target import DuckDBTarget
    from marketing_ibis.engines.postgres.target import PostgresTarget

    sent = 0

    def counted(work: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(work)
        def count(*arguments: Any) -> Any:
            nonlocal sent
            sent += sent > 0 or not request["published"] or str(arguments[-1]).startswith("BEGIN")
            if sent == request["before"]:
                os.kill(os.getpid(), signal.SIGKILL)
            # One of our own files would be full first.
            if not request["file_limit"]:
                os.write(statements, f"{json.dumps(str(arguments[-1]))}\n".encode())
            return work(*arguments)

        return count

    for target in (DuckDBTarget, PostgresTarget):
        target.execute = counted(target.execute)  # type: ignore[attr-defined]
    PostgresTarget._copy = counted(PostgresTarget._copy)  # type: ignore[method-assign]
    if request["watch"]:
        _watch(DuckDBTarget, *request["watch"])


def _watch(target: Any, engine: str, schema: str, names: list[str], path: str) -> None:
    """Have every database that is opened read by a second connection until it is closed."""
    from tests.safety.watching import Reader, note_in

    begin, close = target.__init__, target.close

    def watched(self: Any, connection: Any, dialect: Any) -> None:
        begin(self, connection, dialect)
        cursor = connection.cursor()
        self.reader = Reader(lambda sql: cursor.execute(sql).fetchall(), engine, schema, names, note_in(path))
        self.reader.start()

    def closed(self: Any) -> None:
        self.reader.stop()
        self.reader = None
        close(self)

    target.__init__, target.close = watched, closed


if __name__ == "__main__":
    _serve(sys.stdin, sys.stdout)
