"""Check one query: its tokens, its tree, and that it follows the synopsis of SELECT word by word.

sqlglot reads more than Redshift does, and repairs what it reads; the synopsis has the last word on text.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import sqlglot.expressions as sge
from sqlglot.dialects import Redshift
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.parsers.redshift import RedshiftParser

from marketing_ibis.engines.redshift.gate.lexer import Token, tokenize
from marketing_ibis.engines.redshift.gate.nodes import all_nodes
from marketing_ibis.engines.redshift.gate.parsing import check_grammar
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.scopes import resolve_outputs
from marketing_ibis.engines.redshift.gate.tokens import check_tokens
from marketing_ibis.engines.redshift.gate.tree import (
    check_nodes,
    check_tree,
    place_refusals,
    reads_catalog_only,
    tables_read,
)
from marketing_ibis.engines.redshift.gate.type_families import FAMILIES
from marketing_ibis.engines.redshift.gate.vocabulary import words

READER = Redshift()
RELATION = re.compile(r'\b(FROM|JOIN)(\s+)"(?!pg_)(?:[^"]|"")*"\."(?!pg_)(?:[^"]|"")*"(?= AS ")')
KEYWORDS = {
    "Select": "SELECT",
    "Window": "OVER",
    "Cast": "CAST",
    "Case": "CASE",
    "Exists": "EXISTS",
    "Distinct": "DISTINCT",
}
MOST_REMEMBERED = 2_000
UNREADABLE = "it cannot be read"
PAGE = "r_SELECT_synopsis.html"
SUBSCRIPT = re.compile(r"\[[^\]\['\"]*\]")
COMMANDS = words(
    """
    ALTER ANALYZE BEGIN CALL COMMENT COMMIT COPY CREATE DECLARE DROP EXECUTE EXPLAIN GRANT LOCK MERGE PREPARE REFRESH
    REVOKE ROLLBACK SET SHOW TRUNCATE UNLOAD USE VACUUM
    """
)
"""First words of statements that are not part of any query."""
PARSER_FAILURES = (AttributeError, IndexError, KeyError, RecursionError, TypeError, ValueError)
"""What sqlglot raises for some strings that it cannot read, in place of an error of its own."""
DECLARED = "is_declared"
"""What the compiler marks calls of functions with that the user declared."""


class _Parser(RedshiftParser):  # type: ignore[misc]
    """sqlglot's parser, which copies each relation of each FROM, with all that is in it, to see if it is an array."""

    def _implicit_unnests_to_explicit(self, this: Any) -> Any:
        joins = this.args.get("joins") or ()
        if any(isinstance(join.this, sge.Table) and join.this.db and not join.args.get("on") for join in joins):
            return super()._implicit_unnests_to_explicit(this)
        return this


@dataclass(frozen=True, slots=True)
class PassedQuery:
    """A query whose tree passed: the columns that it returns, and what a late-binding view would have against it."""

    columns: tuple[str, ...] | None
    late: tuple[Refusal, ...]
    declared: frozenset[str] = frozenset()


passed_queries: dict[str, PassedQuery] = {}
"""The queries whose tree passed, by text without the names of their tables."""


def check_generated(tree: sge.Expression, text: str) -> Iterator[Refusal] | None:
    """Return what is wrong with a tree that was just written as ``text``, or None if the text means something else."""
    tokens = tokenize(text)
    nodes = all_nodes(tree)
    if not _has_structure_of(nodes, tokens):
        return None
    return _check_nodes(tree, nodes, tokens, text)


def _check_nodes(
    tree: sge.Expression, nodes: Sequence[sge.Expression], tokens: Sequence[Token], text: str
) -> Iterator[Refusal]:
    is_clean = True
    declared = frozenset(_declared_functions(nodes))
    for refusal in (*check_nodes(tree, nodes), *place_refusals(check_tokens(tokens, declared=declared), tree)):
        is_clean = False
        yield refusal
    if is_clean:
        if len(passed_queries) >= MOST_REMEMBERED:
            passed_queries.clear()
        passed_queries[without_relations(text)] = PassedQuery(
            columns_of(tree), tuple(_check_late_binding(nodes)), declared
        )


