"""The options of commands that carry out a plan."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import WholeNumber, option_group
from marketing_ibis.errors import UsageError


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How a plan is carried out; ``changed`` keeps models that would be the same again, ``explain`` prints why.

    Of incremental models, ``full_refresh`` builds every row, and ``repair`` those that differ.
    """

    threads: int | None = None
    fail_fast: bool = False
    dry_run: bool = False
    changed: bool = False
    explain: bool = False
    full_refresh: bool = False
    repair: bool = False

    def __post_init__(self) -> None:
        if self.explain and not self.changed:
            raise UsageError(
                "--explain needs --changed: without it every selected model is built.",
                hint="Add --changed, or see the changes of the project with `plan`.",
            )
        if self.full_refresh and self.repair:
            raise UsageError(
                "--repair and --full-refresh exclude each other.",
                hint="--repair replaces the rows that differ, --full-refresh all rows: pass one of them.",
            )


_execution_options = (
    click.option(
        "--threads",
        type=WholeNumber(1, 64),
        help="Models built in parallel.  [default: threads of the profile's output, or 1]",
    ),
    click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first failure."),
)
execution_options = option_group(*_execution_options)
run_options = option_group(
    *_execution_options,
    click.option("--dry-run", is_flag=True, help="Write the SQL without executing it."),
    click.option("--full-refresh", is_flag=True, help="Build every row of incremental models again."),
    click.option(
        "--repair", is_flag=True, help="Replace every row of incremental models that differs from the source."
    ),
    click.option("--changed", is_flag=True, help="Build only what differs from what is published: in logic or data."),
    click.option("--explain", is_flag=True, help="With --changed, print why each model is built or kept."),
)
