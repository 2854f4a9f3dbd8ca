"""Report events: as lines for people, or as one JSON object per line for machines."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import click

from marketing_ibis.errors import MarketingIbisError

Level = Literal["debug", "info", "warn", "error"]

FORMATS = ("text", "json")
FORMAT_KEY, QUIET_KEY, ALERTS_KEY = "marketing_ibis.log_format", "marketing_ibis.quiet", "marketing_ibis.alerts"
"""What options leave for the whole command, among what click keeps for it."""
LEVELS_WHEN_QUIET: frozenset[Level] = frozenset({"warn", "error"})

EVENTS: Mapping[str, str] = {
    "command_failed": "A command stops: message, next step (`hint`), `exit_code`, and the `failures` of a run.",
    "command_finished": "A command is done.",
    "customers_forgotten": "`forget` deleted `rows`: `receipt`, `removal_files`, whether the person `is_in_sources`.",
    "costs_counted": "What the SQL of each model makes the engine do, of `compile --explain`: `costs` by model.",
    "model_compiled": "The single model that `compile` selected, with its `sql`.",
    "model_exported": "`export` wrote a file: `model`, `rows`, `place`, its day `as_of`, the sources' `newest` one.",
    "model_finished": "A model is built, failed or skipped: `status`, `rows`, `seconds`, its `owner` and SQL file.",
    "model_started": "A model is being built.",
    "model_decision": "Whether `--changed` builds a model: `model`, `built`, `reason`.",
    "not_executed": "SQL was written and nothing executed, and why.",
    "note": "Something worth knowing.",
    "run_finished": "A run is done: whether all was `published`, the models `released`; `models`, `tests` by status.",
    "build_measured": "What a build measured of itself: `measures`.",
    "run_started": "A run begins: `models`, `target`, `as_of`.",
    "history_recorded": "A day of a model was recorded in its history: `model`, `rows`, `snapshots` of sources used.",
    "semantics_written": "Files for a semantic layer are written: `format`, `folder`, `models`.",
    "snapshot_imported": "A snapshot of dbt was imported: `source`, `origin`, `versions`, those `skipped`.",
    "snapshot_recorded": "A source was recorded in its snapshot: keys `new`, `changed`, `deleted`, `added_columns`.",
    "source_aged": "The age of a source was measured: `status`, `newest`, age in `seconds`.",
    "source_seeded": "A source table is filled: `relation`, `rows`.",
    "sql_written": "SQL files are written: `folder`, `models`.",
    "tables_compared": "`diff` compared two sides: the whole `difference`, as with `--format json`.",
    "test_finished": "A data test has run: `test`, `status`, `failures`, the first failing `keys`.",
    "tests_finished": "All selected tests have run: how many `tests` have each status.",
    "unusual_number": "A number of a table is unusual: `metric`, `subject`, `value`, `low`, `high`, `builds`, `owner`.",
    "warning": "Something is wrong, but the command continues.",
}
"""Every event's name and meaning: names stay, data may grow."""


_listeners: list[list[str]] = []


@contextmanager
def recording_messages() -> Iterator[list[str]]:
    """Yield the messages that any log prints inside, which grow."""
    messages: list[str] = []
    _listeners.append(messages)
    try:
        yield messages
    finally:
        # By identity: two lists of the same messages are equal.
        _listeners[:] = [listener for listener in _listeners if listener is not messages]


def _record(text: str) -> None:
    for messages in _listeners:
        messages.append(text)


