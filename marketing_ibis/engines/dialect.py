"""An engine's way of writing SQL: names, literals and statements, and expressions with every table named in full.

Nothing here imports Ibis: only writing an expression loads the compiler.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Self

from marketing_ibis.errors import UsageError
from marketing_ibis.model import Model, Source

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt
    import ibis.expr.types as ir
    import sqlglot.expressions as sge
    from ibis.backends.sql.compilers.base import SQLGlotCompiler

    from marketing_ibis.engines.costs import Costs, StoredRelation
    from marketing_ibis.engines.sql_cache import SqlCache

CANDIDATE_SUFFIX = "__candidate"
"""Ends the name of every relation that is built and not yet published; reserved in the models' schema."""

MARK = "\x00schema"
"""Stands for the schema of a table until it is known where the table stands; no engine takes it for a name."""

DECIMAL = re.compile(r"(?:DECIMAL|NUMERIC)\((\d+), ?(\d+)\)", re.IGNORECASE)
"""A decimal as catalogs spell it."""

Query = Callable[[str], Iterable[Sequence[object]]]
"""What returns the rows of a SELECT."""
NO_WIDTHS: Mapping[str, int] = MappingProxyType({})
"""Of a table whose string columns have no widths."""


@dataclass(frozen=True, slots=True, order=True)
class Relation:
    """A table or view of the warehouse; ``database`` is "" for the database that is connected to."""

    schema: str
    name: str
    database: str = ""

    @property
    def candidate(self) -> Relation:
        """The relation that a build fills before it takes this one's place."""
        return replace(self, name=f"{self.name}{CANDIDATE_SUFFIX}")

    @property
    def published(self) -> Relation:
        """The relation itself, or the one whose place a candidate is to take."""
        return replace(self, name=self.name.removesuffix(CANDIDATE_SUFFIX))

    @property
    def parts(self) -> tuple[str, ...]:
        """The parts of its name, as SQL qualifies it."""
        return (self.database, self.schema, self.name) if self.database else (self.schema, self.name)

    def __str__(self) -> str:
        return ".".join(self.parts)


