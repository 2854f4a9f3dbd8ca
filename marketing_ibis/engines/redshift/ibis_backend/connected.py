"""A backend with its session: statements go through the gate, alone or in a transaction."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import ibis.common.exceptions as com
from ibis.backends.sql import SQLBackend

from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.engines.redshift.session import Session
from marketing_ibis.engines.redshift.spelling import identifier, with_parameters

Parameters = Sequence[Any] | Mapping[str, Any] | None


class Cursor:
    """A cursor of the driver whose statements pass the gate, each with its parameters."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._cursor: Any = None

    def execute(self, statement: str, parameters: Parameters = None) -> Cursor:
        """Run one statement; return the cursor itself."""
        self._cursor = self._session.run(with_parameters(statement, parameters))
        return self

    def __getattr__(self, name: str) -> Any:
        if self._cursor is None:
            raise AttributeError(f"The cursor has no {name} before a statement was executed.")
        return getattr(self._cursor, name)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._cursor)


class Connected(SQLBackend):
    """What all methods of the backend use."""

    name = "redshift"
    compiler = compiler
    _session: Session
    _temporary: set[str]
    """Tables made here: the catalog shows the temporary tables of all sessions."""
    _is_case_sensitive = False

    @property
    def con(self) -> Any:
        """The driver's connection."""
        return self._session.connect()

    @contextmanager
    def begin(self) -> Iterator[Cursor]:
        """Yield a cursor in a transaction, which is committed at the end; on an exception nothing of it stays.

        The backend's other methods take part in the transaction.
        """
        with self._session.transaction():
            yield Cursor(self._session)

    def raw_sql(self, query: Any, parameters: Parameters = None, *, params: Parameters = None) -> Any:
        """Run a statement and return the driver's cursor.

        Parameters
        ----------
        query
            The statement, as text or as a tree of sqlglot.
        parameters, params
            Values for ``%s`` in order, or by name for ``%(name)s``; they are written into the statement as literals.
        """
        text = query if isinstance(query, str) else query.sql(dialect=self.dialect)
        return self._session.run(with_parameters(text, parameters if params is None else params))

    @contextmanager
    def _safe_raw_sql(self, query: Any, **options: Any) -> Iterator[Any]:
        cursor = self.raw_sql(query, **options)
        try:
            yield cursor
        finally:
            cursor.close()

    def _value(self, query: str) -> object:
        return self._session.rows(query)[0][0]

    def _names(self, query: str) -> list[str]:
        return [str(row[0]) for row in self._session.rows(query)]

    def _matching(self, names: Iterable[str], like: str | None) -> list[str]:
        return sorted(self._filter_with_like(names, like))

    def _location(self, database: Any) -> tuple[str | None, str | None]:
        catalog, schema = self._to_catalog_db_tuple(self._to_sqlglot_table(database))
        return catalog, schema

    def _relation(self, name: str, database: Any = None) -> str:
        """Return a table's name in quotes, with its schema where there is one."""
        catalog, schema = self._location(database)
        self._check_catalog(catalog)
        return f"{identifier(schema)}.{identifier(name)}" if schema else identifier(name)

    def _check_catalog(self, catalog: str | None) -> None:
        if catalog is not None and catalog != self.current_catalog:
            raise com.UnsupportedOperationError(
                f"This connection is to database {self.current_catalog}; connect to {catalog} for its tables."
            )

    def _check_capitals(self, names: Iterable[str]) -> None:
        """Refuse columns that would be stored under another name than they are asked for."""
        changed = [name for name in names if name != name.lower()]
        if changed and not self._is_case_sensitive:
            raise com.IbisInputError(
                f"Redshift would store the column {changed[0]} as {changed[0].lower()}. Rename it, or connect with"
                " case_sensitive=True, which turns on enable_case_sensitive_identifier."
            )