@dataclass(frozen=True, slots=True)
class Log:
    """Where a command's lines go.

    ``quiet`` keeps warnings, errors and answers, and for machines the closing events. ``write`` prints a line for
    people.
    """

    format: str = "text"
    quiet: bool = False
    write: Callable[[str], object] = click.echo

    @property
    def is_live(self) -> bool:
        """Whether a person watches a terminal that can redraw a line."""
        plain = self.format != "text" or self.quiet or any(os.environ.get(name) for name in ("NO_COLOR", "CI"))
        return not plain and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"

    def emit(
        self,
        event: str,
        text: str,
        *,
        level: Level = "info",
        err: bool = False,
        answer: bool = False,
        closing: bool = False,
        **data: Any,
    ) -> None:
        """Print ``text``, or the event with its data; ``err`` puts the text on stderr.

        An ``answer`` is what the command was called for: it is printed even when quiet. A ``closing`` event ends a
        command: a machine gets it even when quiet, a person does not.
        """
        _record(text)
        is_wanted = answer or level in LEVELS_WHEN_QUIET or (closing and self.format == "json")
        if self.quiet and not is_wanted:
            return
        if self.format == "json":
            click.echo(_line(event, click.unstyle(text), level, data))
        elif answer:
            self.write(text)
        elif err:
            click.echo(wrap_lines(text, terminal_width(sys.stderr)), err=True)
        elif level != "debug":
            self.write(wrap_lines(text, terminal_width(sys.stdout)))

    def finish(self) -> None:
        """Tell a machine that the command is done."""
        if self.format == "json":
            click.echo(_line("command_finished", "Done.", "info", {"exit_code": 0}))

    def warn(self, text: str, event: str = "warning", **data: Any) -> None:
        """Tell something that is wrong and stops nothing, on stderr, or as an event with its data."""
        _record(text)
        if self.format == "json":
            click.echo(_line(event, text, "warn", data))
        else:
            _print_headed("Warning: ", "yellow", text)

    def show_error(self, message: str, hint: str) -> None:
        """Tell a person a failure and what to do next."""
        show_error(message, hint)

    def stop(self, text: str, exit_code: int) -> None:
        """Report that the user cancelled the command."""
        if self.format == "json":
            click.echo(_line("command_failed", text, "error", {"hint": "", "exit_code": exit_code, "failures": []}))
        if self.format != "json" or not _is_one_stream():
            click.echo(text, err=True)

    def fail(self, error: MarketingIbisError) -> None:
        """Tell why a command stops, what failed in it and what to do next."""
        if self.format == "json":
            failures = [asdict(failure) for failure in error.failures]
            data = {"hint": error.hint, "exit_code": error.exit_code, "failures": failures}
            click.echo(_line("command_failed", str(error), "error", data))
        if self.format != "json" or not _is_one_stream():
            show_error(error.message, error.hint)


def _is_one_stream() -> bool:
    """Whether stdout and stderr are kept in one file, in which an event and its text would tell a failure twice."""
    try:
        return os.path.sameopenfile(sys.stdout.fileno(), sys.stderr.fileno())
    except (OSError, ValueError):
        return False


def _line(event: str, text: str, level: Level, data: Mapping[str, Any]) -> str:
    if event not in EVENTS:
        raise KeyError(event)
    record = {"ts": datetime.now(UTC).isoformat(), "level": level, "event": event, "message": text, "data": data}
    return json.dumps(record, ensure_ascii=False, default=str)


def current_log() -> Log:
    """Return the log of the command that runs."""
    context = click.get_current_context(silent=True)
    meta: Mapping[str, Any] = context.meta if context else {}
    return Log(meta.get(FORMAT_KEY, "text"), meta.get(QUIET_KEY, False))


def show_error(message: str, hint: str) -> None:
    """Tell a failure and what to do next, on stderr."""
    _print_headed("Error: ", "red", f"{message}\n{hint}" if hint else message)


def _print_headed(head: str, colour: str, text: str) -> None:
    """Print ``text`` on stderr behind a coloured head."""
    lines = wrap_lines(head + text, terminal_width(sys.stderr))
    click.secho(head, fg=colour, bold=True, nl=False, err=True)
    click.echo(lines.removeprefix(head), err=True)


def terminal_width(stream: Any) -> int | None:
    """Return the columns of the terminal that ``stream`` is; None where it is a file or a pipe."""
    if not stream.isatty():
        return None
    import shutil  # scripts, which read a pipe, do without

    return shutil.get_terminal_size().columns


def wrap_lines(text: str, width: int | None) -> str:
    """Return ``text`` with lines that a terminal of ``width`` columns does not wrap: broken between words, indented.

    Paths and names are left whole.
    """
    if width is None:
        return text
    return "\n".join(line for long in text.split("\n") for line in _wrap_line(long, width))


def _wrap_line(line: str, width: int) -> list[str]:
    if len(click.unstyle(line)) <= width:
        return [line]
    indent = " " * (len(line) - len(line.lstrip(" ")))
    further = f"{indent}  "
    if click.unstyle(line) != line:
        return _wrap_words(line, width, further)
    import textwrap

    return textwrap.wrap(line, width, subsequent_indent=further, break_long_words=False, break_on_hyphens=False)


def _wrap_words(line: str, width: int, further: str) -> list[str]:
    """Break a styled line between words; its escape codes take no room."""
    first, *words = line.split(" ")
    lines = [first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if len(click.unstyle(longer)) <= width:
            lines[-1] = longer
        else:
            lines.append(further + word)
    return lines