@dataclass(frozen=True, slots=True)
class Dialect:
    """An engine's way of writing SQL.

    ``load_compiler`` returns what writes its expressions. ``parse_type`` reads a type as the engine spells it in its
    catalog; ``type_names`` has Ibis' names of the usual ones, ``column_types`` the engine's words for those in DDL.
    ``binds_views`` says that a view holds on to the very relations it reads, which then cannot be dropped.
    ``declares_not_null`` says that its tables are created with NOT NULL and the widths of strings, so that it refuses
    rows that break either by itself. ``analyzes_new_tables`` says that the planner knows a table that ``create_table``
    filled, so that none wants to be maintained once it is published. ``byte_length`` is its function of a string's
    bytes. ``escaped`` are the characters that a string literal doubles. ``cache`` contains the SQL that was written
    before.
    ``sources`` are the tables that expressions read as they are stored, by the name that an expression has for them.
    """

    name: str
    load_compiler: Callable[[], SQLGlotCompiler] = field(repr=False)
    parse_type: Callable[[str], dt.DataType] = field(repr=False)
    type_names: Mapping[str, str] = field(default_factory=dict, repr=False)
    column_types: Mapping[str, str] = field(default_factory=dict, repr=False)
    escaped: str = "'"
    binds_views: bool = False
    declares_not_null: bool = False
    analyzes_new_tables: bool = False
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

    @property
    def compiler(self) -> SQLGlotCompiler:
        """What writes the engine's expressions; it imports Ibis."""
        return self.load_compiler()

    def tree(self, expression: ir.Table) -> sge.Select:
        """Return the SELECT of ``expression``, with a mark in place of each table's schema.

        Every number and date is cast to the type that Ibis gives it, since engines disagree: DuckDB adds up
        BIGINT to HUGEINT and turns a date plus an interval into a timestamp.
        """
        from marketing_ibis.engines.select_tree import select_tree

        return select_tree(self.compiler, expression, MARK)

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
        places = {self.placeholder(name): self.relation(relation) for name, relation in relations.items()}
        # One pass over the text, however many relations there are.
        marks = re.compile("|".join(map(re.escape, places)) or r"(?!)")
        return lambda select: marks.sub(lambda match: places[match[0]], select)

    def create_table(
        self,
        relation: Relation,
        select: str,
        model: Model | None = None,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
    ) -> tuple[str, ...]:
        """Return the statements that make a table of ``select``, laid out as ``model`` declares.

        ``text_widths`` are the bytes of its string columns, or marks in their place, for an engine that declares them.
        """
        return (f"CREATE TABLE {self.relation(relation)} AS\n{select}",)

    def create_empty_table(
        self,
        relation: Relation,
        model: Model,
        text_widths: Mapping[str, int | str] = NO_WIDTHS,
        *,
        if_missing: bool = False,
    ) -> tuple[str, ...]:
        """Return the statements that make a table without rows, with the columns and the layout of ``model``.

        The first one creates the table; ``if_missing`` it does nothing where one of that name exists.
        """
        columns = [f"  {self.identifier(name)} {self.column_type(dtype)}" for name, dtype in model.schema.items()]
        create = "CREATE TABLE IF NOT EXISTS" if if_missing else "CREATE TABLE"
        return (f"{create} {self.relation(relation)} (\n" + ",\n".join(columns) + "\n)",)

    def create_view(self, relation: Relation, select: str) -> str:
        """Return the statement that makes a view of ``select``."""
        return f"CREATE VIEW {self.relation(relation)} AS\n{select}"

    def find_fault(self, relation: Relation, required: Sequence[str], widths: Mapping[str, int]) -> str:
        """Return the SELECT of at most one row, which exists if any row of ``relation`` breaks its contract.

        Where an engine knows that a column has no NULL, it answers without reading one: DuckDB does.
        """
        faults = [f"{self.identifier(name)} IS NULL" for name in required]
        faults += [f"{self.byte_length}({self.identifier(name)}) > {width}" for name, width in widths.items()]
        return f"SELECT 1 FROM {self.relation(relation)} WHERE {' OR '.join(faults)} LIMIT 1"

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

    def sort_key(self, column: str, kind: dt.DataType) -> str:
        """Return what rows are ordered by so that the text of ``column`` compares by code point."""
        return self.identifier(column)

    def stored_widths(self, query: Query, relation: Relation) -> Mapping[str, int]:
        """Return the bytes of the string columns of ``relation``; none on an engine whose strings have no width."""
        return NO_WIDTHS

    def describe(self, relation: Relation, model: Model) -> tuple[str, ...]:
        """Return the statements that add the model's documentation to ``relation``."""
        return ()

    def grant(self, relation: Relation, readers: Sequence[str]) -> tuple[str, ...]:
        """Return the statements that let ``readers`` read ``relation``; none on an engine without users."""
        return ()

    def grant_all(self, relations: Sequence[Relation], readers: Sequence[str]) -> tuple[str, ...]:
        """Return one statement per reader that lets it read all ``relations``; none on an engine without users."""
        return ()

    def revoke(self, relation: Relation, readers: Sequence[str]) -> tuple[str, ...]:
        """Return the statements after which ``readers`` cannot read ``relation``; none on an engine without users."""
        return ()

    def revoke_all(self, relations: Sequence[Relation], readers: Sequence[str]) -> tuple[str, ...]:
        """Return one statement per reader, after which it cannot read the ``relations``."""
        return ()

    def grant_usage(self, schema: str, readers: Sequence[str]) -> tuple[str, ...]:
        """Return the statements that let ``readers`` look into ``schema``; none on an engine without users."""
        return ()

    def revoke_usage(self, schema: str, readers: Sequence[str]) -> tuple[str, ...]:
        """Return the statements that keep ``readers`` from ``schema``; none on an engine without users."""
        return ()

    def find_reader(self, reader: str) -> str:
        """Return the SELECT of a row if a user, group or role exists; "" on an engine without users."""
        return ""

    def hides_reader(self, reader: str) -> bool:
        """Return whether a user, group or role may exist without the user of the session seeing it."""
        return False

    def sha256(self, text: str) -> str:
        """Return the SHA-256 of an expression of type string, in lower-case hexadecimal digits."""
        return f"SHA256({text})"

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

    def stored_relation(self, node: Model | Source, text_widths: Mapping[str, int], select: str) -> StoredRelation:
        """Return what ``estimate`` has to know of a table, or of a view with its ``select``.

        Raises:
            UsageError: the engine does not estimate costs.
        """
        raise self._not_estimated()

    def estimate(self, select: str, stored: Mapping[str, StoredRelation], dist_key: str = "") -> Costs:
        """Return what a SELECT makes the engine do, without asking it: of an engine whose tables have keys.

        ``stored`` is what is known of the relations that it reads, ``dist_key`` the key of the table that it fills.

        Raises:
            UsageError: the engine does not estimate costs.
        """
        raise self._not_estimated()

    def _not_estimated(self) -> UsageError:
        return UsageError(f"Costs are not estimated on {self.name}.", hint="Measure a model: `profile MODEL`.")

    def approve(self, statements: Sequence[str], purpose: str = "") -> tuple[str, ...]:
        """Return ``statements``, all of which the engine documents; ``purpose`` is what they are for.

        Raises:
            CompileError: the engine is known to take no such statement.
        """
        return tuple(statements)

    def relation(self, relation: Relation) -> str:
        """Return ``relation`` quoted and qualified."""
        return ".".join(map(self.identifier, relation.parts))

    def identifier(self, name: str) -> str:
        """Return ``name`` quoted."""
        return '"' + name.replace('"', '""') + '"'

    def literal(self, text: str) -> str:
        """Return ``text`` as a string literal."""
        for character in self.escaped:
            text = text.replace(character, character * 2)
        return f"'{text}'"

    def column_type(self, dtype: dt.DataType | str) -> str:
        """Return a type, or Ibis' name of one, as the engine's DDL spells it."""
        name = str(dtype).removeprefix("!")
        ddl = self.column_types.get(name)
        if ddl is not None:
            return ddl
        if self.column_types and DECIMAL.fullmatch(name):
            return name.upper()
        import ibis.expr.datatypes as dt

        return str(self.compiler.type_mapper.to_string(dt.dtype(dtype)))

    def type_name(self, text: str) -> str:
        """Return Ibis' name of a type that the engine's catalog has as ``text``."""
        return self.type_names.get(text) or decimal_name(text) or str(self.parse_type(text))


def decimal_name(text: str) -> str:
    """Return Ibis' name of a decimal in a catalog: NUMERIC(18,2) is decimal(18, 2); "" for any other type."""
    match = DECIMAL.fullmatch(text)
    return f"decimal({match[1]}, {match[2]})" if match else ""
