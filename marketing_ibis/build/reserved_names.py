"""Refuse names that this package keeps for itself, or that an engine takes for one another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from marketing_ibis.build.masked_views import KEY_TABLE, RIGHT_TABLE, VIEW_TABLE
from marketing_ibis.build.work_tables import WorkTables
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import CANDIDATE_SUFFIX, Relation
from marketing_ibis.errors import CompileError
from marketing_ibis.model import HistoryView
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.model.snapshots import snapshot_name

HISTORY = "build_history"
"""The table of the models' schema in which each build adds what it measured of itself."""
STATE = "build_state"
"""The table of the models' schema that says what each published model was built from."""
AUDIENCE_MEMBERS = "audience_members"
"""The table of the models' schema that has the customers on the published list of each audience."""
AUDIENCE_EXPORTS = "audience_exports"
"""The table of the models' schema in which each export of an audience is recorded."""
UNERASED = "unerased_tables"
"""The table of the models' schema that names tables with deleted rows on the disk, while `forget` runs."""
READER_RIGHTS = "reader_rights"
"""The table of the models' schema that names the readers who were granted each published table."""
TABLES = {
    HISTORY: "builds record their metrics",
    STATE: "builds keep their state",
    AUDIENCE_MEMBERS: "exports record who is on a list",
    AUDIENCE_EXPORTS: "exports of audiences are recorded",
    KEY_TABLE: "builds keep the key of masked values",
    VIEW_TABLE: "builds record which masked views there are",
    RIGHT_TABLE: "builds record who may read the masked views",
    READER_RIGHTS: "builds record who may read the published tables",
    UNERASED: "forget notes tables with deleted rows on the disk",
}
"""The tables of the models' schema that are this package's own, with what they are for."""


def check_names(dataflow: Dataflow, published: Mapping[str, Relation], engine: str) -> None:
    """Stop at the first name that collides with another, or is too long for the engine.

    Raises:
        CompileError: naming the model or source, the reason and what to do.
    """
    _check_reserved(dataflow.models, _owned_tables(dataflow))
    _check_distinct(dataflow, published)
    most = ENGINES[engine].longest_name
    if most is not None:
        _check_lengths(dataflow, published, engine, most)


def check_snapshot_names(names: Iterable[str], engine: str) -> None:
    """Stop at the name of a table of a snapshot that is too long for the engine.

    Raises:
        CompileError: naming the table and how long it may be.
    """
    most = ENGINES[engine].longest_name
    for name in names:
        if most is not None and len(name.encode()) > most:
            raise CompileError(
                f"A snapshot cannot exist on {engine}: the name of its table {name} has {len(name.encode())} bytes, and"
                f" {engine} allows {most}.",
                hint="Shorten the name of the source's function.",
            )


def _owned_tables(dataflow: Dataflow) -> dict[str, str]:
    """Return the name of each snapshot and history, in lower case, with what it is.

    Raises:
        CompileError: two of them have one name.
    """
    tables = []
    for name, node in dataflow.nodes.items():
        if node.declaration.snapshot:
            tables.append((snapshot_name(name), f"the snapshot of {name}"))
        if node.declaration.history:
            tables.append((node.declaration.history.table, f"the history of {name}"))
            views = [view.name for view in node.declaration.history.views if isinstance(view, HistoryView)]
            tables += [(view, f"a view over the history of {name}") for view in views]
    owned: dict[str, str] = {}
    for name, purpose in tables:
        if name.lower() in (*owned, *TABLES):
            raise CompileError(
                f"A table cannot be both {purpose} and {owned.get(name.lower(), 'that of builds')}: {name}.",
                hint="Declare another table in History(...).",
            )
        owned[name.lower()] = purpose
    return owned


def _check_reserved(models: Iterable[str], owned: Mapping[str, str]) -> None:
    for name in models:
        reason = ""
        if name.lower().endswith(CANDIDATE_SUFFIX):
            reason = f"names ending in {CANDIDATE_SUFFIX} are reserved for tables that are being built"
        elif name.lower() in TABLES:
            reason = f"{TABLES[name.lower()]} in the table of that name"
        elif name.lower() in owned:
            reason = f"the table of that name is {owned[name.lower()]}"
        if reason:
            raise CompileError(f"A model cannot be called {name}: {reason}.", hint="Give its function another name.")


def _check_distinct(dataflow: Dataflow, published: Mapping[str, Relation]) -> None:
    # DuckDB and Redshift tell no upper from lower case: one name serves for every target.
    places: dict[str, str] = {}
    for name, relation in sorted(published.items()):
        first = places.setdefault("\0".join(relation.parts).lower(), name)
        if first == name:
            continue
        kinds = {name: "model" if name in dataflow.models else "source" for name in (first, name)}
        if "model" in kinds.values():
            raise CompileError(
                f"The {kinds[first]} {first} and the {kinds[name]} {name} would be the same table, {relation}:"
                " engines do not distinguish upper and lower case.",
                hint="Rename one of them, or keep models and sources in separate schemas.",
            )


def _check_lengths(dataflow: Dataflow, published: Mapping[str, Relation], engine: str, most: int) -> None:
    for name, node in dataflow.nodes.items():
        kind = "model" if name in dataflow.models else "source"
        relation = published[name].candidate if kind == "model" else published[name]
        if kind == "model" and node.declaration.is_incremental:
            relation = WorkTables.of(published[name]).keys
        for identifier, owner in ((relation.name, "its table"), *((column, "its column") for column in node.schema)):
            size = len(identifier.encode())
            if size > most:
                raise CompileError(
                    f"The {kind} {name} cannot exist on {engine}: the name of {owner} {identifier} has {size} bytes,"
                    f" and {engine} allows {most}.",
                    hint=f"Shorten it to {most} bytes{_suffix_note(relation.name, identifier)}.",
                )


def _suffix_note(table: str, identifier: str) -> str:
    counts = identifier == table and identifier.endswith(CANDIDATE_SUFFIX)
    return f"; {CANDIDATE_SUFFIX}, which is appended while it is built, counts" if counts else ""
