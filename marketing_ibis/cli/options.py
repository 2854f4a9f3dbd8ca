"""The options that several commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from marketing_ibis.cli.completing import complete_selector
from marketing_ibis.cli.output.log import FORMAT_KEY, FORMATS, QUIET_KEY, current_log
from marketing_ibis.engines import DEFAULT, ENGINES
from marketing_ibis.project.settings import default_folder

DAY_FORMAT = "YYYY-MM-DD"
RELATIVE_DAYS = {"today": 0, "yesterday": 1}
"""How many days before the current one in the business time zone a word means."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9998, 12, 31)

Command = TypeVar("Command", bound=Callable[..., Any])


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """A day written YYYY-MM-DD, or one of the words ``RELATIVE_DAYS``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | str:
        """Return ``value`` as a date, or the word that it is; the project's time zone, unknown here, gives its day."""
        if isinstance(value, str) and value.lower() in RELATIVE_DAYS:
            return value.lower()
        try:
            day = value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is not a day of the calendar: write {DAY_FORMAT}, for example 2024-05-15, or"
                f" {' or '.join(RELATIVE_DAYS)}.",
                param,
                ctx,
            )
        if not FIRST_DAY <= day <= LAST_DAY:
            self.fail(f"{value!r} is not between {FIRST_DAY} and {LAST_DAY}.", param, ctx)
        return day


def _group(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    def decorate(command: Command) -> Command:
        return functools.reduce(lambda wrapped, option: option(wrapped), reversed(options), command)

    return decorate


HELP_WIDTH = 80
INDENT = 4
"""Columns before an example in a command's help: click's and ours."""


def examples(*calls: str) -> str:
    """Return the foot of a command's help: calls that work, each with what it does after two spaces.

    Where a line would be wider than a terminal of 80 columns, what each call does is on a line of its own.
    """
    lines = [f"marketing-ibis {call}" for call in calls]
    if any(INDENT + len(line) > HELP_WIDTH for line in lines):
        lines = [part for line in lines for part in _call_and_effect(line)]
    return "\n".join(("\b", "Examples:", *(f"  {line}" for line in lines)))


def _call_and_effect(line: str) -> list[str]:
    call, _, effect = line.partition("  ")
    return [call, *([f"    {effect.strip()}"] if effect else ())]


def _noting(key: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a callback that keeps an option where the log finds it."""

    def note(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        context.meta[key] = value
        return value

    return note


def _under_project(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path:
    """Return the folder that was named, from where the user stands, or ``target`` in the project's folder."""
    return value or default_folder(context.params.get("project_dir")) / "target"


project_options = _group(
    # Eager: what is in the project's folder unless it is named must know the folder.
    click.option(
        "--project-dir", type=click.Path(path_type=Path), is_eager=True, help="Folder of the project's pyproject.toml."
    ),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
)

select_options = _group(
    click.option(
        "-s",
        "--select",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_selector,
        help="Models to take: m, +m, m+, 2+m+1, @m, a layer, tag:x, path:x, state:x; space is or, comma is and.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_selector,
        help="Models to leave out, in the same grammar.",
    ),
    click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of an earlier manifest.json: state:modified, state:new.",
    ),
)

target_path_option = _group(
    click.option(
        "--target-path",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_under_project,
        help="Folder of compiled SQL, records, site and database.  [default: target in the project's folder]",
    ),
)

*_FIRST, _LAST = ENGINES

target_options = _group(
    click.option(
        "-t",
        "--target",
        help=f"Engine, {', '.join(_FIRST)} or {_LAST}, or an output of the profile.  [default: {DEFAULT.name}]",
    ),
    click.option("--profiles-dir", type=click.Path(path_type=Path), help="Folder of dbt's profiles.yml."),
    target_path_option,
)

database_option = _group(
    click.option(
        "--database",
        type=click.Path(path_type=Path, dir_okay=False),
        help=f"{DEFAULT.title} file.  [default: TARGET_PATH/{DEFAULT.database_file}]",
    )
)

as_of_option = _group(
    click.option(
        "--as-of",
        type=Day(),
        metavar="DAY",
        help="State at the end of this day: YYYY-MM-DD, or today or yesterday in the business time zone."
        "  [default: today]",
    )
)

run_options = _group(
    click.option(
        "--threads",
        type=click.IntRange(1, 64),
        help="Models built at a time.  [default: threads of the profile's output, or 1]",
    ),
    click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first failure."),
    click.option("--dry-run", is_flag=True, help="Write the SQL and execute nothing."),
)

quiet_option = _group(
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        callback=_noting(QUIET_KEY),
        help="Print only warnings, errors and what was asked for; data tests that warn are not printed.",
    ),
)

log_options = _group(
    click.option(
        "--log-format",
        type=click.Choice(FORMATS),
        default=FORMATS[0],
        show_default=True,
        callback=_noting(FORMAT_KEY),
        help="Lines for people, or a JSON object a line: docs/reference/events.md.",
    ),
    quiet_option,
)

test_options = _group(
    click.option("--store-failures", is_flag=True, help="Keep the failing rows of each test in a table."),
    click.option("--warn-error", is_flag=True, help="A warning stops what an error stops."),
)

demo_options = _group(
    click.option(
        "--orders", type=click.IntRange(0), default=2_000, show_default=True, help="With --demo: orders to generate."
    ),
    click.option(
        "--random-seed", type=int, default=42, show_default=True, help="With --demo: another number, other data."
    ),
)

DEMO_OPTIONS = ("orders", "random_seed")


def warn_of_idle(names: Iterable[str], reason: str) -> None:
    """Warn of options that were given and have no effect in this call."""
    context = click.get_current_context()
    for name in names:
        if context.get_parameter_source(name) is ParameterSource.COMMANDLINE:
            current_log().warn(f"--{name.replace('_', '-')} has no effect: {reason}.")
