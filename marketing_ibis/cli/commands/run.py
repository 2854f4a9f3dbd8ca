"""Build models, without data tests."""

from __future__ import annotations

from typing import Any

import click

from marketing_ibis.cli.options import (
    as_of_option,
    database_option,
    examples,
    log_options,
    project_options,
    run_options,
    select_options,
    target_options,
)
from marketing_ibis.cli.session import load
from marketing_ibis.cli.steps.building import build_models


@click.command(
    "run",
    epilog=examples(
        "run                               every model",
        "run -s +customer_segmentation     one model and all that it reads",
        "run -s tag:daily --threads 4      some models, several at a time",
        "run --log-format json             one event a line, for machines",
    ),
)
@select_options
@as_of_option
@run_options
@log_options
@database_option
@target_options
@project_options
def command(**options: Any) -> None:
    """Build models and publish them together."""
    build_models(*load(options), options)
