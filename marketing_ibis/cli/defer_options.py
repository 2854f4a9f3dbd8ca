"""The options that say where a build reads models that it does not build."""

from __future__ import annotations

from dataclasses import dataclass

import click

from marketing_ibis.cli.options import option_group


@dataclass(frozen=True, slots=True)
class DeferOptions:
    """Whether models that are neither built nor published are read elsewhere, and in which schema."""

    defer: bool = False
    defer_schema: str | None = None
    favor_state: bool = False


defer_options = option_group(
    click.option(
        "--defer",
        is_flag=True,
        help="Read models that are neither selected nor published in the schema that the manifest of --state names.",
    ),
    click.option("--defer-schema", metavar="SCHEMA", help="Read them in this schema; implies --defer."),
    click.option("--favor-state", is_flag=True, help="With --defer: read them there even if they are published here."),
)
