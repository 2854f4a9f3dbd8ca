"""The colours of the layers, and the notes of a drawing about its tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from marketing_ibis.graph import descendants
from marketing_ibis.model import Declaration
from marketing_ibis.model.dataflow import Dataflow
from marketing_ibis.plurals import plural

FONT = "Arial"
"""One name: for a list Graphviz has no widths, and labels overflow their boxes."""
FONTS = "Arial,Helvetica,sans-serif"
"""What replaces it in an SVG."""
INK = "#1f2933"
"""Text on a coloured ground."""
LINE = "#7b8794"
"""Edges, and text on the page: a grey that stands out from white and from black."""


@dataclass(frozen=True, slots=True)
class Colours:
    """A light ground for dark text, and the edge around it; both read on a white and on a black page."""

    ground: str
    edge: str


EXPOSURES = "exposures"
AUDIENCES = "audiences"
LAYERS: Mapping[str, Colours] = {
    "sources": Colours("#fdeeb5", "#b7791f"),
    "adapters": Colours("#d5f2f1", "#2c7a7b"),
    "staging": Colours("#d3e5fb", "#2b6cb0"),
    "intermediate": Colours("#e4e7eb", "#616e7c"),
    "marts": Colours("#c8efd8", "#2f855a"),
    "core": Colours("#e6dcfb", "#6b46c1"),
    "campaigns": Colours("#fbd9e1", "#b83280"),
    EXPOSURES: Colours("#fbe0cc", "#c05621"),
    AUDIENCES: Colours("#e3f1c9", "#5f7a1f"),
}
OTHER_LAYER = Colours("#e9e3d5", "#7d6b45")
"""Colours of a layer that a project calls by a name of its own."""


@dataclass(frozen=True, slots=True)
class Notes:
    """What a drawing shows in addition to names and edges.

    ``rows`` are the row counts of tables, where known. ``link`` gives the address of a table's page, empty for none.
    ``exposures`` and ``audiences`` are dependents outside of the dataflow: each name with the tables that it reads.
    """

    rows: Mapping[str, int] = field(default_factory=dict)
    link: Callable[[str], str] = lambda _: ""
    exposures: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    audiences: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Output:
    """An exposure or audience, and those of its ``parents`` that a drawing shows."""

    name: str
    layer: str
    parents: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The word for it."""
        return self.layer.removesuffix("s")


NO_NOTES = Notes()


def outputs(dataflow: Dataflow, tables: frozenset[str], of: str, notes: Notes) -> list[Output]:
    """Return the exposures, then the audiences, to show next to ``tables``: each with those of them that it reads.

    Where the drawing is about the table ``of``, only those that rest on it: others read what it reads.
    """
    relevant = tables & ({of} | descendants(dataflow.graph(), [of])) if of else tables
    return [
        Output(name, layer, tuple(parent for parent in parents if parent in tables))
        for layer, declared in ((EXPOSURES, notes.exposures), (AUDIENCES, notes.audiences))
        for name, parents in sorted(declared.items())
        if not relevant.isdisjoint(parents)
    ]


def colours(layer: str) -> Colours:
    """Return the colours of a layer."""
    return LAYERS.get(layer, OTHER_LAYER)


def declaration(dataflow: Dataflow, name: str) -> Declaration:
    """Return what a source or model declares of itself."""
    return (dataflow.models[name] if name in dataflow.models else dataflow.sources[name]).declaration


def parents_of(dataflow: Dataflow, name: str) -> tuple[str, ...]:
    """Return the tables that a source or model reads."""
    return dataflow.models[name].parents if name in dataflow.models else ()


def first_sentence(dataflow: Dataflow, name: str) -> str:
    """Return the first sentence that a source or model says of itself."""
    return (dataflow.models[name] if name in dataflow.models else dataflow.sources[name]).description.partition("\n")[0]


def kind(dataflow: Dataflow, name: str, rows: Mapping[str, int]) -> str:
    """Return how a table is stored, with its row count where known."""
    table_declaration = declaration(dataflow, name)
    storage = "source" if table_declaration.kind == "source" else table_declaration.materialized
    return f"{storage}, {plural('row', rows[name])}" if name in rows else storage


def sort_layers(layers: Iterable[str]) -> list[str]:
    """Return layers from the sources to the exits, those of other names last."""
    known_layers = list(LAYERS)
    return sorted(
        set(layers),
        key=lambda layer: (known_layers.index(layer) if layer in known_layers else len(known_layers), layer),
    )
