"""Gather a project's data tests, settle them and group them into suites by when they can run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from marketing_ibis.checks import settled
from marketing_ibis.compile import Dataflow
from marketing_ibis.dialects import Dialect
from marketing_ibis.discovery import Node
from marketing_ibis.errors import CompileError, ConfigurationError, SelectionError, UnknownModel, nearest
from marketing_ibis.fingerprint import check_fingerprint
from marketing_ibis.fusion import Fuser, Suite, found_by
from marketing_ibis.graph import Graph
from marketing_ibis.model import Check, Model, Source
from marketing_ibis.same_tests import repeated_tests
from marketing_ibis.selection import (
    TEST_NAME,
    Changes,
    Term,
    asks_for_state,
    nothing_changed,
    parse_selector,
    select_models,
)

SETTINGS = "[tool.marketing_ibis.tests]"
MOST_NAMES = 12
TIME_TESTS = ("table_freshness", "recency_freshness", "not_after_as_of", "not_before")
"""Data tests of columns that hold days or timestamps."""

Checks = Mapping[str, Sequence[Check]]
"""Tests by the model or source that they look at."""


def declared_checks(dataflow: Dataflow, settings: Mapping[str, Mapping[str, Any]] | None = None) -> Checks:
    """Return every test of the dataflow, with the project's ``settings`` of single tests in place of what is declared.

    A test that the settings turn into a warning takes those along that repeat it in the layers above.

    Raises:
        CompileError: two tests share a name, or a test looks at a column that is not there.
        UnknownModel: a test reads what is no model, source or input.
        ConfigurationError: the settings name a test that does not exist.
    """
    nodes = dataflow.nodes
    checks: dict[str, Sequence[Check]] = {name: node.declaration.checks(name) for name, node in nodes.items()}
    named: dict[str, tuple[str, str]] = {}
    for node, declared in checks.items():
        for check in declared:
            _check_declaration(nodes[node], check, [*nodes, *dataflow.inputs])
            # A test's name is a file's and a table's, which may not tell upper from lower case.
            key = check.name.lower()
            if key in named:
                other, of = named[key]
                called = check.name if other == check.name else f"{other} and {check.name}, which are one name"
                raise CompileError(
                    f"Two tests are called {called}: of {of} and of {node}.",
                    hint='Give one of them a name of its own: name="...".',
                )
            named[key] = check.name, node
    checks = {name: [settled(check, dataflow.inputs) for check in declared] for name, declared in checks.items()}
    overrides: Mapping[str, Mapping[str, Any]] = settings or {}
    known = {name for name, _ in named.values()}
    for name in overrides:
        if name not in known:
            raise ConfigurationError(f"{SETTINGS} {name} names no test.", hint=nearest(name, known))
    overrides = {**overrides, **_inherited(dataflow, checks, overrides)}
    return {
        node: tuple(replace(check, **overrides.get(check.name, {})) for check in declared)
        for node, declared in checks.items()
        if declared
    }


def _inherited(
    dataflow: Dataflow, checks: Checks, overrides: Mapping[str, Mapping[str, Any]]
) -> Mapping[str, Mapping[str, Any]]:
    """Return the severity of tests that repeat one which the settings turn into a warning: the fault is the same."""
    relaxed = {name for name, setting in overrides.items() if setting.get("severity") == "warn"}
    if not relaxed:
        return {}
    return {
        name: {"severity": "warn", **overrides.get(name, {})}
        for name, earlier in repeated_tests(dataflow, checks).items()
        if relaxed.intersection(earlier)
    }


def check_fingerprints(dataflow: Dataflow, checks: Checks) -> dict[str, str]:
    """Return the identity of each test, by its name.

    Of a test whose function fails it is that of its declaration: commands that run the test report the failure.
    """
    nodes = dataflow.nodes
    given = {name: ibis.table(node.schema, name=name) for name, node in nodes.items()} | dict(dataflow.inputs)
    totals: dict[object, ir.Table] = {}
    texts: dict[ops.Node, str] = {}

    def found(node: str, check: Check) -> tuple[object, ...]:
        try:
            return found_by(check, nodes[node], given, totals)
        except CompileError:
            return (check.arguments,)

    return {c.name: check_fingerprint(c, found(node, c), texts) for node, declared in checks.items() for c in declared}


def build_suites(
    dataflow: Dataflow, checks: Checks, dialect: Dialect, stages: Mapping[str, int] | None = None
) -> tuple[Suite, ...]:
    """Return the suites of ``checks``, each at the first stage by which all that it reads is there.

    ``stages`` says when a model is built; what it does not name stands from the beginning, at stage 0.

    Raises:
        CompileError: naming the test that cannot become SQL.
    """
    nodes, due = dataflow.nodes, stages or {}
    tables = {name: ibis.table(node.schema, name=name) for name, node in nodes.items()}
    models = dataflow.models
    views = frozenset(name for name in checks if name in models and models[name].declaration.materialized == "view")
    fuser = Fuser(dialect.reading(dataflow.sources), {**tables, **dataflow.inputs}, views)
    grouped: dict[tuple[int, str, bool], list[Check]] = {}
    for node, chosen in checks.items():
        for check in chosen:
            stage = max(due.get(name, 0) for name in (node, *check.reads))
            grouped.setdefault((stage, node, check.optional), []).append(check)
    return tuple(
        replace(fuser.suite(nodes[node], chosen), stage=stage)
        for (stage, node, _), chosen in sorted(grouped.items(), key=lambda item: item[0][0])
    )


def select_checks(
    checks: Checks,
    nodes: Mapping[str, Node],
    graph: Graph,
    *,
    select: Sequence[str] = (),
    exclude: Sequence[str] = (),
    changes: Changes | None = None,
) -> Checks:
    """Return the tests that are selected: by ``test_name:``, or as those of the models and sources selected.

    Raises:
        SelectionError: a selector is malformed or matches no test, or no test is left.
    """
    every = {check.name for declared in checks.values() for check in declared}
    chosen = _named(checks, nodes, graph, select, changes) if select else every
    left = chosen - _named(checks, nodes, graph, exclude, changes)
    if not left and asks_for_state((*select, *exclude)):
        raise nothing_changed(select, exclude)
    if not left:
        raise _none_left(checks, select, exclude)
    kept = {node: tuple(c for c in declared if c.name in left) for node, declared in checks.items()}
    return {node: declared for node, declared in kept.items() if declared}


def _none_left(checks: Checks, select: Sequence[str], exclude: Sequence[str]) -> SelectionError:
    """Return the error of a selection without tests, with what has some."""
    if exclude:
        return SelectionError("No test is selected.", hint="Exclude less, or select what has tests.")
    tested = sorted(node for node, declared in checks.items() if declared)
    if not tested:
        return SelectionError(
            "No model or source has data tests.", hint="Declare them: column(..., tests=(unique(),))."
        )
    shown = ", ".join(tested[:MOST_NAMES]) + (", ..." if len(tested) > MOST_NAMES else "")
    return SelectionError(
        f"No test is selected: {' '.join(select)} has no data tests.", hint=f"These have some: {shown}."
    )


def _named(
    checks: Checks, nodes: Mapping[str, Node], graph: Graph, selectors: Sequence[str], changes: Changes | None
) -> set[str]:
    criteria = [terms for selector in selectors for terms in parse_selector(selector)]
    return {name for terms in criteria for name in _meant(checks, nodes, graph, terms, changes)}


def _meant(
    checks: Checks, nodes: Mapping[str, Node], graph: Graph, terms: Sequence[Term], changes: Changes | None
) -> Iterator[str]:
    of_nodes = ",".join(term.text for term in terms if term.method != TEST_NAME)
    looked_at = select_models(nodes, graph, select=[of_nodes], changes=changes) if of_nodes else tuple(checks)
    of_tests = [term for term in terms if term.method == TEST_NAME]
    for term in of_tests:
        answering = {word for declared in checks.values() for check in declared for word in _words(check)}
        if not any(fnmatchcase(word, term.value) for word in answering):
            raise SelectionError(f"No test matches '{term.text}'.", hint=nearest(term.value, answering))
    for node in looked_at:
        for check in checks.get(node, ()):
            if all(any(fnmatchcase(word, term.value) for word in _words(check)) for term in of_tests):
                yield check.name


def _words(check: Check) -> tuple[str, ...]:
    return check.name, check.test, check.kind


def _check_declaration(node: Model | Source, check: Check, known: Sequence[str]) -> None:
    for name in check.reads:
        if name not in known:
            raise UnknownModel(
                f"Test {check.name} reads {name}, which is no model, source or input.", hint=nearest(name, known)
            )
    if check.column and check.column not in node.schema and not check.optional:
        raise CompileError(
            f"Test {check.name} looks at column {check.column}, which {node.name} does not have.",
            hint=nearest(check.column, node.schema),
        )
    kind = node.schema.get(check.column) if check.test in TIME_TESTS else None
    if kind is not None and not (kind.is_date() or kind.is_timestamp()):
        raise CompileError(
            f"Test {check.name} compares days, and column {check.column} of {node.name} is {kind}.",
            hint='Declare the column as "date" or "timestamp", or test a different one.',
        )
