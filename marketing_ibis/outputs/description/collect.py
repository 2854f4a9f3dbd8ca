"""Gather a description from a compiled project: no database is read."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import published_relations
from marketing_ibis.build.reserved_names import STATE
from marketing_ibis.graph import Graph, ancestors, children_of
from marketing_ibis.guide import cited_pages, pages_home
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model import Average, DataTest, Freshness, Ratio, Sum
from marketing_ibis.model.aggregates import Aggregate
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.vocabulary import INTERNAL_LAYERS
from marketing_ibis.outputs.description.advice import conventions, warnings_of
from marketing_ibis.outputs.description.records import (
    AggregateEntry,
    AudienceEntry,
    ColumnEntry,
    Description,
    ExposureEntry,
    FreshnessEntry,
    KeyEntry,
    PageEntry,
    RelationEntry,
    SettingsEntry,
    TestEntry,
    first_paragraph,
)
from marketing_ibis.project.audiences import DeclaredAudience
from marketing_ibis.project.field_sentences import field_sentences
from marketing_ibis.project.settings import ProjectSettings
from marketing_ibis.project.static_parsing import Node, graph_of
from marketing_ibis.testing.collect import DataTests, declared_data_tests
from marketing_ibis.testing.joins import joins_of
from marketing_ibis.testing.meanings import meaning

HOUR = timedelta(hours=1)
LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@dataclass(frozen=True)
class CompiledFacts:
    """What a description is made of; it has no slots, so that what is computed on first use is kept."""

    project: ProjectSettings
    nodes: Mapping[str, Node]
    dataflow: Dataflow
    audiences: Mapping[str, DeclaredAudience]
    lineage: Lineage

    @cached_property
    def data_tests(self) -> DataTests:
        """The tests of each source and model, as the settings have them."""
        return declared_data_tests(self.dataflow, self.project.tests)

    @cached_property
    def relations(self) -> Mapping[str, str]:
        """The name in SQL of each source and model."""
        schemas = Schemas(self.project.source_schema, self.project.model_schema)
        return {name: str(relation) for name, relation in published_relations(self.dataflow, schemas).items()}

    @cached_property
    def graph(self) -> Graph:
        """Each source, model and exposure with its parents."""
        return graph_of(self.nodes)

    @cached_property
    def children(self) -> Graph:
        """Each source and model with the models that are built from it."""
        return children_of(self.dataflow.graph())

    @cached_property
    def outputs(self) -> Mapping[str, list[str]]:
        """Each model with the audiences and exposures that use it."""
        parents = {name: node.parents for name, node in self.nodes.items() if node.kind == "exposure"}
        parents |= {name: declared.models for name, declared in self.audiences.items()}
        return {name: sorted(n for n, models in parents.items() if name in models) for name in self.dataflow.nodes}

    @cached_property
    def rules(self) -> Mapping[str, Any]:
        """The sets of rules of the models, by the parameter that they are read by."""
        return {name: rules for name, rules in self.dataflow.inputs.items() if is_dataclass(rules)}

    @cached_property
    def home(self) -> Path:
        """The folder whose docs/ are the project's pages."""
        return pages_home(self.project.root, (node.description for node in self.dataflow.nodes.values()))

    def inputs(self, name: str) -> frozenset[str]:
        """Return the inputs that decide the rows of a source or model, those of the models upstream included."""
        names = {name} | ancestors(self.graph, [name])
        return frozenset(value for each in names for value in self.nodes[each].inputs)


def describe_project(
    project: ProjectSettings,
    nodes: Mapping[str, Node],
    dataflow: Dataflow,
    audiences: Mapping[str, DeclaredAudience],
    lineage: Lineage,
    as_of: date,
) -> Description:
    """Return the description of every source, model, audience and exposure of a compiled project.

    A column that is passed through has the description that ``lineage`` finds.
    """
    facts = CompiledFacts(project, nodes, dataflow, audiences, lineage)
    relations = tuple(_relation(facts, name) for name in sorted(dataflow.nodes))
    general = conventions(
        relations,
        model_schema=project.model_schema,
        time_zone=project.time_zone,
        state_table=STATE,
    )
    return Description(
        project=project.package,
        title=project.title,
        source_schema=project.source_schema,
        model_schema=project.model_schema,
        time_zone=project.time_zone,
        as_of=as_of.isoformat(),
        conventions=general,
        relations=relations,
        audiences=tuple(AudienceEntry(name, audiences[name].audience) for name in sorted(audiences)),
        exposures=tuple(_exposure(nodes[name]) for name in sorted(nodes) if nodes[name].kind == "exposure"),
        settings=tuple(_settings(name, rules) for name, rules in sorted(facts.rules.items())),
    )


