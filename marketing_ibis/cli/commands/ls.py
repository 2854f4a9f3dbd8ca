"""List what a selection means."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import click

from marketing_ibis.cli.options import (
    Selection,
    TargetOptions,
    examples,
    project_options,
    select_options,
    takes,
    target_options,
    vars_option,
)
from marketing_ibis.cli.workflow import Steps, run_steps

# Listing that is recalled does without a project, and so does help.
if TYPE_CHECKING:
    from marketing_ibis.cli.session import ProjectSession
    from marketing_ibis.model import DataTest
    from marketing_ibis.project.static_parsing import Node

KIND = "listings"
"""What the user's folder of listings is called."""
TEST = "test"
AUDIENCE = "audience"


@dataclass(frozen=True, slots=True)
class LsParameters:
    """What ``ls`` is called with."""

    target: TargetOptions
    selection: Selection
    output: str = "name"
    resource_type: str | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What is listed of a project, and how."""

    session: ProjectSession
    output: str = "name"
    resource_type: str | None = None

    @property
    def lists_tests(self) -> bool:
        """Whether data tests are listed."""
        from marketing_ibis.project.selection import names_tests

        kind = self.resource_type
        return kind == TEST or (kind is None and any(map(names_tests, self.session.selection.select)))


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
    help="Form in which each is listed.",
)
@click.option(
    "--resource-type", type=click.Choice(["model", "source", "exposure", AUDIENCE, TEST]), help="List only these."
)
@target_options
@vars_option
@project_options
@takes(LsParameters)
def command(parameters: LsParameters) -> None:
    """List sources, models, exposures, audiences or data tests.

    Sources, models and exposures are in building order. Audiences of the selected models are last.
    """
    run_steps(STEPS, parameters)


def recall_or_list(parameters: LsParameters) -> str:
    """Return the lines of all that is selected, or recall them.

    Raises:
        SelectionError: nothing is selected.
    """
    from marketing_ibis.cli.steps.recalled_output import recall_output  # help does without

    output, kind = parameters.output, parameters.resource_type
    return recall_output(
        parameters.target,
        parameters.selection,
        f"ls {output} {kind}",
        lambda session: "".join(f"{line}\n" for line in list_lines(Listing(session, output, kind))),
        kind=KIND,
    )


def list_lines(listing: Listing) -> Iterator[str]:
    """Return a line of each node or data test that is selected."""
    if listing.lists_tests:
        return (_test_line(node, data_test, listing.output) for node, data_test in _tests(listing.session))
    nodes = [listing.session.nodes[name] for name in listing.session.selected_names]
    kind = listing.resource_type
    lines = [_node_line(node, listing.output) for node in nodes if kind in (None, node.kind)]
    is_listed = kind == AUDIENCE or (kind is None and not listing.session.selection.select)
    return iter([*lines, *(_audience_lines(listing) if is_listed else ())])


def _audience_lines(listing: Listing) -> Iterator[str]:
    """Yield a line of each audience whose model is selected."""
    selected = set(listing.session.selected_names)
    for declared in listing.session.project.audiences().values():
        if declared.audience.model in selected:
            record = {"name": declared.name, "kind": AUDIENCE, **asdict(declared.audience), "path": declared.path}
            text = declared.path if listing.output == "path" else declared.name
            yield json.dumps(record, ensure_ascii=False) if listing.output == "json" else text


def print_lines(text: str) -> None:
    """Print the lines."""
    click.echo(text, nl=False)


STEPS: Steps = (recall_or_list, print_lines)


def _node_line(node: Node, output: str) -> str:
    if output == "json":
        return json.dumps(asdict(node), ensure_ascii=False)
    return node.path if output == "path" else node.name


def _tests(session: ProjectSession) -> Iterator[tuple[Node, DataTest]]:
    """Yield the selected data tests; unlike all else that is listed, they are known only once the models are imported.

    Raises:
        SelectionError: no test is selected.
    """
    selection, dataflow = session.selection, session.project.compile(session.as_of, ())
    for name, data_tests in session.select_tests(dataflow, selection.select, selection.exclude).items():
        for data_test in data_tests:
            yield session.nodes[name], data_test


def _test_line(node: Node, data_test: DataTest, output: str) -> str:
    if output == "json":
        record = {
            "name": data_test.name,
            "test": data_test.kind,
            "node": node.name,
            "column": data_test.column,
            "severity": data_test.severity,
            "warn_if": data_test.warn_if,
            "error_if": data_test.error_if,
            "reads": data_test.depends_on,
            "path": node.path,
        }
        return json.dumps(record, ensure_ascii=False)
    return node.path if output == "path" else data_test.name
