"""What a plan says of another threshold, compared with what differs between two builds: nothing is missed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from marketing_ibis.build.changes import Changes
from marketing_ibis.build.identities import model_identities
from marketing_ibis.build.state import ModelState
from marketing_ibis.cli.model_changes import compare_models
from marketing_ibis.diff.records import Difference, TableDifference
from marketing_ibis.diff.sides import Side, compare_sides
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.duckdb.target import DuckDBTarget
from marketing_ibis.lineage.fingerprints import model_fingerprints
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.settings import ProjectSettings
from tests.lineage.builds import Builds, missed_changes, opened_builds
from tests.lineage.thresholds import THOROUGH, thresholds, with_other_threshold
from tests.paths import ROOT
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

BUILT_AT = datetime(2024, 5, 15, 7, tzinfo=UTC)
BEFORE, AFTER = Side("the former thresholds", "before"), Side("the other threshold", "after")


@dataclass(frozen=True)
class Published:
    """A build of the project's own dataflow, and what a plan compares with."""

    builds: Builds
    dataflow: Dataflow
    places: Mapping[str, Relation]
    states: Mapping[str, ModelState]

    def plan(self, variant: Dataflow) -> Changes:
        project = ProjectSettings(ROOT)
        identities = model_identities(variant)
        return compare_models(project, project.nodes(), variant, GOLDEN_AS_OF, identities, self.states)

    def diff(self, variant: Dataflow) -> Difference:
        """Build the variant, and compare both builds as `diff` does: what is not one and the same table."""
        places = self.builds.build(variant)
        publish(self.builds, places, AFTER.schema)
        target = DuckDBTarget(self.builds.connection, ENGINES["duckdb"].dialect())
        models = [model for name, model in variant.models.items() if places[name] != self.places[name]]
        if not models:  # a threshold that data tests alone read
            return Difference(BEFORE.label, AFTER.label, ())
        return compare_sides(BEFORE, AFTER, models, target)


def publish(builds: Builds, places: Mapping[str, Relation], schema: str) -> None:
    """Make the tables of a build appear in a schema."""
    views = (f'CREATE OR REPLACE VIEW {schema}."{name}" AS FROM {p.schema}."{p.name}"' for name, p in places.items())
    builds.connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}; {'; '.join(views)}")


@pytest.fixture(scope="module")
def published() -> Iterator[Published]:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    states = {
        name: ModelState(name, identity, GOLDEN_AS_OF, BUILT_AT, {}, None, "0.1.0")
        for name, identity in model_identities(dataflow).items()
    }
    with opened_builds() as builds:
        places = builds.build(dataflow)
        publish(builds, {name: places[name] for name in dataflow.models}, BEFORE.schema)
        yield Published(builds, dataflow, places, states)


@pytest.mark.parametrize(("rules", "field"), thresholds())
def test_no_change_of_a_threshold_is_missed(published: Published, rules: str, field: str) -> None:
    every = list(with_other_threshold(published.dataflow, rules, field))
    variants = every if THOROUGH else every[:2]
    assert variants, f"no other value of {rules}.{field} is valid"
    before = model_fingerprints(published.dataflow)
    for variant in variants:
        after = model_fingerprints(variant)
        assert missed_changes(published.builds, before, published.places, after, variant) == []
    for variant in variants if THOROUGH else variants[:1]:
        changes, difference = published.plan(variant), published.diff(variant)
        assert {change.kind for change in changes.models} <= {"changed", "unchanged"}
        assert difference.is_empty or "changed" in {change.kind for change in changes.models}
        assert difference.failures == difference.missing == difference.added == difference.removed == ()
        assert not [fault for table in difference.tables for fault in unannounced(changes, table)]
        assert not unannounced_consumers(changes, difference)


def test_what_moves_is_named_exactly(published: Published) -> None:
    variant = next(with_other_threshold(published.dataflow, "rfm_rules", "highly_engaged_min_frequency"))
    changes, difference = published.plan(variant), published.diff(variant)
    moving = {"customer_segmentation": ["engagement_level"], "customers": ["engagement_level"]}
    assert {c.name: [*c.modified] for c in changes.models if c.kind == "changed"} == moving
    assert {
        table.name: [column.name for column in table.columns] for table in difference.tables if table.columns
    } == moving
    assert {consumer.name for consumer in changes.consumers} == {"segment_dashboard"}


def unannounced(changes: Changes, table: TableDifference) -> list[str]:
    """Return what differs in a table, and is not said by the plan: of its model, and downstream of the changed ones."""
    change = changes.by_name()[table.name]
    if change.kind == "unchanged":
        return [] if table.is_empty else [f"{table.name} is unchanged"]
    differing = {column.name for column in table.columns}
    columns = ({*table.schema.added}, {*table.schema.removed}, table.schema.retyped)
    faults = [f"{table.name}: columns"] if columns != ({*change.added}, {*change.removed}, ()) else []
    if (table.added or table.removed) and change.rows == "same" and not {*table.key} & {*change.modified}:
        faults.append(f"{table.name}: rows")
    if change.rows == "same":
        faults += [f"{table.name}.{name}" for name in sorted(differing - {*change.modified})]
    if not change.is_own:
        downstream = {ref for each in changes.models for ref in each.downstream}
        faults += [f"{table.name}.{name} downstream" for name in differing if (table.name, name) not in downstream]
    return faults


def unannounced_consumers(changes: Changes, difference: Difference) -> list[str]:
    """Return the exposures and campaign lists that read a table that differs, and are not named with its columns."""
    named = {consumer.name: consumer.columns for consumer in changes.consumers}
    nodes = ProjectSettings(ROOT).nodes()
    readers = {node.name: node.parents for node in nodes.values() if node.kind == "exposure"}
    readers |= {name: (name,) for name in changes.by_name() if nodes[name].layer == "campaigns"}
    return [
        f"{reader}: {table.name}"
        for table in difference.tables
        for reader, parents in readers.items()
        if table.name in parents
        and not {(table.name, column.name) for column in table.columns} <= {*named.get(reader, ())}
    ]
