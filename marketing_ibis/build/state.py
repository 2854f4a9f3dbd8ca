"""Keep what the published models were built from in a table next to them.

The table has one row per model, written in the transaction that publishes it, so everyone who builds into a schema sees
the same state. A missing table means that nothing is known: every model is new.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from marketing_ibis.build.identity import Digest, Identity
from marketing_ibis.build.reserved_names import STATE
from marketing_ibis.build.table_columns import is_own_table
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.target import Contents, Target
from marketing_ibis.errors import UsageError
from marketing_ibis.model.vocabulary import Materialized

FORMAT = 1
"""The version of the table's content. A newer one may mean something that this version does not know."""
TEXT = "VARCHAR(65535)"
COLUMNS: Mapping[str, str] = {
    "model": "VARCHAR(512)",
    "as_of": "DATE",
    "built_at": "TIMESTAMP",
    "row_count": "BIGINT",
    "row_digest": "VARCHAR(64)",
    "column_digests": TEXT,
    "definition": "VARCHAR(64)",
    "layout": "VARCHAR(64)",
    "tests": "VARCHAR(64)",
    "kind": "VARCHAR(16)",
    "parents": TEXT,
    "sources": TEXT,
    "content": "VARCHAR(256)",
    "version": "VARCHAR(64)",
    "state_format": "INTEGER",
}
"""The columns of the table, with types that every engine knows."""

Inputs = Mapping[str, Contents | None]
"""The rows of each source that a model was built from; None where they are not known."""


@dataclass(frozen=True, slots=True)
class ModelState:
    """What a published model was built from.

    ``inputs`` are the rows of the sources under it, ``content`` its own, None for a view. ``version`` is that of this
    package.
    """

    name: str
    identity: Identity
    as_of: date
    built_at: datetime
    inputs: Inputs
    content: Contents | None
    version: str


def has_state(target: Target, schema: str) -> bool:
    """Return whether builds keep their state in ``schema``.

    Raises:
        UsageError: something else has the name of the table, or a newer version of this package wrote it.
    """
    table = Relation(schema, STATE)
    if not is_own_table(target, table, COLUMNS, "Builds keep their state"):
        return False
    ((newest,),) = target.query(f"SELECT MAX(state_format) FROM {target.dialect.relation(table)}")
    if newest is not None and cast("int", newest) > FORMAT:
        raise UsageError(
            f"The state in table {table} has format {newest}, which a newer version of marketing_ibis wrote;"
            f" this version reads format {FORMAT}.",
            hint="Upgrade marketing_ibis to the version that the other builds use.",
        )
    return True


def read_states(target: Target, schema: str) -> dict[str, ModelState]:
    """Return the state of each model that builds published in ``schema``; nothing where they keep no state yet.

    Raises:
        UsageError: the state cannot be read: damaged, of another program, or of a newer version of this package.
    """
    if not has_state(target, schema):
        return {}
    table = Relation(schema, STATE)
    names = ", ".join(map(target.dialect.identifier, COLUMNS))
    rows = target.query(f"SELECT {names} FROM {target.dialect.relation(table)}")
    states: dict[str, ModelState] = {}
    for row in rows:
        values = dict(zip(COLUMNS, row, strict=True))
        try:
            state = _state(values)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise _damaged(table, f"the row of model {values['model']} cannot be read") from error
        if state.name in states:
            raise _damaged(table, f"model {state.name} has more than one row")
        states[state.name] = state
    return states


def _damaged(table: Relation, reason: str) -> UsageError:
    return UsageError(
        f"The state in table {table} is damaged: {reason}.",
        hint=f"Drop the table {table}; the next build creates it again and builds every model.",
    )


def _state(values: Mapping[str, Any]) -> ModelState:
    kind: Materialized = values["kind"]
    if kind not in ("table", "view") or not isinstance(values["as_of"], date):
        raise ValueError(kind)
    identity = Identity(
        rows=values["row_digest"],
        columns=_digests(json.loads(values["column_digests"])),
        definition=values["definition"],
        layout=values["layout"],
        kind=kind,
        parents=tuple(map(str, json.loads(values["parents"]))),
        tests=values["tests"],
    )
    inputs = {str(name): _contents(part) for name, part in json.loads(values["sources"]).items()}
    content = None if values["content"] is None else _contents(json.loads(values["content"]))
    built_at = values["built_at"].replace(tzinfo=UTC)
    return ModelState(values["model"], identity, values["as_of"], built_at, inputs, content, values["version"])


def _digests(document: Mapping[str, Digest]) -> dict[str, Digest]:
    if not all(value is None or isinstance(value, str) for value in document.values()):
        raise ValueError(document)
    return dict(document)


def _contents(part: Sequence[Any] | None) -> Contents | None:
    if part is None:
        return None
    rows, digest = part
    return Contents(int(rows), str(digest))


def state_statements(
    dialect: Dialect, schema: str, states: Iterable[ModelState], readers: Sequence[str] = ()
) -> tuple[str, ...]:
    """Return the statements that replace the rows of ``states`` in the table, which they create where it is missing."""
    entries = tuple(states)
    if not entries:
        return ()
    table = Relation(schema, STATE)
    place = dialect.relation(table)
    columns = ", ".join(f"{dialect.identifier(name)} {kind}" for name, kind in COLUMNS.items())
    names = ", ".join(dialect.literal(state.name) for state in entries)
    rows = ",\n".join(f"({', '.join(_literals(dialect, state))})" for state in entries)
    return (
        f"CREATE TABLE IF NOT EXISTS {place} ({columns})",
        f"DELETE FROM {place} WHERE {dialect.identifier('model')} IN ({names})",
        f"INSERT INTO {place} ({', '.join(map(dialect.identifier, COLUMNS))}) VALUES\n{rows}",
        *dialect.grant(table, readers),
    )


def content_statements(dialect: Dialect, schema: str, contents: Mapping[str, Contents]) -> tuple[str, ...]:
    """Return the statements that record the rows that tables of models contain, after some were deleted."""
    place = dialect.relation(Relation(schema, STATE))
    return tuple(
        f"UPDATE {place} SET row_count = {content.rows}, content = {dialect.literal(json.dumps(_part(content)))}"
        f" WHERE {dialect.identifier('model')} = {dialect.literal(name)}"
        for name, content in sorted(contents.items())
    )


def _literals(dialect: Dialect, state: ModelState) -> list[str]:
    identity = state.identity
    moment = state.built_at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ", timespec="microseconds")
    inputs = {name: _part(contents) for name, contents in sorted(state.inputs.items())}

    def text(value: str | None) -> str:
        return "NULL" if value is None else dialect.literal(value)

    return [
        text(state.name),
        f"CAST({text(state.as_of.isoformat())} AS DATE)",
        f"CAST({text(moment)} AS TIMESTAMP)",
        "NULL" if state.content is None else str(state.content.rows),
        text(identity.rows),
        text(json.dumps(dict(identity.columns))),
        text(identity.definition),
        text(identity.layout),
        text(identity.tests),
        text(identity.kind),
        text(json.dumps(identity.parents)),
        text(json.dumps(inputs)),
        text(None if state.content is None else json.dumps(_part(state.content))),
        text(state.version),
        str(FORMAT),
    ]


def _part(contents: Contents | None) -> tuple[int, str] | None:
    return None if contents is None else (contents.rows, contents.digest)
