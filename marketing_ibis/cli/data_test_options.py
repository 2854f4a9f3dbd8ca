"""The options that say what becomes of failing data tests and of old sources."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import option_group


@dataclass(frozen=True, slots=True)
class DataTestOptions:
    """What becomes of failing rows and of warnings."""

    store_failures: bool = False
    warn_error: bool = False


@dataclass(frozen=True, slots=True)
class FreshOptions:
    """What a build does about sources that are too old."""

    require_fresh: bool = False
    fresh_only: bool = False


test_options = option_group(
    click.option("--store-failures", is_flag=True, help="Keep the failing rows of each test in a table."),
    click.option("--warn-error", is_flag=True, help="Treat warnings of data tests as errors."),
)
