"""List every column with personal data: where it comes from, and where what is computed from it is not personal."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass

from marketing_ibis.graph import reached
from marketing_ibis.lineage.expression import origins_of
from marketing_ibis.lineage.project import Lineage
from marketing_ibis.model.column_ref import ColumnRef
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.project.personal_data import personal_by_table, personal_origins


@dataclass(frozen=True, slots=True)
class PersonalColumn:
    """A column with personal data.

    ``origins`` are the personal columns of its parents that go into its value, ``sources`` those of the sources that
    they come from, and ``through`` the models in between. It is inherited if it is personal because of its origins, and
    declared if a contract or the settings say so; it may be both. ``mask`` is what masked views show, "" without them.
    """

    ref: ColumnRef
    type: str
    is_declared: bool
    is_inherited: bool
    origins: tuple[ColumnRef, ...] = ()
    sources: tuple[ColumnRef, ...] = ()
    through: tuple[str, ...] = ()
    mask: str = ""


@dataclass(frozen=True, slots=True)
class ComputedColumn:
    """A column that is computed from the personal columns ``origins`` of its parents, and is not personal itself."""

    ref: ColumnRef
    type: str
    origins: tuple[ColumnRef, ...]


@dataclass(frozen=True, slots=True)
class PersonalData:
    """The columns with personal data, parents first, and those where it ends."""

    columns: tuple[PersonalColumn, ...]
    computed: tuple[ComputedColumn, ...]

    def where(self, is_kept: Callable[[ColumnRef], bool]) -> PersonalData:
        """Return the columns that ``is_kept`` accepts."""
        columns = tuple(column for column in self.columns if is_kept(column.ref))
        return PersonalData(columns, tuple(column for column in self.computed if is_kept(column.ref)))

    @property
    def edges(self) -> tuple[tuple[ColumnRef, ColumnRef], ...]:
        """Return each personal column with a personal column that it is an origin of."""
        return tuple((origin, column.ref) for column in self.columns for origin in column.origins)

    @property
    def ends(self) -> tuple[tuple[ColumnRef, ColumnRef], ...]:
        """Return each personal column with a column that is computed from it and not personal."""
        return tuple((origin, column.ref) for column in self.computed for origin in column.origins)


def personal_data(dataflow: Dataflow, lineage: Lineage) -> PersonalData:
    """Return every column of a dataflow that contains personal data."""
    personal = personal_by_table(dataflow)
    origins = {
        ColumnRef(name, column): tuple(sorted(refs))
        for name, model in dataflow.models.items()
        for column, refs in personal_origins(model.expression, personal).items()
    }
    columns = tuple(_columns(dataflow, lineage, personal, origins))
    return PersonalData(columns, tuple(_computed(dataflow, lineage, personal)))


def _computed(
    dataflow: Dataflow, lineage: Lineage, personal: Mapping[str, Collection[str]]
) -> Iterator[ComputedColumn]:
    """Yield the columns of models that read personal ones and are not personal themselves."""
    for name in (name for name in lineage.direct if name in dataflow.models):
        for column, origins in origins_of(dataflow.models[name].expression).columns.items():
            refs = tuple(sorted(ref for ref in origins.values if ref.column in personal.get(ref.table, ())))
            ref = ColumnRef(name, column)
            if refs and column not in personal[name]:
                yield ComputedColumn(ref, _type(dataflow, ref), refs)


def _columns(
    dataflow: Dataflow,
    lineage: Lineage,
    personal: Mapping[str, Collection[str]],
    origins: Mapping[ColumnRef, tuple[ColumnRef, ...]],
) -> Iterator[PersonalColumn]:
    for name, table in lineage.direct.items():
        for column in table.columns:
            if column not in personal[name]:
                continue
            ref = ColumnRef(name, column)
            upstream = reached([ref], lambda near: origins.get(near, ()))
            tables = {each.table for each in upstream} - dataflow.sources.keys()
            masked = dataflow.models[name].declaration.masked if name in dataflow.models else None
            yield PersonalColumn(
                ref,
                _type(dataflow, ref),
                column in dataflow.declared_personal.get(name, ()),
                ref in origins,
                origins.get(ref, ()),
                tuple(sorted(each for each in upstream if each.table in dataflow.sources)),
                tuple(sorted(tables, key=lambda each: lineage.positions[each])),
                masked.masks[column] if masked else "",
            )


def _type(dataflow: Dataflow, ref: ColumnRef) -> str:
    return str(dataflow.nodes[ref.table].schema[ref.column]).removeprefix("!")
