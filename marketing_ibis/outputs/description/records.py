"""What a description consists of: declarations alone, never a value of a row."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

from marketing_ibis.model import Audience
from marketing_ibis.testing.joins import Join

RelationKind = Literal["model", "source"]


@dataclass(frozen=True, slots=True)
class TestEntry:
    """A data test, and in a sentence what it expects."""

    name: str
    test: str
    severity: str
    meaning: str


@dataclass(frozen=True, slots=True)
class AggregateEntry:
    """How a column is aggregated: as its contract declares.

    A sum ``per`` columns is of rows that share their values; a ratio is of two sums, times a factor.
    """

    function: Literal["sum", "average", "ratio"]
    per: tuple[str, ...] = ()
    numerator: str = ""
    denominator: str = ""
    times: int = 1


@dataclass(frozen=True, slots=True)
class ColumnEntry:
    """A column of a source or model; ``is_key`` says that it is part of the grain."""

    name: str
    type: str
    unit: str
    nullable: bool
    personal_data: bool
    is_key: bool
    description: str
    tests: tuple[TestEntry, ...] = ()
    aggregate: AggregateEntry | None = None


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page of the project that defines the numbers of a table, with its title and what it says first."""

    path: str
    title: str
    summary: str


@dataclass(frozen=True, slots=True)
class FreshnessEntry:
    """How old a source's newest value may be."""

    column: str
    warn_after_hours: float | None
    error_after_hours: float | None


@dataclass(frozen=True, slots=True)
class RelationEntry:
    """A source or model: its columns, what it is made of, how to join it and what to beware of.

    ``relation`` is its name in SQL. ``used_by`` are audiences and exposures. ``settings`` are the sets of rules that it
    reads, ``upstream_settings`` those that decide the rows of the models upstream.
    """

    name: str
    kind: RelationKind
    relation: str
    layer: str
    materialization: str
    description: str
    grain: tuple[str, ...]
    owner: str
    tags: tuple[str, ...]
    is_internal: bool
    depends_on_as_of: bool
    columns: tuple[ColumnEntry, ...]
    joins: tuple[Join, ...]
    parents: tuple[str, ...]
    children: tuple[str, ...]
    used_by: tuple[str, ...]
    pages: tuple[PageEntry, ...]
    settings: tuple[str, ...]
    upstream_settings: tuple[str, ...]
    freshness: FreshnessEntry | None
    tests: tuple[TestEntry, ...]
    warnings: tuple[str, ...]

    @property
    def lead(self) -> str:
        """The first paragraph of its description, in one line."""
        return first_paragraph(self.description)

    @property
    def personal_columns(self) -> tuple[str, ...]:
        """The names of the columns that contain personal data."""
        return tuple(column.name for column in self.columns if column.personal_data)


@dataclass(frozen=True, slots=True)
class AudienceEntry:
    """An audience by its name."""

    name: str
    audience: Audience

    @property
    def lead(self) -> str:
        """The first paragraph of its description, in one line."""
        return first_paragraph(self.audience.description)


@dataclass(frozen=True, slots=True)
class ExposureEntry:
    """A dashboard, campaign or application outside of the project."""

    name: str
    type: str
    owner: str
    description: str
    url: str
    maturity: str
    parents: tuple[str, ...]

    @property
    def lead(self) -> str:
        """The first paragraph of its description, in one line."""
        return first_paragraph(self.description)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A threshold with the value in force."""

    key: str
    value: object
    description: str


@dataclass(frozen=True, slots=True)
class SettingsEntry:
    """A set of rules with the values in force."""

    name: str
    description: str
    keys: tuple[KeyEntry, ...]


@dataclass(frozen=True, slots=True)
class Description:
    """A project: ``conventions`` are what holds for every table. All else is sorted by name."""

    project: str
    title: str
    source_schema: str
    model_schema: str
    time_zone: str
    as_of: str
    conventions: tuple[str, ...]
    relations: tuple[RelationEntry, ...]
    audiences: tuple[AudienceEntry, ...]
    exposures: tuple[ExposureEntry, ...]
    settings: tuple[SettingsEntry, ...]

    @property
    def sources(self) -> tuple[RelationEntry, ...]:
        """The source tables."""
        return tuple(relation for relation in self.relations if relation.kind == "source")

    @property
    def models(self) -> tuple[RelationEntry, ...]:
        """The models."""
        return tuple(relation for relation in self.relations if relation.kind == "model")

    @property
    def layers(self) -> dict[str, tuple[RelationEntry, ...]]:
        """The relations by layer: first those to be queried, last the sources."""
        ordered = sorted(self.relations, key=lambda relation: (relation.kind == "source", relation.is_internal))
        names = dict.fromkeys(relation.layer for relation in ordered)
        return {name: tuple(relation for relation in ordered if relation.layer == name) for name in names}

    def only(self, names: Collection[str]) -> Description:
        """Return the description of what is called ``names``, with the settings that decide it."""
        relations = tuple(relation for relation in self.relations if relation.name in names)
        used = {name for relation in relations for name in (*relation.settings, *relation.upstream_settings)}
        return replace(
            self,
            relations=relations,
            audiences=tuple(audience for audience in self.audiences if audience.name in names),
            exposures=tuple(exposure for exposure in self.exposures if exposure.name in names),
            settings=tuple(settings for settings in self.settings if settings.name in used),
        )


def first_paragraph(text: str) -> str:
    """Return the first paragraph of a docstring or page, in one line."""
    return " ".join(text.strip().split("\n\n")[0].split())
