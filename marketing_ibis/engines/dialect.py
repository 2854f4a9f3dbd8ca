"""Turn an expression into one engine's SQL, with every table named in full."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

import ibis.expr.operations as ops
import sqlglot.expressions as sge

from marketing_ibis.engines.sql_cache import SqlCache
from marketing_ibis.errors import UsageError
from marketing_ibis.model import Model

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    from ibis.backends.sql.compilers.base import SQLGlotCompiler
    from sqlglot.dialects.dialect import Dialect as SqlglotDialect

CANDIDATE_SUFFIX = "__candidate"
"""Ends the name of every relation that is built and not yet published; reserved in the models' schema."""

MARK = "\x00schema"
"""Stands for the schema of a table until it is known where the table stands; no engine takes it for a name."""


Query = Callable[[str], Iterable[Sequence[object]]]
"""What returns the rows of a SELECT."""
NO_WIDTHS: Mapping[str, int] = MappingProxyType({})
"""Of a table whose string columns have no widths."""


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A table or view of the warehouse, by schema and name."""

    schema: str
    name: str

    @property
    def candidate(self) -> Relation:
        """The relation that a build fills before it takes this one's place."""
        return Relation(self.schema, f"{self.name}{CANDIDATE_SUFFIX}")

    @property
    def published(self) -> Relation:
        """The relation itself, or the one whose place a candidate is to take."""
        return Relation(self.schema, self.name.removesuffix(CANDIDATE_SUFFIX))

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}"


