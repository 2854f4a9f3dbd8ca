"""List what a selection means."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import click

from marketing_ibis.cli.loading import selected
from marketing_ibis.cli.options import examples, project_options, select_options
from marketing_ibis.discovery import Node
from marketing_ibis.project import load_project


@click.command(
    "ls",
    epilog=examples(
        "ls -s marts                       the models of a layer",
        "ls -s +customers --output path    the files behind a table",
        "ls -s state:modified --state production",
    ),
)
@select_options
@click.option(
    "--output",
    type=click.Choice(["name", "path", "json"]),
    default="name",
    show_default=True,
    help="What to list of each.",
)
@click.option("--resource-type", type=click.Choice(["model", "source", "exposure"]), help="List only these.")
@project_options
def command(output: str, resource_type: str | None, **options: Any) -> None:
    """List sources, models and exposures in building order."""
    nodes = load_project(options["project_dir"]).nodes()
    for name in selected(nodes, options):
        if resource_type in (None, nodes[name].kind):
            click.echo(_listed(nodes[name], output))


def _listed(node: Node, output: str) -> str:
    if output == "json":
        return json.dumps(asdict(node), ensure_ascii=False)
    return node.path if output == "path" else node.name