def _relation(facts: CompiledFacts, name: str) -> RelationEntry:
    node, declaration = facts.dataflow.nodes[name], facts.dataflow.nodes[name].declaration
    data_tests, inputs = facts.data_tests.get(name, ()), facts.inputs(name)
    own_inputs, columns = frozenset(facts.nodes[name].inputs), _columns(facts, name, data_tests)
    is_source, is_internal = name in facts.dataflow.sources, declaration.layer in INTERNAL_LAYERS
    children = tuple(sorted(facts.children[name]))
    return RelationEntry(
        name=name,
        kind="source" if is_source else "model",
        relation=facts.relations[name],
        layer=declaration.layer,
        materialization="source" if is_source else declaration.materialization,
        description=node.description.strip(),
        grain=declaration.grain,
        owner=declaration.owner,
        tags=tuple(sorted(declaration.tags)),
        is_internal=is_internal,
        depends_on_as_of="as_of" in inputs,
        columns=columns,
        joins=joins_of(facts.dataflow, facts.data_tests, name),
        parents=tuple(sorted(facts.dataflow.graph()[name])),
        children=children,
        used_by=tuple(facts.outputs[name]),
        pages=tuple(_page(facts.home, page) for page in cited_pages(node.description, facts.home)),
        settings=tuple(sorted(own_inputs & facts.rules.keys())),
        upstream_settings=tuple(sorted((inputs - own_inputs) & facts.rules.keys())),
        freshness=_freshness(declaration.freshness),
        tests=_tests(data_test for data_test in data_tests if not data_test.column),
        warnings=warnings_of(
            columns,
            is_source=is_source,
            is_internal=is_internal,
            is_view=not is_source and declaration.materialization == "view",
            grain=declaration.grain,
            readers=children,
        ),
    )


def _columns(facts: CompiledFacts, name: str, data_tests: Sequence[DataTest]) -> tuple[ColumnEntry, ...]:
    node = facts.dataflow.nodes[name]
    return tuple(
        ColumnEntry(
            name=column.name,
            type=str(node.schema[column.name]).removeprefix("!"),
            unit=column.unit,
            nullable=column.nullable,
            personal_data=column.pii,
            is_key=column.name in node.declaration.grain,
            description=column.description or facts.lineage.description(ColumnRef(name, column.name)),
            tests=_tests(data_test for data_test in data_tests if data_test.column == column.name),
            aggregate=_aggregate(column.aggregate),
        )
        for column in node.declaration.contract.columns
    )


def _aggregate(declared: Aggregate | None) -> AggregateEntry | None:
    match declared:
        case Sum(per=per):
            return AggregateEntry("sum", per)
        case Average():
            return AggregateEntry("average")
        case Ratio(numerator=numerator, denominator=denominator, times=times):
            return AggregateEntry("ratio", (), numerator, denominator, times)
    return None


def _tests(data_tests: Iterable[DataTest]) -> tuple[TestEntry, ...]:
    entries = (TestEntry(t.name, t.kind, t.severity, meaning(t)) for t in data_tests)
    return tuple(sorted(entries, key=lambda entry: entry.name))


def _page(home: Path, page: str) -> PageEntry:
    """Return a page with its title and its first paragraph of prose, without links."""
    title, _, rest = (home / page).read_text("utf-8").strip().partition("\n")
    prose = (paragraph for paragraph in rest.strip().split("\n\n") if not paragraph.startswith(("#", "|", "```", "- ")))
    return PageEntry(page, title.lstrip("# ").strip(), LINK.sub(r"\1", first_paragraph(next(prose, ""))))


def _freshness(declared: Freshness | None) -> FreshnessEntry | None:
    if declared is None:
        return None
    warn, error = (limit / HOUR if limit else None for limit in (declared.warn_after, declared.error_after))
    return FreshnessEntry(declared.column, warn, error)


def _exposure(node: Node) -> ExposureEntry:
    parents = tuple(sorted(node.parents))
    return ExposureEntry(node.name, node.exposure_type, node.owner, node.description, node.url, node.maturity, parents)


def _settings(name: str, rules: Any) -> SettingsEntry:
    sentences = field_sentences(type(rules))
    keys = tuple(
        KeyEntry(field.name, plain_value(getattr(rules, field.name)), " ".join(sentences.get(field.name, "").split()))
        for field in fields(rules)
    )
    return SettingsEntry(name, first_paragraph(inspect.getdoc(type(rules)) or ""), keys)


def plain_value(value: object) -> object:
    """Return a value of the settings as JSON has it."""
    if isinstance(value, Mapping):
        return {str(key): plain_value(item) for key, item in value.items()}
    if isinstance(value, tuple | list | set | frozenset):
        items = [plain_value(item) for item in value]
        return sorted(items, key=str) if isinstance(value, set | frozenset) else items
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