@dataclass(frozen=True, slots=True)
class Dialect:
    """An engine's way of writing SQL.

    ``parse_type`` reads a type as the engine spells it in its catalog. ``binds_views`` says that a view holds on to the
    very relations it reads, which then cannot be dropped. ``declares_not_null`` says that its tables are created with
    NOT NULL and the widths of strings, so that it refuses rows that break either by itself. ``byte_length`` is its
    function of a string's bytes. ``cache`` contains the SQL that was written before.
    ``sources`` are the tables that expressions read as they are stored, by the name that an expression has for them.
    """

    name: str
    compiler: SQLGlotCompiler
    parse_type: Callable[[str], dt.DataType]
    binds_views: bool = False
    declares_not_null: bool = False
    byte_length: str = "OCTET_LENGTH"
    cache: SqlCache | None = None
    sources: frozenset[str] = frozenset()

    def reading(self, sources: Iterable[str]) -> Self:
        """Return this dialect for expressions over ``sources``."""
        return replace(self, sources=frozenset(sources))

    def select(self, expression: ir.Table) -> str:
        """Return the SELECT of ``expression`` as text, with a mark in place of each table's schema."""
        return self.recall(self.name, expression, lambda: self.text(self.tree(expression)))

    def recall(self, part: str, expression: ir.Table, write: Callable[[], str]) -> str:
        """Return what ``write`` gives for the ``part`` of an expression, from the cache where it has it."""
        over = " ".join((part, *sorted(self.sources)))
        return self.cache.recall(over, expression, write) if self.cache else write()

    def tree(self, expression: ir.Table) -> sge.Select:
        """Return the SELECT of ``expression``, with a mark in place of each table's schema.

        Every number and date is cast to the type that Ibis gives it, since engines disagree: DuckDB adds up
        BIGINT to HUGEINT and turns a date plus an interval into a timestamp.
        """
        tables = expression.op().find((ops.UnboundTable, ops.DatabaseTable))
        # A project's tables are bound to no engine; unbinding would rewrite every node all the same.
        is_bound = any(isinstance(table, ops.DatabaseTable) for table in tables)
        unbound = expression.unbind() if is_bound else expression
        tree = _project(self.compiler.to_sqlglot(unbound), expression.columns)
        schema = expression.schema()
        tree.set("expressions", [self._cast(value, schema[value.alias_or_name]) for value in tree.expressions])
        # A common table expression of the statement itself is no relation.
        names = {table.name for table in tables if isinstance(table, ops.UnboundTable)}
        for table in list(tree.find_all(sge.Table)):
            if not table.db and table.name in names:
                _mark(table)
        return tree

    def text(self, tree: sge.Expression) -> str:
        """Return a statement, or a part of one, as the engine reads it."""
        text: str = tree.sql(dialect=self.compiler.dialect, pretty=True, copy=False)
        return text

    def placeholder(self, name: str) -> str:
        """Return how a SELECT names a table until it is resolved."""
        return self.relation(Relation(MARK, name))

    def resolve(self, select: str, relations: Mapping[str, Relation]) -> str:
        """Return ``select`` reading each marked table from ``relations``."""
        return self.resolver(relations)(select)

    def resolver(self, relations: Mapping[str, Relation]) -> Callable[[str], str]:
        """Return what resolves any number of SELECTs over ``relations``."""
        replacements = [(self.placeholder(name), self.relation(relation)) for name, relation in relations.items()]

        def resolve(select: str) -> str:
            for mark, place in replacements:
                select = select.replace(mark, place)
            return select

        return resolve

    def _cast(self, value: sge.Expression, dtype: dt.DataType) -> sge.Expression:
        if not (dtype.is_numeric() or dtype.is_temporal()):
            return value
        kind = self.compiler.type_mapper.from_ibis(dtype)
        inner = value.this if isinstance(value, sge.Alias) else value
        if isinstance(inner, sge.Cast) and inner.to == kind:
            return value
        # Nothing is copied: the tree is this method's caller's own.
        name = sge.to_identifier(value.alias_or_name, quoted=True)
        return sge.Alias(this=sge.Cast(this=inner, to=kind), alias=name)

    def create_table(
        self,
        relation: Relation,
        select: str,
        model: Model | None = None,
        text_widths: Mapping[str, int] = NO_WIDTHS,
    ) -> tuple[str, ...]:
        """Return the statements that make a table of ``select``, laid out as ``model`` declares.

        ``text_widths`` are the bytes of its string columns, for an engine whose tables are created with widths.
        """
        return (f"CREATE TABLE {self.relation(relation)} AS\n{select}",)

    def create_view(self, relation: Relation, select: str) -> str:
        """Return the statement that makes a view of ``select``."""
        return f"CREATE VIEW {self.relation(relation)} AS\n{select}"

    def count_faults(self, relation: Relation, required: Sequence[str], widths: Mapping[str, int]) -> str:
        """Return the SELECT of one row: how many rows of ``relation`` break its contract.

        First those without a value, for each of ``required``, then those of more bytes than each of ``widths``.
        """
        counts = [f"COUNT(*) - COUNT({self.identifier(name)})" for name in required]
        counts += [
            f"COUNT(CASE WHEN {self.byte_length}({self.identifier(name)}) > {width} THEN 1 END)"
            for name, width in widths.items()
        ]
        return f"SELECT {', '.join(counts)} FROM {self.relation(relation)}"

    def count_bytes(self, select: str, columns: Sequence[str]) -> str:
        """Return the SELECT of one row: the bytes of the longest string in each of ``columns`` of ``select``."""
        longest = ", ".join(f"MAX({self.byte_length}({self.identifier(name)}))" for name in columns)
        return f"SELECT {longest} FROM (\n{select}\n) AS strings"

    def stored_widths(self, query: Query, relation: Relation) -> Mapping[str, int]:
        """Return the bytes of the string columns of ``relation``; none on an engine whose strings have no width."""
        return NO_WIDTHS

    def describe(self, relation: Relation, model: Model) -> tuple[str, ...]:
        """Return the statements that add the model's documentation to ``relation``."""
        return ()

    def grant(self, relation: Relation, readers: Sequence[str]) -> tuple[str, ...]:
        """Return the statements that let ``readers`` read ``relation``; none on an engine without users."""
        return ()

    def begin_script(self, schema: str) -> tuple[str, ...]:
        """Return the statements without which a script could not ``drop_existing`` relations of ``schema``."""
        return ()

    def drop_existing(self, relation: Relation, kind: str) -> str:
        """Return the statement by which a script drops a relation of which it cannot know whether it exists.

        ``kind`` is what the script makes of it. On engines that can look, the existing one may be of the other kind.
        """
        return f"DROP {kind.upper()} IF EXISTS {self.relation(relation)}"

    def end_script(self, schema: str) -> tuple[str, ...]:
        """Return the statements that remove what ``begin_script`` made."""
        return ()

    def open_session(self, label: str) -> tuple[str, ...]:
        """Return the statements that name a run for administrators of the engine."""
        return ()

    def maintain(self, relation: Relation) -> tuple[str, ...]:
        """Return the statements that a freshly published table wants, outside of any transaction."""
        return ()

    def unload(self, select: str, place: str, iam_role: str | None) -> str:
        """Return the statement that writes the rows of ``select`` to ``place`` on S3 with the rights of ``iam_role``.

        Raises:
            UsageError: the place or the role is invalid, or the engine cannot write to S3.
        """
        raise UsageError(f"{self.name} cannot write to S3.", hint="Pass a local file with --to.")

    def count_unloaded(self) -> str:
        """Return the SELECT of the number of rows that the last ``unload`` of the session wrote."""
        raise UsageError(f"{self.name} cannot write to S3.", hint="Pass a local file with --to.")

    def approve(self, statements: Sequence[str], purpose: str = "") -> tuple[str, ...]:
        """Return ``statements``, all of which the engine documents; ``purpose`` is what they are for.

        Raises:
            CompileError: the engine is known to take no such statement.
        """
        return tuple(statements)

    def relation(self, relation: Relation) -> str:
        """Return ``relation`` quoted, schema first."""
        return f"{self.identifier(relation.schema)}.{self.identifier(relation.name)}"

    def identifier(self, name: str) -> str:
        """Return ``name`` quoted."""
        return _quote(name, self.compiler.dialect)

    def literal(self, text: str) -> str:
        """Return ``text`` as a string literal."""
        return str(sge.Literal.string(text).sql(dialect=self.compiler.dialect))

    def column_type(self, dtype: dt.DataType) -> str:
        """Return ``dtype`` as the engine's DDL spells it."""
        return str(self.compiler.type_mapper.to_string(dtype))


@lru_cache(maxsize=4_096)
def _quote(name: str, dialect: type[SqlglotDialect]) -> str:
    return str(sge.to_identifier(name, quoted=True).sql(dialect=dialect))


def _project(tree: sge.Expression, columns: Sequence[str]) -> sge.Select:
    """Return ``tree`` as a SELECT that lists ``columns``."""
    if isinstance(tree, sge.Select) and [value.alias_or_name for value in tree.expressions] == list(columns):
        return tree
    projection = sge.select(*[sge.column(name, quoted=True) for name in columns])
    return projection.from_(sge.Subquery(this=tree, alias=sge.TableAlias(this=sge.to_identifier("model", quoted=True))))


def _mark(table: sge.Table) -> None:
    alias = table.args.get("alias")
    if alias is None:
        table.set("alias", sge.TableAlias(this=sge.to_identifier(table.name, quoted=True)))
    table.set("this", sge.to_identifier(table.name, quoted=True))
    table.set("db", sge.to_identifier(MARK, quoted=True))
