"""Check whole statements: which kind each is, and the queries, columns and values inside."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise

import sqlglot.expressions as sge
from sqlglot.dialects import Redshift
from sqlglot.errors import ErrorLevel, SqlglotError

from marketing_ibis.engines.redshift.gate import vocabulary as known
from marketing_ibis.engines.redshift.gate.columns import UNKNOWN_COLUMN, check_columns
from marketing_ibis.engines.redshift.gate.lexer import Token, tokenize
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.templates import ONCE_USUAL, TEMPLATES
from marketing_ibis.engines.redshift.gate.tokens import check_tokens
from marketing_ibis.engines.redshift.gate.tree import check_nodes, check_tree, placed, reads_catalog_only, tables_read
from marketing_ibis.errors import RefusedByRedshift

NEVER_IN_TRANSACTION = re.compile(
    r"\s*(VACUUM|TRUNCATE|CREATE\s+DATABASE|DROP\s+DATABASE|ALTER\s+TABLE\s+\S+\s+APPEND)\b", re.IGNORECASE
)
OPENING = re.compile(r"\s*(BEGIN|START\s+TRANSACTION)\b", re.IGNORECASE)
CLOSING = re.compile(r"\s*(COMMIT|ROLLBACK|END|ABORT)\b", re.IGNORECASE)
ONCE = tuple((re.compile(pattern, re.IGNORECASE | re.DOTALL), Refusal(*told)) for pattern, told in ONCE_USUAL)
NAMED_AFTER = frozenset({"TABLE", "VIEW", "INTO", "SCHEMA", "COLUMN", "TO", "."})
VALUES = frozenset(["NULL", "TRUE", "FALSE", "DEFAULT", "CAST", "AS"])
READER = Redshift()
RELATION = re.compile(r'\b(FROM|JOIN)(\s+)"(?!pg_)(?:[^"]|"")*"\."(?!pg_)(?:[^"]|"")*"(?= AS ")')
WRITTEN = {
    "Select": "SELECT",
    "Window": "OVER",
    "Cast": "CAST",
    "Case": "CASE",
    "Exists": "EXISTS",
    "Distinct": "DISTINCT",
}
MOST_REMEMBERED = 2_000
UNREADABLE = "it cannot be read"
VAGUE = (UNREADABLE, UNKNOWN_COLUMN)
"""Reasons that say less than the list of what PostgreSQL takes."""

_passed: dict[str, tuple[Refusal, ...]] = {}
"""What a late-binding view would have against queries whose tree passed, by text without the names of their tables."""


def check(statement: str) -> tuple[Refusal, ...]:
    """Return everything in one statement that AWS does not document; nothing when it may be sent.

    It fails closed: what is not recognised is refused.
    """
    return _check(statement.strip().rstrip(";").strip())


def require(statement: str, *, subject: str = "", in_transaction: bool = False) -> None:
    """Let a documented statement pass.

    Raises:
        RefusedByRedshift: naming ``subject``, the column, each construct and what to write instead.
    """
    _raise([*check(statement), *(_check_transaction(statement) if in_transaction else ())], subject)


def require_tree(tree: sge.Expression, text: str) -> None:
    """Let a query pass that was just written as ``text``; its tree is parsed again only where the text differs.

    Raises:
        RefusedByRedshift: as ``require``.
    """
    tokens = tokenize(text)
    nodes = list(tree.walk())
    if _says_the_same(nodes, tokens):
        _raise([*_check_size(text), *check_nodes(tree, nodes), *placed(check_tokens(tokens), tree)], "")
        _remember(text, nodes)
    else:
        require(text)


def check_script(statements: Iterable[str]) -> tuple[Refusal, ...]:
    """Return what is wrong with statements that are sent one after another, transactions included."""
    found: list[Refusal] = []
    is_open = False
    for statement in statements:
        found += check(statement)
        is_open = (is_open or bool(OPENING.match(statement))) and not CLOSING.match(statement)
        found += _check_transaction(statement) if is_open else ()
    return tuple(found)


def require_script(statements: Sequence[str], *, subject: str = "") -> None:
    """Let documented statements pass, sent one after another.

    Raises:
        RefusedByRedshift: as ``require``.
    """
    _raise(check_script(statements), subject)


def _raise(refusals: Sequence[Refusal], subject: str) -> None:
    if refusals:
        told = "; ".join(dict.fromkeys(map(str, refusals)))
        raise RefusedByRedshift(f"{subject}: {told}." if subject else f"Redshift would refuse this: {told}.")


def _says_the_same(nodes: Iterable[sge.Expression], tokens: Iterable[Token]) -> bool:
    """Return whether a string has the structure of its tree: writing rewrites some, as a semi join."""
    written = Counter(token.upper for token in tokens if token.kind == "word")
    meant = Counter(type(node).__name__ for node in nodes)
    return all(written[word] == meant[kind] for kind, word in WRITTEN.items())


def _remember(query: str, nodes: Iterable[sge.Expression]) -> None:
    if len(_passed) >= MOST_REMEMBERED:
        _passed.clear()
    _passed[_without_relations(query)] = tuple(_check_late_binding(nodes))


def _without_relations(query: str) -> str:
    """Return a query that reads nameless tables: where a table stands is nothing to its syntax."""
    return RELATION.sub(r"\1\2", query)


def _check_transaction(statement: str) -> Iterator[Refusal]:
    forbidden = NEVER_IN_TRANSACTION.match(statement)
    if forbidden:
        reason = "it ends a transaction or cannot run inside one"
        yield Refusal(forbidden[1].upper(), reason, "it after COMMIT", "r_BEGIN.html")


def _check_size(statement: str) -> Iterator[Refusal]:
    if len(statement) * 4 > known.STATEMENT_BYTES:
        size = len(statement.encode())
        if size > known.STATEMENT_BYTES:
            reason = f"it has {size:,} bytes, 16 MB at most"
            yield Refusal("the statement", reason, "rows loaded into a table", "c_redshift-sql.html")


@lru_cache(maxsize=512)
def _check(statement: str) -> tuple[Refusal, ...]:
    too_large = tuple(_check_size(statement))
    if too_large:
        return too_large
    plain = _without_comments(statement)
    for template in TEMPLATES:
        match = template.fullmatch(plain)
        if match:
            found = tuple(_check_parts(plain, match))
            if not any(refusal.reason in VAGUE for refusal in found):
                return found
            return next(((refusal,) for pattern, refusal in ONCE if pattern.match(plain)), found)
    for pattern, refusal in ONCE:
        if pattern.match(plain):
            return (refusal,)
    words = " ".join(plain.split()[:3])
    return (Refusal(f"statement {words}", "no statement of this form is documented", page="c_SQL_commands.html"),)


def _check_parts(statement: str, match: re.Match[str]) -> Iterator[Refusal]:
    parts = {name: text for name, text in match.groupdict().items() if text is not None}
    first = min((match.start(name) for name in parts), default=len(statement))
    yield from _check_head(tokenize(statement[:first]))
    if "query" in parts:
        yield from _check_query(parts["query"], is_late="late" in parts)
    if "unloaded" in parts:
        yield from _check_query(parts["unloaded"][1:-1].replace("''", "'"), is_late=False)
    if "columns" in parts:
        yield from check_columns(parts["columns"], READER)
    if "rows" in parts:
        yield from _check_rows(parts["rows"])
    if "assigned" in parts:
        yield from _check_query(f"SELECT {parts['assigned']}", is_late=False)
    if "condition" in parts:
        yield from _check_query(f"SELECT 1 WHERE {parts['condition']}", is_late=False)
    if "sort" in parts and parts["sort"].count(",") >= known.SORT_KEYS:
        reason = f"{known.SORT_KEYS} columns at most"
        yield Refusal("SORTKEY", reason, "fewer columns", "r_CREATE_TABLE_NEW.html")


def _check_head(tokens: Sequence[Token]) -> Iterator[Refusal]:
    """Check the names before a query: those in quotes, and that no reserved word goes without."""
    yield from check_tokens([token for token in tokens if token.kind == "name"])
    for before, token in pairwise(tokens):
        if token.kind == "word" and before.upper in NAMED_AFTER and token.text.lower() in known.RESERVED:
            if token.upper in ("PUBLIC", "GROUP"):
                continue
            yield Refusal(f"name {token.text}", "it is a reserved word", f'"{token.text}"', "r_pg_keywords.html")


def _check_query(query: str, *, is_late: bool) -> Iterator[Refusal]:
    tokens = tokenize(query)
    passed = _passed.get(_without_relations(query))
    if passed is not None:
        yield from check_tokens(tokens)
        yield from passed if is_late else ()
        return
    try:
        tree = _parse(query)
    except SqlglotError as error:
        yield from check_tokens(tokens)
        yield _unreadable(query, error)
        return
    yield from placed(check_tokens(tokens, on_leader=reads_catalog_only(tree.walk())), tree)
    yield from check_tree(tree)
    if is_late:
        yield from _check_late_binding(tree.walk())


def _unreadable(query: str, error: SqlglotError) -> Refusal:
    found = getattr(error, "errors", None) or [{}]
    near = f"{found[0].get('start_context', '')[-24:]}{found[0].get('highlight', '')}" or query[:40]
    return Refusal(f"the text {' '.join(near.split())!r}", UNREADABLE, page="r_SELECT_synopsis.html")


def _parse(query: str) -> sge.Expression:
    trees = READER.parser(error_level=ErrorLevel.RAISE).parse(READER.tokenize(query), query)
    if len(trees) != 1 or not isinstance(trees[0], sge.Query):
        raise SqlglotError("it is not one query")
    return trees[0]


def _check_late_binding(nodes: Iterable[sge.Expression]) -> Iterator[Refusal]:
    for table in tables_read(nodes):
        if not table.db:
            construct, reason = f"table {table.name} without a schema", "a late-binding view names every schema"
            yield Refusal(construct, reason, f'"schema"."{table.name}"', "r_CREATE_VIEW.html")


def _check_rows(rows: str) -> Iterator[Refusal]:
    """Check rows that are spelled out: literals and documented calls, and no query among them."""
    tokens = tokenize(rows)
    yield from check_tokens(tokens)
    for token in tokens:
        if token.kind == "word" and token.upper == "SELECT":
            yield Refusal(
                "a subquery in VALUES", "only expressions are allowed there", "INSERT ... SELECT", "r_INSERT_30.html"
            )


def _without_comments(statement: str) -> str:
    """Blank out comments that stand outside of quotes."""
    if "--" not in statement and "/*" not in statement:
        return statement
    parts = re.split(r"""('(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*")""", statement, flags=re.DOTALL)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"--[^\n]*|/\*.*?\*/", " ", parts[place], flags=re.DOTALL)
    return "".join(parts).strip()
