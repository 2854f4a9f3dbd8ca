"""Connections of Ibis to an engine's database: what programs run expressions with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from marketing_ibis.errors import ConfigurationError, SourceError

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.sql import SQLBackend

    from marketing_ibis.engines.dialect import Relation


class IbisConnection(Protocol):
    """An open connection whose tables are Ibis expressions."""

    def table(self, relation: Relation) -> ir.Table:
        """Return a table of the database with the types that it has there.

        Raises:
            SourceError: there is no such table.
        """

    def paused(self) -> AbstractContextManager[None]:
        """Let another connection of this process write the database inside; expressions work again afterwards."""

    def close(self) -> None:
        """Give the connection back; expressions over its tables can no longer run."""


@dataclass(frozen=True, slots=True)
class BackendConnection:
    """A connection of one of Ibis' backends, next to which any other connection can write."""

    backend: SQLBackend

    def table(self, relation: Relation) -> ir.Table:
        """Return a table of the database, as Ibis reads the catalog."""
        from ibis.common.exceptions import TableNotFound

        try:
            place = (relation.database, relation.schema) if relation.database else relation.schema
            return self.backend.table(relation.name, database=place)
        except TableNotFound as error:
            raise missing_table(relation) from error

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do nothing: the engine admits other connections."""
        yield

    def close(self) -> None:
        """Disconnect."""
        self.backend.disconnect()


def missing_table(relation: Relation) -> SourceError:
    """Return the error of a source table that does not exist."""
    return SourceError(
        f"The source table {relation} does not exist.",
        hint="Load it with `seed --from DIR`, or correct source_schema in [tool.marketing_ibis].",
    )


def no_ibis_connection(settings: Mapping[str, object]) -> IbisConnection:
    """Refuse to connect: the engine has no backend of Ibis.

    Raises:
        ConfigurationError: always.
    """
    raise ConfigurationError(
        "This engine has no connection of Ibis, so a program cannot read its tables.",
        hint="Pass tables of your own: Project.from_settings(sources={...}).",
    )
