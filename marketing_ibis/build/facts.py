"""What a plan knows of its project besides its steps: queries that a run reports with, and how models depend."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from marketing_ibis.build.identity import Identity
from marketing_ibis.graph import ancestors
from marketing_ibis.model import Freshness
from marketing_ibis.project.health_rules import HealthRules


@dataclass(frozen=True, slots=True)
class Measure:
    """A SELECT of one row of numbers that measure a build, and the models it reads, which must be built with it."""

    name: str
    select: str
    columns: tuple[str, ...]
    depends_on: frozenset[str]


@dataclass(frozen=True, slots=True)
class Question:
    """A SELECT of rows to warn of, each of which fills ``message``, and the models that it reads.

    ``has_personal_data`` says that a message may contain some.
    """

    name: str
    message: str
    select: str
    columns: tuple[str, ...]
    depends_on: frozenset[str]
    has_personal_data: bool = False


@dataclass(frozen=True, slots=True)
class FreshnessQuery:
    """The SELECT of a source's newest value up to as_of, and how old that may be."""

    source: str
    criteria: Freshness
    select: str


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """The project of a plan, as far as the report of a run needs it.

    ``graph`` has the parents of each source and model, ``views`` are the models that are views, ``dated`` those nodes
    whose rows depend on as_of. ``documented`` is the share of models, sources and columns with a description.
    ``identities`` say what the plan's models mean, and the models that these depend on. ``owners`` are those of models
    that have one, ``health`` says which numbers of a table are unusual.
    """

    graph: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    views: tuple[str, ...] = ()
    dated: tuple[str, ...] = ()
    freshness: tuple[FreshnessQuery, ...] = ()
    questions: tuple[Question, ...] = ()
    documented: float = 1.0
    identities: Mapping[str, Identity] = field(default_factory=dict)
    owners: Mapping[str, str] = field(default_factory=dict)
    health: HealthRules = field(default_factory=HealthRules)

    @property
    def view_parents(self) -> Mapping[str, tuple[str, ...]]:
        """What each view reads."""
        return {name: self.graph[name] for name in self.views}

    def dates_behind(self, models: Collection[str]) -> Mapping[str, str]:
        """Return the sources that ``models`` are built from and whose dates are declared, each with that column."""
        sources = ancestors(self.graph, models)
        columns = {query.source: query.criteria.column for query in self.freshness}
        return {name: columns[name] for name in sorted(sources & columns.keys())}
