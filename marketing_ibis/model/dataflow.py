"""A compiled project: every source and model by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from marketing_ibis.model.records import Model, Source

if TYPE_CHECKING:
    import ibis.expr.types as ir


@dataclass(frozen=True, slots=True)
class Dataflow:
    """Every source and model of a project, by name.

    ``inputs`` are the inputs and rules that they were compiled with, ``measures`` the functions that measure a build,
    ``warnings`` those that warn about what it publishes, ``hamilton`` Hamilton's driver that ran them, which draws.
    ``skipped`` says which files could not be read and were not needed, ``absent`` are the sources that the settings
    leave off and all that exists only with them. ``declared_personal`` are the columns that a contract or the settings
    declare as personal data, by source or model; others are marked because they inherit one.
    """

    sources: Mapping[str, Source]
    models: Mapping[str, Model]
    hamilton: Any = field(repr=False, compare=False)
    inputs: Mapping[str, object] = field(default_factory=dict)
    measures: tuple[Callable[..., ir.Table], ...] = ()
    warnings: tuple[Callable[..., ir.Table], ...] = ()
    skipped: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()
    declared_personal: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def nodes(self) -> dict[str, Model | Source]:
        """Every source and model."""
        return {**self.sources, **self.models}

    @property
    def arguments(self) -> dict[str, Any]:
        """What functions of the project receive by the names of parameters: tables, inputs, None for what is absent."""
        import ibis

        tables = {name: ibis.table(node.schema, name=name) for name, node in self.nodes.items()}
        return {**dict.fromkeys(self.absent), **tables, **self.inputs}

    @property
    def owners(self) -> dict[str, str]:
        """The owner of each model that has one."""
        return {name: model.declaration.owner for name, model in self.models.items() if model.declaration.owner}

    @property
    def plain_tables(self) -> frozenset[str]:
        """The sources, and the adapters that are as cheap to read: tables, and views of one table, row by row."""
        import ibis.expr.operations as ops  # listing models does not need it

        costly = (ops.JoinChain, ops.Aggregate, ops.WindowFunction, ops.Set, ops.Distinct)
        adapters = [model for model in self.models.values() if model.declaration.replaces_source]
        return frozenset(self.sources) | {
            model.name
            for model in adapters
            if model.declaration.materialized != "view" or not model.expression.op().find(costly)
        }

    def graph(self) -> dict[str, tuple[str, ...]]:
        """Return each name's parents."""
        return dict.fromkeys(self.sources, ()) | {name: model.parents for name, model in self.models.items()}
