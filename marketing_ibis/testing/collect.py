"""Gather a project's data tests, apply the settings and group the tests into batches by when they can run."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.data_tests import resolve_accepted_values
from marketing_ibis.engines.dialect import Dialect
from marketing_ibis.errors import CompileError, ConfigurationError, SelectionError, UnknownModel, nearest
from marketing_ibis.graph import Graph
from marketing_ibis.model import DataTest, Model, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.fingerprint import data_test_fingerprint
from marketing_ibis.project.selection import (
    BARE,
    TEST_NAME,
    Changes,
    Term,
    asks_for_state,
    nothing_changed,
    parse_selector,
    select_models,
)
from marketing_ibis.project.static_parsing import Node
from marketing_ibis.testing.batches import Batch
from marketing_ibis.testing.compile import BatchCompiler, data_test_expressions
from marketing_ibis.testing.equivalent_tests import repeated_tests

SETTINGS = "[tool.marketing_ibis.tests]"
MOST_NAMES = 12
TIME_TESTS = ("table_freshness", "recency_freshness", "not_after_as_of", "not_before")
"""Data tests of columns that hold days or timestamps."""

DataTests = Mapping[str, Sequence[DataTest]]
"""Tests by the model or source that they look at."""


def declared_data_tests(dataflow: Dataflow, settings: Mapping[str, Mapping[str, Any]] | None = None) -> DataTests:
    """Return every test of the dataflow, with the project's ``settings`` of single tests in place of what is declared.

    A test that the settings turn into a warning also turns those that repeat it in the layers above.

    Raises:
        CompileError: two tests share a name, or a test looks at a column that is not there.
        UnknownModel: a parameter of a test is not a model, source or input.
        ConfigurationError: the settings name a test that does not exist.
    """
    nodes = dataflow.nodes
    data_tests: dict[str, Sequence[DataTest]] = {
        name: [_without_absent(data_test, dataflow.absent) for data_test in node.declaration.data_tests(name)]
        for name, node in nodes.items()
    }
    tests_by_name: dict[str, tuple[str, str]] = {}
    for node, declared in data_tests.items():
        for data_test in declared:
            _check_declaration(nodes[node], data_test, [*nodes, *dataflow.inputs])
            _check_columns_of_parent(data_test, nodes)
            # A test's name is a file's and a table's, which may not tell upper from lower case.
            key = data_test.name.lower()
            if key in tests_by_name:
                namesake, first_node = tests_by_name[key]
                names = (
                    data_test.name
                    if namesake == data_test.name
                    else f"{namesake} and {data_test.name}, differing only in case"
                )
                raise CompileError(
                    f"Two tests are called {names}: of {first_node} and of {node}.",
                    hint='Give one of them a name of its own: name="...".',
                )
            tests_by_name[key] = data_test.name, node
    data_tests = {
        name: [resolve_accepted_values(data_test, dataflow.inputs) for data_test in declared]
        for name, declared in data_tests.items()
    }
    overrides: Mapping[str, Mapping[str, Any]] = settings or {}
    test_names = {name for name, _ in tests_by_name.values()}
    for name in overrides:
        if name not in test_names:
            raise ConfigurationError(f"{SETTINGS} {name} is not a test.", hint=nearest(name, test_names))
    overrides = {**overrides, **_inherited(dataflow, data_tests, overrides)}
    return {
        node: tuple(replace(data_test, **overrides.get(data_test.name, {})) for data_test in declared)
        for node, declared in data_tests.items()
        if declared
    }


def _without_absent(data_test: DataTest, absent: Collection[str]) -> DataTest:
    """Return a test whose function takes absent models and sources by their defaults."""
    depends_on = tuple(name for name in data_test.depends_on if name not in absent)
    return data_test if depends_on == data_test.depends_on else replace(data_test, depends_on=depends_on)


def _inherited(
    dataflow: Dataflow, data_tests: DataTests, overrides: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    """Return the severity of tests that repeat one which the settings turn into a warning: the fault is the same."""
    relaxed = {name for name, setting in overrides.items() if setting.get("severity") == "warn"}
    if not relaxed:
        return {}
    return {
        name: {"severity": "warn", **overrides.get(name, {})}
        for name, earlier in repeated_tests(dataflow, data_tests).items()
        if relaxed.intersection(earlier)
    }


def data_test_fingerprints(dataflow: Dataflow, data_tests: DataTests) -> dict[str, str]:
    """Return the identity of each test, by its name.

    Of a test whose function fails it is that of its declaration: commands that run the test report the failure.
    """
    nodes = dataflow.nodes
    arguments = dataflow.arguments
    totals: dict[object, ir.Table] = {}
    texts: dict[ops.Node, str] = {}

    def expressions_of(node: str, data_test: DataTest) -> tuple[object, ...]:
        try:
            return data_test_expressions(data_test, nodes[node], arguments, totals)
        except CompileError:
            return (data_test.arguments,)

    return {
        c.name: data_test_fingerprint(c, expressions_of(node, c), texts)
        for node, declared in data_tests.items()
        for c in declared
    }


def build_batches(
    dataflow: Dataflow, data_tests: DataTests, dialect: Dialect, stages: Mapping[str, int] | None = None
) -> tuple[Batch, ...]:
    """Return the batches of ``data_tests``, each at the first stage by which every table that it reads exists.

    ``stages`` says when a model is built; everything else exists from the beginning, at stage 0.

    Raises:
        CompileError: naming the test that cannot become SQL.
    """
    nodes, stage_of_model = dataflow.nodes, stages or {}
    models = dataflow.models
    views = frozenset(name for name in data_tests if name in models and models[name].declaration.materialized == "view")
    compiler = BatchCompiler(dialect.reading(dataflow.plain_tables), dataflow.arguments, views)
    grouped: dict[tuple[int, str, bool], list[DataTest]] = {}
    for node, node_tests in data_tests.items():
        for data_test in node_tests:
            stage = max(stage_of_model.get(name, 0) for name in (node, *data_test.depends_on))
            grouped.setdefault((stage, node, data_test.optional), []).append(data_test)
    return tuple(
        replace(compiler.compile(nodes[node], node_tests), stage=stage)
        for (stage, node, _), node_tests in sorted(grouped.items(), key=lambda item: item[0][0])
    )


def select_data_tests(
    data_tests: DataTests,
    nodes: Mapping[str, Node],
    graph: Graph,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    changes: Changes | None = None,
) -> DataTests:
    """Return the tests that are selected: by ``test_name:``, or as those of the models and sources selected.

    Raises:
        SelectionError: a selector is malformed or matches no test, or no test is left.
    """
    all_names = {data_test.name for declared in data_tests.values() for data_test in declared}
    chosen = _matching_names(data_tests, nodes, graph, select, changes) if select else all_names
    remaining = chosen - _matching_names(data_tests, nodes, graph, exclude, changes)
    if not remaining and asks_for_state((*select, *exclude)):
        raise nothing_changed(select, exclude)
    if not remaining:
        raise _no_test_left(data_tests, select, exclude)
    by_node = {node: tuple(c for c in declared if c.name in remaining) for node, declared in data_tests.items()}
    return {node: declared for node, declared in by_node.items() if declared}


def _no_test_left(data_tests: DataTests, select: Sequence[str], exclude: Sequence[str]) -> SelectionError:
    """Return the error of a selection without tests, with what has some."""
    if exclude:
        return SelectionError("No test is selected.", hint="Exclude less, or select tables that have tests.")
    tested = sorted(node for node, declared in data_tests.items() if declared)
    if not tested:
        return SelectionError(
            "No model or source has data tests.", hint="Declare them: column(..., tests=(unique(),))."
        )
    names = ", ".join(tested[:MOST_NAMES]) + (", ..." if len(tested) > MOST_NAMES else "")
    return SelectionError(
        f"No test is selected: {' '.join(select)} has no data tests.", hint=f"Tables with tests: {names}."
    )


def _matching_names(
    data_tests: DataTests, nodes: Mapping[str, Node], graph: Graph, selectors: Sequence[str], changes: Changes | None
) -> set[str]:
    criteria = [terms for selector in selectors for terms in parse_selector(selector)]
    return {name for terms in criteria for name in _match_terms(data_tests, nodes, graph, terms, changes)}


def _match_terms(
    data_tests: DataTests, nodes: Mapping[str, Node], graph: Graph, terms: Sequence[Term], changes: Changes | None
) -> Iterator[str]:
    words = {word for declared in data_tests.values() for data_test in declared for word in _words(data_test)}
    for term in terms:
        if term.method == BARE and term.value in words and not _is_node(nodes, term.value):
            raise SelectionError(
                f"'{term.text}' is a data test, and a name alone selects models and sources.",
                hint=f"Did you mean {TEST_NAME}:{term.value}?",
            )
    node_terms = ",".join(term.text for term in terms if term.method != TEST_NAME)
    nodes_in_scope = (
        select_models(nodes, graph, select=[node_terms], changes=changes) if node_terms else tuple(data_tests)
    )
    test_terms = [term for term in terms if term.method == TEST_NAME]
    for term in test_terms:
        if not any(fnmatchcase(word, term.value) for word in words):
            hint = nearest(term.value, words, prefix=f"{TEST_NAME}:")
            raise SelectionError(f"No test matches '{term.text}'.", hint=hint)
    for node in nodes_in_scope:
        for data_test in data_tests.get(node, ()):
            if all(any(fnmatchcase(word, term.value) for word in _words(data_test)) for term in test_terms):
                yield data_test.name


def _is_node(nodes: Mapping[str, Node], name: str) -> bool:
    return any(name in (node.name, node.layer) for node in nodes.values())


def _words(data_test: DataTest) -> tuple[str, ...]:
    return data_test.name, data_test.test, data_test.kind


def _check_columns_of_parent(data_test: DataTest, nodes: Mapping[str, Model | Source]) -> None:
    """Stop where a test compares a column with one that the other model or source does not have."""
    for name in data_test.parent_columns:
        parent = data_test.depends_on[0]
        if parent in nodes and name not in nodes[parent].schema:
            raise CompileError(
                f"Test {data_test.name} compares with column {name}, which {parent} does not have.",
                hint=nearest(name, nodes[parent].schema),
            )


def _check_declaration(node: Model | Source, data_test: DataTest, parameters: Sequence[str]) -> None:
    for name in data_test.depends_on:
        if name not in parameters:
            raise UnknownModel(
                f"Test {data_test.name} refers to {name}, which is not a model, source or input.",
                hint=nearest(name, parameters),
            )
    if data_test.column and data_test.column not in node.schema and not data_test.optional:
        raise CompileError(
            f"Test {data_test.name} tests column {data_test.column}, which {node.name} does not have.",
            hint=nearest(data_test.column, node.schema),
        )
    kind = node.schema.get(data_test.column) if data_test.test in TIME_TESTS else None
    if kind is not None and not (kind.is_date() or kind.is_timestamp()):
        raise CompileError(
            f"Test {data_test.name} compares dates, but column {data_test.column} of {node.name} is {kind}.",
            hint='Declare the column as "date" or "timestamp", or test a different one.',
        )
