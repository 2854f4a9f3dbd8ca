"""List the tables that this package keeps and that may have rows about people."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from marketing_ibis.build.forgetting.conditions import Rows
from marketing_ibis.build.forgetting.person_columns import PersonColumns
from marketing_ibis.build.metrics import published_tables
from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.reserved_names import AUDIENCE_MEMBERS, TABLES
from marketing_ibis.build.snapshots.statements import changes_relation
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.engines.folded_names import as_declared
from marketing_ibis.engines.target import RelationKind, Target
from marketing_ibis.graph import ancestors, topological
from marketing_ibis.model import Model, Source
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.snapshots import VALID_FROM, snapshot_name
from marketing_ibis.testing.run import AUDIT_SUFFIX, table_name

LISTS = "published lists of audiences"


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table with its ``purpose``; the ``model`` that is published in it, if one is, has the ``columns``."""

    relation: Relation
    purpose: str
    rows: Rows
    model: str = ""
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Leftover:
    """A relation that is dropped: it is not needed, and whom its rows are about is not known."""

    relation: Relation
    purpose: str
    kind: RelationKind


@dataclass(frozen=True, slots=True)
class Inventory:
    """What is kept, what is dropped, and what is only read: published views, and ``sources`` by name.

    ``foreign`` tables of the schema have keys of people, and no declaration. ``live_views`` show the sources as they
    are now, other ``views`` also tables of the last build. ``places`` are the tables of each source, and
    ``not_searched`` those of sources whose columns do not say which person a row is about.
    """

    tables: tuple[KeptTable, ...]
    leftovers: tuple[Leftover, ...]
    foreign: tuple[KeptTable, ...]
    live_views: tuple[Rows, ...]
    views: tuple[Rows, ...]
    sources: Mapping[str, Rows]
    places: Mapping[str, str]
    not_searched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Keeper:
    """Finds what a project keeps on a target; ``tests`` has the node of each data test by its name."""

    dataflow: Dataflow
    person: PersonColumns
    schemas: Schemas
    target: Target
    tests: Mapping[str, str] = field(default_factory=dict)

    def inventory(self) -> Inventory:
        """Return every table that exists.

        Raises:
            UsageError: something else has the name of a table of this package.
        """
        existing = self.target.relations(self.schemas.models)
        sources = dict(self._sources())
        stored, unknown = self._stored_failures()
        views = dict(self._views(existing, sources))
        live = [name for name in views if self._is_live(name)]
        tables, leftovers = tuple(self._tables(existing)), tuple(self._work_tables(existing))
        known_relations = {*(table.relation for table in tables), *(leftover.relation for leftover in leftovers)}
        return Inventory(
            (*tables, *stored),
            (*leftovers, *unknown),
            tuple(self._foreign_tables(existing, known_relations)),
            tuple(views[name] for name in live),
            tuple(rows for name, rows in views.items() if name not in live),
            sources,
            {name: self._place_of(name) for name in sources},
            tuple(self._sources_not_searched(sources)),
        )

    def _tables(self, existing: Mapping[str, RelationKind]) -> Iterator[KeptTable]:
        for name in self.dataflow.models:
            if existing.get(name) == "table":
                yield self._kept_table(name, "published table", name, model=name)
        for name in self.dataflow.nodes:
            snapshot = snapshot_name(name)
            # The source may no longer declare it.
            if existing.get(snapshot) == "table" and VALID_FROM in self._types(Relation(self.schemas.models, snapshot)):
                yield self._kept_table(snapshot, "snapshot", name)
        for name, model in self.dataflow.models.items():
            if (history := model.declaration.history) and existing.get(history.table) == "table":
                yield self._kept_table(history.table, "history", name)
        if existing.get(AUDIENCE_MEMBERS) == "table":
            yield self._audience_members()
        declared = {name.lower() for name in (*self.dataflow.nodes, *TABLES)}
        for name in published_tables(self.target, self.schemas.models):
            if name.lower() not in declared and existing.get(name) == "table":
                yield self._kept_table(name, "table of a model that was removed", "")

    def _foreign_tables(
        self, existing: Mapping[str, RelationKind], known_relations: Collection[Relation]
    ) -> Iterator[KeptTable]:
        """Yield tables that other programs, or declarations that were removed, left in the schema of the models."""
        names = {relation.name.lower() for relation in known_relations}
        for name, kind in existing.items():
            if kind == "table" and name.lower() not in names and name not in TABLES:
                table = self._kept_table(name, "table that is not declared", "")
                if table.rows.keys:
                    yield table

    def _kept_table(self, table: str, purpose: str, node: str, model: str = "") -> KeptTable:
        relation = Relation(self.schemas.models, table)
        columns = tuple(self.dataflow.models[model].schema) if model else ()
        return KeptTable(relation, purpose, self._rows(relation, node), model, columns)

    def _audience_members(self) -> KeptTable:
        relation = Relation(self.schemas.models, AUDIENCE_MEMBERS)
        keys = {"customer": self.person.people}
        return KeptTable(relation, LISTS, Rows(self._place(relation), self._types(relation), keys))

    def _rows(self, relation: Relation, node: str, *, by_contents: bool = False) -> Rows:
        """Return the rows of a table with the columns of ``node``, or with names that mean one thing everywhere."""
        types = self._types(relation)
        by_name = self.person.keys_by_name()
        declared = self.dataflow.nodes[node].schema if node else ()
        keys = {
            **{name: kind for name, kind in by_name.items() if name not in declared},
            **self.person.keys.get(node, {}),
        }
        everywhere = {name: None for names in self.person.personal.values() for name in names}
        names = self.person.personal[node] if node else everywhere
        return Rows(
            self._place(relation),
            types,
            {name: kind for name, kind in keys.items() if name in types},
            tuple(name for name in names if name in types),
            by_contents,
        )

    def _stored_failures(self) -> tuple[list[KeptTable], list[Leftover]]:
        """Return the failing rows of each data test, and those of tests that are no longer declared."""
        schema = f"{self.schemas.models}{AUDIT_SUFFIX}"
        nodes = {table_name(test).lower(): node for test, node in self.tests.items()}
        stored, unknown = [], []
        for name, kind in self.target.relations(schema).items():
            relation, node = Relation(schema, name), nodes.get(name.lower())
            if node is None:
                unknown.append(Leftover(relation, "stored failures of a test that was removed", kind))
            else:
                rows = self._rows(relation, node, by_contents=True)
                stored.append(KeptTable(relation, "stored failures of data tests", rows))
        return stored, unknown

    def _work_tables(self, existing: Mapping[str, RelationKind]) -> Iterator[Leftover]:
        """Yield what a command left that was stopped: the next one would drop it, too. Dependents come first."""
        models = self.schemas.models
        for name in reversed(topological(self.dataflow.graph())):
            work = WorkTables.of(Relation(models, name))
            snapshot = Relation(models, snapshot_name(name))
            candidate = Relation(models, name).candidate
            for relation in (candidate, work.old, work.new, work.keys, changes_relation(snapshot), snapshot.candidate):
                if kind := existing.get(relation.name):
                    yield Leftover(relation, "work table of a command that was stopped", kind)
        for source in self.dataflow.sources.values():
            relation = self.schemas.source(source.declaration).candidate
            if kind := self.target.relations(relation.schema).get(relation.name):
                yield Leftover(relation, "work table of a command that was stopped", kind)

    def _sources(self) -> Iterator[tuple[str, Rows]]:
        """Yield the rows of each source with keys of people, as its mapping shows them, or with personal data."""
        relations = {name: self.schemas.source(node.declaration) for name, node in self.dataflow.sources.items()}
        existing = {relation.schema: self.target.relations(relation.schema) for relation in relations.values()}
        present = {name for name, relation in relations.items() if relation.name in existing[relation.schema]}
        # A source that refers to no other may have the address of a person.
        personal = {name: dict[str, str]() for name in self.dataflow.sources if self.person.personal[name]}
        for name, keys in {**personal, **self.person.keys}.items():
            node = self.dataflow.nodes[name]
            if name in present and not self._is_mapped(name):
                types = self._types(relations[name])
                yield name, self._source_rows(name, self._place(relations[name]), types, keys)
            elif isinstance(node, Model) and node.declaration.replaces_source and present.issuperset(node.parents):
                dialect = self.target.dialect
                select = dialect.resolve(dialect.reading(relations).select(node.expression), relations)
                place = f"(\n{select}\n) AS source_rows"
                yield name, self._source_rows(name, place, _type_names(node), keys)

    def _sources_not_searched(self, searched: Collection[str]) -> Iterator[str]:
        """Yield the tables of the sources that exist and have no key of a person."""
        for name, source in self.dataflow.sources.items():
            relation = self.schemas.source(source.declaration)
            is_mapped = self._is_mapped(name) and any(
                name in node.parents for n, node in self.dataflow.models.items() if n in searched
            )
            if name not in searched and not is_mapped and relation.name in self.target.relations(relation.schema):
                yield str(relation)

    def _source_rows(self, name: str, place: str, types: Mapping[str, str], keys: Mapping[str, str]) -> Rows:
        personal = tuple(column for column in self.person.personal.get(name, ()) if column in types)
        return Rows(place, types, {column: kind for column, kind in keys.items() if column in types}, personal)

    def _is_mapped(self, source: str) -> bool:
        """Return whether an adapter has the rows of a source, under the names that models use."""
        adapters = (model for model in self.dataflow.models.values() if model.declaration.replaces_source)
        return any(source in model.parents for model in adapters)

    def _views(self, existing: Mapping[str, RelationKind], sources: Collection[str]) -> Iterator[tuple[str, Rows]]:
        """Yield the published views that can be read: a guest's key is computed, and only models have it."""
        graph = self.dataflow.graph()
        for name, keys in self.person.keys.items():
            behind = ancestors(graph, [name])
            are_there = all(parent in existing for parent in behind if parent in self.dataflow.models)
            is_readable = are_there and self._has_sources(behind, sources)
            if name in self.dataflow.models and existing.get(name) == "view" and len(keys) > 1 and is_readable:
                yield name, self._rows(Relation(self.schemas.models, name), name)

    def _is_live(self, name: str) -> bool:
        """Return whether a view depends on views and sources alone."""
        models = [
            self.dataflow.models[n] for n in ancestors(self.dataflow.graph(), [name]) if n in self.dataflow.models
        ]
        return all(model.declaration.materialized == "view" for model in models)

    def _place_of(self, source: str) -> str:
        """Return the tables that a source reads, as people name them."""
        node = self.dataflow.nodes[source]
        names = node.parents if isinstance(node, Model) else (source,)
        return " and ".join(str(self.schemas.source(self.dataflow.nodes[name].declaration)) for name in names)

    def _has_sources(self, names: Iterable[str], sources: Collection[str]) -> bool:
        return all(name in sources or name not in self.person.keys for name in names if name in self.dataflow.sources)

    def _place(self, relation: Relation) -> str:
        return self.target.dialect.relation(relation)

    def _types(self, relation: Relation) -> Mapping[str, str]:
        names = {name for node in self.dataflow.nodes.values() for name in node.schema}
        return as_declared(self.target.columns(relation), names)


def _type_names(node: Source | Model) -> dict[str, str]:
    return {name: str(dtype).removeprefix("!") for name, dtype in node.schema.items()}
