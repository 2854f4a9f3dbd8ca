"""The options that several commands share, and the records that commands take them as."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import click

from marketing_ibis.cli.completing import complete_selector
from marketing_ibis.cli.days import parse_day
from marketing_ibis.cli.output.log import FORMAT_KEY, FORMATS, QUIET_KEY
from marketing_ibis.project.folders import default_folder


class WholeNumber(click.IntRange):
    """A whole number in a range; click would call it an integer range, also in messages."""

    name = "integer"


Command = TypeVar("Command", bound=Callable[..., Any])
Record = TypeVar("Record")
AsOfOption = date | str | None
"""A day as --as-of names it: a date, a word of ``RELATIVE_DAYS``, or none."""


@dataclass(frozen=True, slots=True)
class TargetOptions:
    """Which project is meant, and where it builds."""

    project_dir: Path | None = None
    target: str | None = None
    profiles_dir: Path | None = None
    target_path: Path = Path("target")
    database: Path | None = None
    vars: str | None = None


@dataclass(frozen=True, slots=True)
class Selection:
    """What --select and --exclude say, and the folder of the manifest that ``state:`` compares with."""

    select: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    state: Path | None = None

    @property
    def excluded_tests(self) -> tuple[str, ...]:
        """What --exclude says of tests."""
        from marketing_ibis.project.selection import names_tests

        return tuple(selector for selector in self.exclude if names_tests(selector))

    @property
    def excluded_models(self) -> tuple[str, ...]:
        """What --exclude says of models and sources."""
        from marketing_ibis.project.selection import names_tests

        return tuple(selector for selector in self.exclude if not names_tests(selector))

    @property
    def asks_for_state(self) -> bool:
        """Whether a selector compares with an earlier state."""
        from marketing_ibis.project.selection import asks_for_state

        return asks_for_state((*self.select, *self.exclude))


def takes(kind: type[Record]) -> Callable[[Callable[[Record], None]], Callable[..., None]]:
    """Have a command take its parameters as one record, each by the name of a field; records may hold records."""

    def decorate(command: Callable[[Record], None]) -> Callable[..., None]:
        @functools.wraps(command)
        def call(**parameters: object) -> None:
            command(record_of(kind, parameters))

        return call

    return decorate


def record_of(kind: type[Record], parameters: Mapping[str, object]) -> Record:
    """Return the record of the parameters that it has fields for; a field without a parameter keeps its default."""
    values: dict[str, object] = {}
    for name, hint in get_type_hints(kind).items():
        if isinstance(hint, type) and is_dataclass(hint):
            values[name] = record_of(hint, parameters)
        elif name in parameters:
            values[name] = parameters[name]
    return kind(**values)


class Day(click.ParamType):  # type: ignore[type-arg]  # generic only in newer releases
    """A day written YYYY-MM-DD, or one of the words ``RELATIVE_DAYS``."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date | str:
        """Return ``value`` as a date, or the word that it is; the project's time zone, unknown here, gives its day."""
        try:
            return parse_day(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


class OptionOfEngines(click.Option):
    """An option whose help names engines, which only showing it imports: {names} are all, {default} is the default."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """Return the names of the option and its help."""
        from marketing_ibis.engines import DEFAULT, ENGINES

        record = super().get_help_record(ctx)
        *first, last = ENGINES
        names = f"{', '.join(first)} or {last}"
        return record and (record[0], record[1].format(names=names, default=DEFAULT))


def option_group(*options: Callable[[Any], Any]) -> Callable[[Command], Command]:
    """Return a decorator that gives a command all of ``options``."""

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


def _store_in_meta(key: str) -> Callable[[click.Context, click.Parameter, Any], Any]:
    """Return a callback that keeps an option where the log finds it."""

    def store(context: click.Context, parameter: click.Parameter, value: Any) -> Any:
        context.meta[key] = value
        return value

    return store


def _resolve_target_path(context: click.Context, parameter: click.Parameter, value: Path | None) -> Path:
    """Return the folder that was named, relative to the current one, or ``target`` in the project's folder."""
    return value or default_folder(context.params.get("project_dir")) / "target"


project_options = option_group(
    # Eager: what is in the project's folder unless it is named must know the folder.
    click.option(
        "--project-dir", type=click.Path(path_type=Path), is_eager=True, help="Folder of the project's pyproject.toml."
    ),
    click.option("--debug", is_flag=True, help="Show the traceback of an error."),
)

select_options = option_group(
    click.option(
        "-s",
        "--select",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_selector,
        help="Models to select: m, +m, m+, 2+m+1, @m, a layer, tag:x, path:x, selector:x, state:x; space is or, comma"
        " is and.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="SELECTOR",
        shell_complete=complete_selector,
        help="Models to exclude, in the same grammar.",
    ),
    click.option(
        "--state",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="Folder of an earlier manifest.json, for state:modified.  [default: what is published]",
    ),
)

target_path_option = option_group(
    click.option(
        "--target-path",
        type=click.Path(path_type=Path, file_okay=False),
        callback=_resolve_target_path,
        help="Folder of compiled SQL, records, site and database.  [default: target in the project's folder]",
    ),
)

target_options = option_group(
    click.option(
        "-t",
        "--target",
        cls=OptionOfEngines,
        help="Engine ({names}) or output of the profile.  [default: {default.name}]",
    ),
    click.option("--profiles-dir", type=click.Path(path_type=Path), help="Folder of dbt's profiles.yml."),
    target_path_option,
)

database_option = option_group(
    click.option(
        "--database",
        type=click.Path(path_type=Path, dir_okay=False),
        cls=OptionOfEngines,
        help="{default.title} file.  [default: TARGET_PATH/{default.database_file}]",
    )
)

as_of_option = option_group(
    click.option(
        "--as-of",
        type=Day(),
        metavar="DAY",
        help="State at the end of this day: YYYY-MM-DD, or today or yesterday in the business time zone."
        "  [default: today]",
    )
)

vars_option = option_group(
    click.option(
        "--vars",
        metavar="YAML",
        help="Thresholds of this command, as YAML or JSON: '{campaign_rules: {win_back_above_days: 120}}'.",
    )
)

publish_option = option_group(
    click.option(
        "--publish",
        type=click.Choice(("all", "passing")),
        default="all",
        show_default=True,
        help="After a failure: all publishes nothing, passing the models that neither failed nor depend on one that"
        " did.",
    ),
)

quiet_option = option_group(
    click.option(
        "-q",
        "--quiet",
        is_flag=True,
        callback=_store_in_meta(QUIET_KEY),
        help="Print only warnings, errors and requested output; warnings of data tests are not printed.",
    ),
)

log_options = option_group(
    click.option(
        "--log-format",
        type=click.Choice(FORMATS),
        default=FORMATS[0],
        show_default=True,
        callback=_store_in_meta(FORMAT_KEY),
        help="Text, or one JSON object per line: reference/events.md of the guide, which `debug` finds.",
    ),
    quiet_option,
)
