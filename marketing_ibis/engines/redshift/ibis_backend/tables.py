"""Make, fill, change and remove tables, views and schemas."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import ibis
import ibis.common.exceptions as com
import ibis.expr.operations as ops
import ibis.expr.schema as sch
import ibis.expr.types as ir
from ibis import util

from marketing_ibis.engines.redshift.ibis_backend.browsing import Browsing
from marketing_ibis.engines.redshift.ibis_backend.columns import (
    Encoding,
    Layout,
    definitions,
    longest_in_memory,
    needs_width,
    stored_widths,
    with_widths,
)
from marketing_ibis.engines.redshift.ibis_backend.reading import Reading
from marketing_ibis.engines.redshift.spelling import identifier, identifiers
from marketing_ibis.engines.redshift.values import as_table


class Tables(Browsing, Reading):
    """Methods that change what is stored."""

    def create_table(
        self,
        name: str,
        /,
        obj: Any = None,
        *,
        schema: sch.IntoSchema | None = None,
        database: str | None = None,
        temp: bool = False,
        overwrite: bool = False,
        dist_key: str | None = None,
        diststyle: str | None = None,
        sort_keys: str | Sequence[str] | None = None,
        encode: Encoding = None,
    ) -> ir.Table:
        """Make a table, of a schema, an expression, or rows of pandas, Arrow or Python; all of it or nothing.

        Parameters
        ----------
        name, database, temp, overwrite
            Which table, and whether it takes the place of an existing one.
        obj, schema
            The rows, the columns, or both. A string without a length gets a width that fits the rows.
        dist_key, diststyle, sort_keys
            How rows are spread and sorted; ``diststyle`` is AUTO, EVEN, ALL or KEY.
        encode
            The compression of all columns, or of each by name.
        """
        if obj is None and schema is None:
            raise com.IbisInputError("Name the columns with `schema`, or give the rows as `obj`.")
        expected_schema = None if schema is None else ibis.schema(schema)
        source = None if obj is None else as_table(obj, expected_schema)
        columns = expected_schema or source.schema()  # type: ignore[union-attr]
        self._check_capitals(columns)
        place = None if temp else database
        layout = Layout.of(dist_key, diststyle, sort_keys, encode)
        layout.check(columns)
        built = util.gen_name(name) if overwrite else name
        with self._session.transaction():
            self._make(self._relation(built, place), columns, source, layout, temp=temp)
            if overwrite:
                self.raw_sql(f"DROP TABLE IF EXISTS {self._relation(name, place)}")
                self.raw_sql(f"ALTER TABLE {self._relation(built, place)} RENAME TO {identifier(name)}")
        if temp:
            self._temporary.add(name)
        return self.table(name, database=place)

    def _make(self, relation: str, columns: sch.Schema, source: ir.Table | None, layout: Layout, *, temp: bool) -> None:
        start = f"CREATE {'TEMP ' if temp else ''}TABLE {relation}"
        op = None if source is None else source.op()
        if isinstance(op, ops.InMemoryTable):
            rows = op.data.to_pyarrow(op.schema)
            widths = with_widths(columns, longest_in_memory(columns, rows.rename_columns(list(columns))))
            self.raw_sql(f"{start} ({definitions(widths, layout)}){layout.text}")
            self._insert_rows(relation, sch.Schema(dict(zip(columns, op.schema.types, strict=True))), rows)
            return
        if source is None or op is None:
            self.raw_sql(f"{start} ({definitions(columns, layout)}){layout.text}")
            return
        with self._loaded(source) as loaded, self._measured(loaded, columns, op, is_kept=not temp) as (types, select):
            self.raw_sql(f"{start} ({definitions(types, layout)}){layout.text}")
            self.raw_sql(f"INSERT INTO {relation} ({identifiers(list(columns))})\n{select}")

    @contextmanager
    def _measured(
        self, source: ir.Table, columns: sch.Schema, op: ops.Relation, *, is_kept: bool
    ) -> Iterator[tuple[sch.Schema, str]]:
        """Yield the columns with widths, and the SELECT of the rows.

        Where strings are computed, their rows are put into a temporary table first, so that they are computed once.
        """
        types = columns if columns != source.schema() else stored_widths(op, columns)
        unknown = [name for name, dtype in types.items() if needs_width(dtype)]
        select = self.compile(source)
        if not unknown or not is_kept:
            yield types, select
            return
        stage = identifier(util.gen_name("stage"))
        self.raw_sql(f"CREATE TEMP TABLE {stage} ({identifiers(list(columns))}) AS\n{select}")
        sizes = self._session.rows(
            f"SELECT {', '.join(f'MAX(OCTET_LENGTH({identifier(name)}))' for name in unknown)} FROM {stage}"
        )[0]
        longest = {name: None if size is None else int(str(size)) for name, size in zip(unknown, sizes, strict=True)}
        yield with_widths(types, longest), f"SELECT {identifiers(list(columns))} FROM {stage}"
        self.raw_sql(f"DROP TABLE {stage}")

    def _create_cached_table(self, name: str, expr: ir.Table) -> ir.Table:
        """Put the rows of an expression into a temporary table, whatever the case of its columns."""
        columns = expr.schema()
        with self._session.transaction():
            self._make(identifier(name), columns, expr, Layout(), temp=True)
        self._temporary.add(name)
        table: ir.Table = ops.DatabaseTable(name, columns, self).to_expr()
        return table

    def insert(self, name: str, /, obj: Any, *, database: str | None = None, overwrite: bool = False) -> None:
        """Add rows; with ``overwrite`` in place of those that exist, in one transaction."""
        catalog, place = self._location(database)
        self._check_catalog(catalog)
        source = as_table(obj, None)
        columns = self._get_columns_to_insert(target=name, source=source, db=place)
        with self._session.transaction():
            if overwrite:
                # TRUNCATE would commit: https://docs.aws.amazon.com/redshift/latest/dg/r_TRUNCATE.html
                self.raw_sql(f"DELETE FROM {self._relation(name, place)}")
            self._fill(self._relation(name, place), source, list(columns))

    def _fill(self, relation: str, source: ir.Table, columns: Sequence[str]) -> None:
        op = source.op()
        if isinstance(op, ops.InMemoryTable):
            types = sch.Schema(dict(zip(columns, op.schema.types, strict=True)))
            self._insert_rows(relation, types, op.data.to_pyarrow(op.schema))
            return
        with self._loaded(source) as loaded:
            self.raw_sql(f"INSERT INTO {relation} ({identifiers(columns)})\n{self.compile(loaded)}")

    def upsert(self, name: str, /, obj: Any, on: str | Sequence[str], *, database: str | None = None) -> None:
        """Replace the rows whose keys ``on`` are among those of ``obj``, and add the others, in one transaction.

        Columns that ``obj`` lacks keep their values. The rows are staged in a temporary table, as AWS recommends:
        https://docs.aws.amazon.com/redshift/latest/dg/t_updating-inserting-using-staging-tables-.html
        """
        catalog, place = self._location(database)
        self._check_catalog(catalog)
        source, keys = as_table(obj, None), [on] if isinstance(on, str) else list(on)
        target = self.get_schema(name, database=place)
        columns = list(self._get_columns_to_insert(target=name, source=source, db=place))
        for key in keys:
            if key not in source.columns or key not in columns:
                raise com.IbisInputError(f"The rows have no column {key} to match them by.")
        relation, stage = self._relation(name, place), identifier(util.gen_name("stage"))
        types = sch.Schema({column: target[column].copy(nullable=True) for column in columns})
        matches = " AND ".join(f"{relation}.{identifier(key)} = {stage}.{identifier(key)}" for key in keys)
        with self._session.transaction():
            self.raw_sql(f"CREATE TEMP TABLE {stage} ({definitions(types, Layout())})")
            self._fill(stage, source, columns)
            self._check_unique(stage, keys, name)
            if set(columns) == set(target):
                self.raw_sql(f"DELETE FROM {relation} USING {stage} WHERE {matches}")
                self.raw_sql(
                    f"INSERT INTO {relation} ({identifiers(columns)}) SELECT {identifiers(columns)} FROM {stage}"
                )
            else:
                self._change(relation, stage, columns, keys, matches)
            self.raw_sql(f"DROP TABLE {stage}")

    def _change(self, relation: str, stage: str, columns: Sequence[str], keys: Sequence[str], matches: str) -> None:
        """Update the columns of rows that exist, then add the rows that do not."""
        changed = [column for column in columns if column not in keys]
        if changed:
            values = ", ".join(f"{identifier(column)} = {stage}.{identifier(column)}" for column in changed)
            self.raw_sql(f"UPDATE {relation} SET {values} FROM {stage} WHERE {matches}")
        names = ", ".join(f"{stage}.{identifier(column)}" for column in columns)
        self.raw_sql(
            f"INSERT INTO {relation} ({identifiers(columns)}) SELECT {names} FROM {stage}"
            f" LEFT JOIN {relation} ON {matches} WHERE {relation}.{identifier(keys[0])} IS NULL"
        )

    def _check_unique(self, stage: str, keys: Sequence[str], name: str) -> None:
        names = identifiers(keys)
        filled = " AND ".join(f"{identifier(key)} IS NOT NULL" for key in keys)
        repeated = self._session.rows(
            f"SELECT {names} FROM {stage} WHERE {filled} GROUP BY {names} HAVING COUNT(*) > 1 LIMIT 1"
        )
        if repeated:
            values = ", ".join(f"{key} = {value}" for key, value in zip(keys, repeated[0], strict=True))
            raise com.IbisInputError(f"The rows for {name} have {values} more than once; keep one row for each key.")

    def create_view(
        self, name: str, /, obj: ir.Table, *, database: str | None = None, overwrite: bool = False
    ) -> ir.Table:
        """Make a view of an expression."""
        self._check_capitals(obj.columns)
        relation = self._relation(name, database)
        self._run_pre_execute_hooks(obj)
        with self._session.transaction():
            if overwrite:
                # CREATE OR REPLACE wants the same columns: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_VIEW.html
                self.raw_sql(f"DROP VIEW IF EXISTS {relation}")
            self.raw_sql(f"CREATE VIEW {relation} AS\n{self.compile(obj)}")
        return self.table(name, database=database)

    def rename_table(self, old_name: str, new_name: str) -> None:
        """Give a table of the current schema, or a temporary one, another name."""
        self.raw_sql(f"ALTER TABLE {identifier(old_name)} RENAME TO {identifier(new_name)}")
        if old_name in self._temporary:
            self._temporary = self._temporary - {old_name} | {new_name}

    def drop_table(self, name: str, /, *, database: Any = None, force: bool = False) -> None:
        """Remove a table."""
        self.raw_sql(f"DROP TABLE {'IF EXISTS ' if force else ''}{self._relation(name, database)}")
        self._temporary.discard(name)

    def drop_view(self, name: str, /, *, database: Any = None, force: bool = False) -> None:
        """Remove a view."""
        self.raw_sql(f"DROP VIEW {'IF EXISTS ' if force else ''}{self._relation(name, database)}")

    def truncate_table(self, name: str, /, *, database: Any = None) -> None:
        """Remove every row, and commit."""
        self.raw_sql(f"TRUNCATE TABLE {self._relation(name, database)}")

    def create_database(self, name: str, /, *, catalog: str | None = None, force: bool = False) -> None:
        """Make a schema."""
        self._check_catalog(catalog)
        self.raw_sql(f"CREATE SCHEMA {'IF NOT EXISTS ' if force else ''}{identifier(name)}")

    def drop_database(
        self, name: str, /, *, catalog: str | None = None, force: bool = False, cascade: bool = False
    ) -> None:
        """Remove a schema, with ``cascade`` and everything in it."""
        self._check_catalog(catalog)
        exists, everything = "IF EXISTS " if force else "", " CASCADE" if cascade else ""
        self.raw_sql(f"DROP SCHEMA {exists}{identifier(name)}{everything}")
