"""List what a selection means."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import click

from marketing_ibis.cli.options import examples, project_options, select_options, target_options
from marketing_ibis.cli.session import Options, changes_of, selected, settled
from marketing_ibis.project.selection import names_tests
from marketing_ibis.project.settings import Project
from marketing_ibis.project.static_parsing import Node, graph_of

if TYPE_CHECKING:
    from marketing_ibis.model import DataTest

TEST = "test"


@click.command(
    "ls",
    epilog=examples(
        "ls -s marts                       the models of a layer",
        "ls -s +customers --output path    the files behind a table",
        "ls -s state:modified --state production",
        "ls -s orders --resource-type test",
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
@click.option("--resource-type", type=click.Choice(["model", "source", "exposure", TEST]), help="List only these.")
@target_options
@project_options
def command(output: str, resource_type: str | None, **options: Any) -> None:
    """List sources, models and exposures in building order, or data tests."""
    project = settled(options)
    nodes = project.nodes()
    if resource_type == TEST or (resource_type is None and any(map(names_tests, options["select"]))):
        for node, data_test in _tests(project, nodes, options):
            click.echo(_listed_test(node, data_test, output))
        return
    for name in selected(nodes, options):
        if resource_type in (None, nodes[name].kind):
            click.echo(_listed(nodes[name], output))


def _listed(node: Node, output: str) -> str:
    if output == "json":
        return json.dumps(asdict(node), ensure_ascii=False)
    return node.path if output == "path" else node.name


def _tests(project: Project, nodes: Mapping[str, Node], options: Options) -> Iterator[tuple[Node, DataTest]]:
    """Yield the selected data tests; unlike all else that is listed, they are known only once the models are imported.

    Raises:
        SelectionError: no test is selected.
    """
    from marketing_ibis.testing.collect import declared_data_tests, select_data_tests

    data_tests = select_data_tests(
        declared_data_tests(project.compile(project.today(), ()), project.tests),
        nodes,
        graph_of(nodes),
        select=options["select"],
        exclude=options["exclude"],
        changes=changes_of(options),
    )
    for name, declared in data_tests.items():
        for data_test in declared:
            yield nodes[name], data_test


def _listed_test(node: Node, data_test: DataTest, output: str) -> str:
    if output == "json":
        told = {
            "name": data_test.name,
            "test": data_test.kind,
            "node": node.name,
            "column": data_test.column,
            "severity": data_test.severity,
            "warn_if": data_test.warn_if,
            "error_if": data_test.error_if,
            "reads": data_test.reads,
            "path": node.path,
        }
        return json.dumps(told, ensure_ascii=False)
    return node.path if output == "path" else data_test.name