def check_query(query: str, tokens: Sequence[Token], *, is_late: bool = False) -> Iterator[Refusal]:
    """Yield what is wrong with a query that is known as text."""
    passed_query = passed_queries.get(without_relations(query))
    if passed_query is not None:
        yield from check_tokens(tokens, declared=passed_query.declared)
        yield from passed_query.late if is_late else ()
        return
    mismatch = [*check_grammar("query", tokens, PAGE)]
    if mismatch and not COMMANDS.isdisjoint(token.upper for token in tokens):
        # sqlglot reads other statements inside of a query, and does not return from some of them.
        yield from mismatch
        return
    try:
        tree = _parse_leniently(query)
    except SqlglotError as error:
        yield from [*check_tokens(tokens)] or mismatch or [_unreadable_refusal(query, error)]
        return
    on_leader = reads_catalog_only(tree.walk())
    refusals = [*place_refusals(check_tokens(tokens, on_leader=on_leader), tree), *check_tree(tree)]
    yield from refusals or mismatch
    if is_late:
        yield from _check_late_binding(tree.walk())


def returned_columns(query: str) -> tuple[str, ...] | None:
    """Return the names of a query's columns, ```` for one without a name; None if they are not listed."""
    passed_query = passed_queries.get(without_relations(query))
    if passed_query is not None:
        return passed_query.columns
    try:
        return columns_of(parse_query(query))
    except SqlglotError:
        return None


def returned_types(query: str) -> list[str]:
    """Return what the columns of a query are, "" where it is not known, and nothing where the columns are not."""
    try:
        outputs = resolve_outputs(parse_query(query))
    except SqlglotError:
        return []
    return [FAMILIES.get(output.type, "") if output.type is not None else "" for output in outputs or ()]


def columns_of(tree: sge.Expression) -> tuple[str, ...] | None:
    """Return the names of the columns of a query's tree; None where a star stands for some."""
    while isinstance(tree, sge.SetOperation | sge.Subquery):
        tree = tree.this
    if not isinstance(tree, sge.Select) or any(projection.is_star for projection in tree.expressions):
        return None
    return tuple(projection.alias_or_name for projection in tree.expressions)


def parse_query(query: str) -> sge.Expression:
    """Return the tree of a query.

    Raises:
        SqlglotError: it is not one query.
    """
    try:
        trees = _Parser(error_level=ErrorLevel.RAISE, dialect=READER).parse(READER.tokenize(query), query)
    except PARSER_FAILURES as error:
        raise SqlglotError(f"sqlglot cannot read it: {error}") from error
    if len(trees) != 1 or not isinstance(trees[0], sge.Query):
        raise SqlglotError("it is not one query")
    return trees[0]


def without_relations(query: str) -> str:
    """Return a query that reads nameless tables: the schema of a table is nothing to its syntax."""
    return RELATION.sub(r"\1\2", query)


def _parse_leniently(query: str) -> sge.Expression:
    """Return the tree of a query, without subscripts where sqlglot cannot read them: `FROM t, t.a[0].b AS x`."""
    try:
        return parse_query(query)
    except SqlglotError:
        if "[" not in query:
            raise
        return parse_query(SUBSCRIPT.sub("", query))


def _declared_functions(nodes: Iterable[sge.Expression]) -> Iterator[str]:
    """Yield the names of functions that the user declared with `ibis.udf`, which exist in the database."""
    for node in nodes:
        if type(node) is sge.Anonymous and DECLARED in node.meta:
            yield node.name.rpartition(".")[2].strip('"').upper()


def _has_structure_of(nodes: Iterable[sge.Expression], tokens: Iterable[Token]) -> bool:
    """Return whether a string has the structure of its tree: writing rewrites some, as a semi join."""
    word_counts = Counter(token.upper for token in tokens if token.kind == "word")
    node_counts = Counter(type(node).__name__ for node in nodes)
    return all(word_counts[word] == node_counts[kind] for kind, word in KEYWORDS.items())


def _unreadable_refusal(query: str, error: SqlglotError) -> Refusal:
    errors = getattr(error, "errors", None) or [{}]
    near = f"{errors[0].get('start_context', '')[-24:]}{errors[0].get('highlight', '')}" or query[:40]
    return Refusal(f"the text {' '.join(near.split())!r}", UNREADABLE, page=PAGE)


def _check_late_binding(nodes: Iterable[sge.Expression]) -> Iterator[Refusal]:
    for table in tables_read(nodes):
        if not table.db:
            construct, reason = f"table {table.name} without a schema", "a late-binding view names every schema"
            yield Refusal(construct, reason, f'"schema"."{table.name}"', "r_CREATE_VIEW.html")
