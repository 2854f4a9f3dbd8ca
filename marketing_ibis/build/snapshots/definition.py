"""Define the snapshot of a source: its table, its columns and what makes a row a new version."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import ibis

from marketing_ibis.errors import ConfigurationError
from marketing_ibis.model import Model, Source, column
from marketing_ibis.model.records import Contract, Declaration
from marketing_ibis.model.snapshots import IS_DELETED, VALID_FROM, VALID_TO, HardDeletes, snapshot_name
from marketing_ibis.model.time_zones import TimeZones

META = (
    column(VALID_FROM, "date", "First day at whose end the row was in this state."),
    column(VALID_TO, "date", "First day at whose end it was not any more; NULL for the current row.", nullable=True),
    column(IS_DELETED, "boolean", "Whether the source had no such row from valid_from on."),
)


@dataclass(frozen=True, slots=True, eq=False)
class SnapshotDefinition:
    """The snapshot of one source.

    ``keys`` identify a row of the source, ``compared`` are the columns whose values make it a new version. With
    ``updated_at`` the day of that column is when a version begins, otherwise as_of is. ``current_until`` is valid_to of
    current rows, NULL if it is None. ``schema`` has the source's columns and those of ``META``.
    """

    name: str
    source: Source
    keys: tuple[str, ...]
    compared: tuple[str, ...]
    updated_at: str
    hard_deletes: HardDeletes
    current_until: date | None
    schema: ibis.Schema

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the source."""
        return tuple(self.source.schema)

    @property
    def model(self) -> Model:
        """The table as a model declares it, for the engine to lay it out and document it."""
        source = self.source.declaration
        columns = tuple(replace(c, nullable=c.name not in self.keys) for c in source.contract.columns)
        declaration = Declaration(
            kind="model",
            contract=Contract((*columns, *META)),
            grain=(*self.keys, VALID_FROM),
            layer="snapshots",
            owner=source.owner,
            sort_keys=self.keys,
            masked=source.masked,
        )
        description = f"Snapshot of {self.source.name}: one row per version of a row."
        return Model(self.name, declaration, description, (self.source.name,), self.schema, ibis.table(self.schema))


def define_snapshot(source: Source, zones: TimeZones) -> SnapshotDefinition:
    """Return the snapshot that ``source`` declares.

    Raises:
        ConfigurationError: it declares none, or the day of its timestamps is not the one that they show.
    """
    snapshot = source.declaration.snapshot
    if snapshot is None:
        raise ConfigurationError(
            f"{source.name} does not declare a snapshot.",
            hint='Declare it: @source(..., snapshot=Snapshot(hard_deletes="invalidate")).',
        )
    columns = tuple(source.schema)
    updated_at = snapshot.updated_at
    if updated_at and source.schema[updated_at].is_timestamp() and not zones.keeps_naive_days:
        raise ConfigurationError(
            f"The snapshot of {source.name} takes days from {updated_at}: naive_timestamps says {zones.unzoned}, and"
            f" days are those of {zones.business} (time_zone).",
            hint=f"Make the source a view that converts it: {updated_at} AT TIME ZONE '{zones.unzoned}'"
            f" AT TIME ZONE '{zones.business}'.",
        )
    keys = snapshot.keys(source.declaration.grain)
    compared = tuple(name for name in snapshot.compared(columns) if name in columns and name not in keys)
    meta = Contract(META).schema()
    schema = ibis.schema({**dict(source.schema.items()), **dict(meta.items())})
    return SnapshotDefinition(
        snapshot_name(source.name),
        source,
        keys,
        compared,
        updated_at,
        snapshot.hard_deletes,
        snapshot.valid_to_current,
        schema,
    )
