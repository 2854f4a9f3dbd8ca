"""Test what stands."""

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
    test_options,
)
from marketing_ibis.cli.session import load
from marketing_ibis.cli.steps.testing import ask_tests


@click.command(
    "test",
    epilog=examples(
        "test                              every data test of what stands",
        "test -s customers                 the tests of one model",
        "test -s test_name:unique          one kind of test",
    ),
)
@select_options
@as_of_option
@test_options
@click.option("-x", "--fail-fast", is_flag=True, help="Stop at the first failure.")
@log_options
@database_option
@target_options
@project_options
def command(**options: Any) -> None:
    """Ask the data tests of the published tables and of the sources.

    --select test_name:unique takes the tests of that kind, or one by its own name; anything else the tests of the
    models and sources selected.
    """
    ask_tests(*load(options), options)
