"""The options that say which data is generated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from marketing_ibis.cli.options import WholeNumber, option_group


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How much data is generated, and which."""

    orders: int = 2_000
    random_seed: int = 42
    churn: bool = False
    without: Sequence[str] = ()


demo_options = option_group(
    click.option(
        "--orders", type=WholeNumber(0), default=2_000, show_default=True, help="With --demo: orders to generate."
    ),
    click.option(
        "--random-seed", type=int, default=42, show_default=True, help="With --demo: seed of the generated data."
    ),
    click.option(
        "--churn",
        is_flag=True,
        help="With --demo: buyers stop ordering after a while.",
    ),
    click.option(
        "--without",
        multiple=True,
        metavar="TABLE",
        help="With --demo: leave a table of an optional source empty, such as touches or spend; repeatable.",
    ),
)

DEMO_OPTIONS = ("orders", "random_seed", "churn", "without")
