"""Say what a build of changes compares with what is published: plain data, without the expressions of the models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from marketing_ibis.build.identity import Identity
from marketing_ibis.engines.dialect import Relation

if TYPE_CHECKING:
    from marketing_ibis.build.plan import Schemas
    from marketing_ibis.model.dataflow import Dataflow
    from marketing_ibis.testing.collect import DataTests


@dataclass(frozen=True, slots=True)
class ComparedModels:
    """The selected ``names``, in building order, and what is compared of the models among them and above them.

    ``identities`` are those of the models, parents first. ``relations`` and ``columns`` are those of the models and of
    every one of the ``sources``. ``recorded`` are the models with a history, to which every date adds. ``tests_read``
    are the models and sources that the data tests of a model or source read besides itself. ``is_tested`` says that
    tests are part of the build, and ``is_whole`` that every model of the project was compiled.
    """

    names: tuple[str, ...]
    identities: Mapping[str, Identity]
    relations: Mapping[str, Relation]
    columns: Mapping[str, tuple[str, ...]]
    sources: tuple[str, ...]
    recorded: tuple[str, ...]
    tests_read: Mapping[str, tuple[str, ...]]
    is_tested: bool
    is_whole: bool

    @property
    def selected(self) -> tuple[str, ...]:
        """The models that are selected."""
        return tuple(name for name in self.names if name in self.identities)


def compared_models(
    dataflow: Dataflow, names: Sequence[str], schemas: Schemas, data_tests: DataTests | None = None
) -> ComparedModels:
    """Return what is compared of the models of ``dataflow`` that were evaluated, if ``names`` are selected."""
    from marketing_ibis.build.identities import model_identities  # what is recalled needs no Ibis
    from marketing_ibis.build.planning import published_relations

    identities, nodes = model_identities(dataflow, data_tests), dataflow.nodes
    relations, compared = published_relations(dataflow, schemas), (*dataflow.sources, *identities)
    tests_read = {
        node: tuple(sorted({name for test in tests for name in test.depends_on} - {node}))
        for node, tests in (data_tests or {}).items()
    }
    return ComparedModels(
        tuple(names),
        identities,
        {name: relations[name] for name in compared},
        {name: tuple(nodes[name].schema) for name in compared},
        tuple(dataflow.sources),
        tuple(name for name in identities if dataflow.models[name].declaration.history is not None),
        tests_read,
        is_tested=data_tests is not None,
        is_whole=len(identities) == len(dataflow.models),
    )
