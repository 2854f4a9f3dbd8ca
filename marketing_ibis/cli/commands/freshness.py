"""Tell how old the sources are."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.options import (
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    select_options,
    target_options,
)
from marketing_ibis.cli.session import load
from marketing_ibis.cli.steps.freshness import tell_freshness


@click.command(
    "freshness",
    epilog=examples(
        "freshness                         how old every source is",
        "freshness -s source:orders --as-of 2024-05-15",
    ),
)
@select_options
@as_of_option
@database_option
@log_options
@target_options
@project_options
def command(**options: Any) -> None:
    """Tell how old the newest data of each source is at the end of --as-of, and whether that is too old.

    Ages are declared beside the source: @source(freshness=freshness("order_date", warn_after=..., error_after=...)).
    """
    tell_freshness(*load(options), options)
