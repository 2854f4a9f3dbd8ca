"""What a project's report consists of: the queries that it reads, its sections, and the frame around them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import ibis.expr.types as ir

from marketing_ibis.errors import CompileError
from marketing_ibis.report.blocks import Fact, Section, Term
from marketing_ibis.report.context import Context

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, eq=False)
class Query(Generic[Row]):
    """A query of a report: its parameters are the models that it reads, and each row of its result is a ``row``."""

    row: type[Row]
    expression: Callable[..., ir.Table]
    is_optional: bool = False
    """Whether the query has no rows, instead of an error, if it reads a model whose source the settings do not list."""

    @property
    def name(self) -> str:
        """The name of the function that declares the query."""
        return self.expression.__name__

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the query reads, in the order of its parameters."""
        return tuple(inspect.signature(self.expression).parameters)


def query(row: type[Row], *, optional: bool = False) -> Callable[[Callable[..., ir.Table]], Query[Row]]:
    """Declare a function of models as a query, whose columns are the fields of the dataclass ``row``, in order.

    An ``optional`` one has no rows if a model that it reads needs a source that the settings do not list.
    """
    return lambda expression: Query(row, expression, optional)


@dataclass(frozen=True, slots=True)
class Answers:
    """The rows of every query of a report, and what the tables do not say.

    To test a section without a database, write the rows down: ``Answers({costs: (Cost("search", 5),)})``.
    """

    results: Mapping[Query[Any], tuple[Any, ...]]
    context: Context = field(default_factory=Context)

    def rows(self, query: Query[Row]) -> tuple[Row, ...]:
        """Return the rows of a query.

        Raises:
            CompileError: the report does not list the query.
        """
        if query not in self.results:
            raise CompileError(
                f"A section uses the query {query.name}, which the report does not list.",
                hint="Add it to the queries of REPORT.",
            )
        return self.results[query]

    def row(self, query: Query[Row]) -> Row:
        """Return the row of a query that has one, such as a total over all rows."""
        (row,) = self.rows(query)
        return row


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of a page outside of its sections: its day, headline numbers, warnings, and notes at the foot."""

    as_of: str = ""
    """Which day the tables show; empty for the days that builds recorded."""
    lead: str = ""
    """A sentence next to the day, such as what counts from it."""
    facts: tuple[Fact, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    """The glossary; sections refer to its entries by name."""


def plain_frame(_: Answers) -> Frame:
    """Return a frame of recorded days, without numbers, warnings or notes."""
    return Frame()


@dataclass(frozen=True, slots=True)
class Report:
    """A project's report, declared as ``REPORT`` in the module ``report`` of its dataflow.

    A section is a function of the answers; sections appear in the order in which they are listed, except for those that
    are ``NO_SECTION``.
    """

    title: str
    queries: tuple[Query[Any], ...]
    sections: tuple[Callable[[Answers], Section], ...]
    frame: Callable[[Answers], Frame] = plain_frame

    @property
    def models(self) -> tuple[str, ...]:
        """The models that the report reads, each once, in the order of its queries."""
        return tuple(dict.fromkeys(model for query in self.queries for model in query.models))
