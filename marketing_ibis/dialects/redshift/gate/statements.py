"""Check whole statements: which kind each is, and the query inside."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import sqlglot.expressions as sge
from sqlglot.dialects import Redshift
from sqlglot.errors import ErrorLevel, SqlglotError
from sqlglot.tokens import Token

from marketing_ibis.dialects.redshift.gate import vocabulary as known
from marketing_ibis.dialects.redshift.gate.data_types import check_data_type
from marketing_ibis.dialects.redshift.gate.refusal import Refusal
from marketing_ibis.dialects.redshift.gate.tokens import check_name, check_tokens
from marketing_ibis.dialects.redshift.gate.tree import check_tree
from marketing_ibis.errors import RefusedByRedshift

NAME = r'(?:"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_$]*)'
PLACE = rf"{NAME}(?:\s*\.\s*{NAME})?"
TEXT = r"'(?:[^'\\]|''|\\\\)*'"
WHO = rf"(?:PUBLIC|(?:GROUP\s+|ROLE\s+)?{NAME})"
QUERY = r"(?P<query>(?:SELECT|WITH)\b.*)"
COLUMNS = rf"\(\s*{NAME}(?:\s*,\s*{NAME})*\s*\)"
LAYOUT = (
    r"(?:\s*(?:DISTSTYLE\s+(?:AUTO|EVEN|ALL|KEY)|DISTKEY\s*(?P<dist>\(\s*NAME\s*\))|BACKUP\s+(?:YES|NO)"
    r"|(?:COMPOUND\s+|INTERLEAVED\s+)?SORTKEY\s*(?P<sort>COLUMNS)|SORTKEY\s+AUTO))*"
)
COLUMN_LIST = r"""(?:"(?:[^"]|"")*"|'(?:[^']|'')*'|\((?:[^()]|\([^()]*\))*\)|[^()"'])*"""
"""Anything whose parentheses and quotes are closed."""
LAYOUT = LAYOUT.replace("COLUMNS", COLUMNS).replace("NAME", NAME)

TEMPLATES = tuple(
    re.compile(pattern, re.IGNORECASE | re.DOTALL)
    for pattern in (
        QUERY,
        rf"INSERT\s+INTO\s+{PLACE}\s*(?:{COLUMNS}\s*)?{QUERY}",
        rf"CREATE\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?{PLACE}\s*\((?P<columns>{COLUMN_LIST})\){LAYOUT}",
        rf"CREATE\s+TABLE\s+{PLACE}\s*(?:{COLUMNS}\s*)?{LAYOUT}\s*AS\s+{QUERY}",
        rf"CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+{PLACE}\s*(?:{COLUMNS}\s*)?AS\s+(?P<late>{QUERY})\s+WITH\s+NO\s+SCHEMA\s+BINDING",
        rf"CREATE\s+(?:OR\s+REPLACE\s+)?VIEW\s+{PLACE}\s*(?:{COLUMNS}\s*)?AS\s+{QUERY}",
        rf"DROP\s+(?:TABLE|VIEW)\s+(?:IF\s+EXISTS\s+)?{PLACE}(?:\s+(?:CASCADE|RESTRICT))?",
        rf"ALTER\s+TABLE\s+{PLACE}\s+RENAME\s+TO\s+{NAME}",
        rf"CREATE\s+SCHEMA\s+(?:IF\s+NOT\s+EXISTS\s+)?{NAME}",
        rf"COMMENT\s+ON\s+(?:TABLE|VIEW|COLUMN)\s+{PLACE}(?:\s*\.\s*{NAME})?\s+IS\s+(?:{TEXT}|NULL)",
        rf"GRANT\s+(?:SELECT|USAGE)\s+ON\s+(?:TABLE\s+|SCHEMA\s+)?{PLACE}\s+TO\s+{WHO}(?:\s*,\s*{WHO})*",
        rf"ANALYZE(?:\s+{PLACE})?",
        rf"SET\s+query_group\s+TO\s+{TEXT}",
        r"RESET\s+query_group",
        rf"SET\s+(?:TIMEZONE|timezone)\s+TO\s+{TEXT}",
        rf"DELETE\s+FROM\s+{PLACE}",
        rf"TRUNCATE\s+(?:TABLE\s+)?{PLACE}",
        rf"LOCK\s+(?:TABLE\s+)?{PLACE}",
        r"(?:BEGIN|COMMIT|ROLLBACK)(?:\s+(?:WORK|TRANSACTION))?",
        rf"UNLOAD\s*\(\s*{TEXT}\s*\)\s+TO\s+{TEXT}.*",
        rf"VACUUM(?:\s+{PLACE})?",
    )
)
"""Statements, from the most to the least used; the named parts are checked by themselves."""
NEVER_IN_TRANSACTION = re.compile(
    r"\s*(VACUUM|TRUNCATE|CREATE\s+DATABASE|DROP\s+DATABASE|ALTER\s+TABLE\s+\S+\s+APPEND)", re.I
)
OPENING = re.compile(r"\s*BEGIN\b", re.I)
CLOSING = re.compile(r"\s*(COMMIT|ROLLBACK)\b", re.I)
READER = Redshift()


def check(statement: str) -> tuple[Refusal, ...]:
    """Return everything in one statement that AWS does not document; nothing when it may be sent.

    It fails closed: what is not recognised is refused.
    """
    return _check(statement.strip().rstrip(";").strip())


def require(statement: str, *, subject: str = "") -> None:
    """Let a documented statement pass.

    Raises:
        RefusedByRedshift: naming ``subject``, the column, each construct and what to write instead.
    """
    refusals = check(statement)
    if refusals:
        told = "; ".join(dict.fromkeys(map(str, refusals)))
        raise RefusedByRedshift(
            f"{f'{subject}: ' if subject else ''}Redshift would refuse this. {told[:1].upper()}{told[1:]}."
        )


def check_script(statements: Iterable[str]) -> tuple[Refusal, ...]:
    """Return what is wrong with statements that are sent one after another, transactions included."""
    found: list[Refusal] = []
    is_open = False
    for statement in statements:
        found += check(statement)
        is_open = (is_open or bool(OPENING.match(statement))) and not CLOSING.match(statement)
        forbidden = NEVER_IN_TRANSACTION.match(statement)
        if is_open and forbidden:
            reason = "it ends a transaction or cannot stand in one"
            found.append(Refusal(forbidden[1].upper(), reason, "it after COMMIT", "r_BEGIN.html"))
    return tuple(found)


@lru_cache(maxsize=512)
def _check(statement: str) -> tuple[Refusal, ...]:
    size = len(statement.encode())
    if size > known.STATEMENT_BYTES:
        return (Refusal("the statement", f"it has {size:,} bytes, 16 MB at most", "tables", "c_redshift-sql.html"),)
    plain = _without_comments(statement)
    for template in TEMPLATES:
        match = template.fullmatch(plain)
        if match:
            return tuple(_check_parts(plain, match.groupdict()))
    return (
        Refusal(f"statement {statement[:40]!r}", "no statement of this form is documented", page="c_SQL_commands.html"),
    )


def _check_parts(statement: str, parts: dict[str, str | None]) -> Iterator[Refusal]:
    query = parts.get("query")
    head = statement if query is None else statement[: statement.index(query)]
    for name in re.findall(NAME, re.sub(TEXT, "''", head)):
        if name.startswith('"'):
            yield from check_name(name[1:-1].replace('""', '"'))
    if query is not None:
        yield from _check_query(query, is_late="late" in parts and parts["late"] is not None)
    if parts.get("columns") is not None:
        yield from _check_columns(str(parts["columns"]))
    if parts.get("sort") and len(re.findall(NAME, str(parts["sort"]))) > known.SORT_KEYS:
        yield Refusal("SORTKEY", f"{known.SORT_KEYS} columns at most", "fewer columns", "r_CREATE_TABLE_NEW.html")


def _check_query(query: str, *, is_late: bool) -> Iterator[Refusal]:
    try:
        tokens = READER.tokenize(query)
        tree = _parse(query, tokens)
    except SqlglotError as error:
        told = str(error).split("\n")[0]
        yield Refusal("this text", f"it cannot be read ({told})", page="r_SELECT_synopsis.html")
        return
    yield from check_tokens(query, tokens)
    yield from check_tree(tree)
    if is_late:
        yield from _check_late_binding(tree)


def _parse(query: str, tokens: Sequence[Token]) -> sge.Expression:
    trees = READER.parser(error_level=ErrorLevel.RAISE).parse(list(tokens), query)
    if len(trees) != 1 or not isinstance(trees[0], sge.Query):
        raise SqlglotError("it is not one query")
    return trees[0]


def _check_late_binding(tree: sge.Expression) -> Iterator[Refusal]:
    ours = {cte.alias for cte in tree.find_all(sge.CTE)}
    for table in tree.find_all(sge.Table):
        if not table.db and table.name not in ours:
            reason = "a late-binding view names every schema"
            yield Refusal(
                f"table {table.name} without a schema", reason, f'"schema"."{table.name}"', "r_CREATE_VIEW.html"
            )


def _check_columns(columns: str) -> Iterator[Refusal]:
    """Check the columns of a table, one by one."""
    seen: dict[str, str] = {}
    definitions = list(_split(columns))
    if len(definitions) > known.COLUMNS:
        yield Refusal(
            f"{len(definitions)} columns", f"{known.COLUMNS} at most", "fewer columns", "r_CREATE_TABLE_usage.html"
        )
    for definition in definitions:
        match = COLUMN.fullmatch(definition)
        if match is None:
            yield Refusal(
                f"column {definition[:40]!r}", "no column of this form is documented", page="r_CREATE_TABLE_NEW.html"
            )
            continue
        name = match["name"].strip('"')
        if seen.setdefault(name.lower(), name) != name or list(seen).count(name.lower()) > 1:
            yield Refusal(
                f"columns {seen[name.lower()]} and {name}", "they are folded to one", "another name", "r_names.html"
            )
        if not match["name"].startswith('"') and name.lower() in known.RESERVED:
            yield Refusal(f"name {name}", "it is a reserved word", f'"{name}"', "r_pg_keywords.html")
        yield from _check_column_type(match["type"])


COLUMN = re.compile(
    rf"(?P<name>{NAME})\s+(?P<type>[A-Za-z0-9_]+(?:\s+PRECISION|\s+VARYING)?(?:\s*\([^)]*\))?(?:\s+WITH(?:OUT)?\s+TIME\s+ZONE)?)"
    r"(?:\s+(?:NOT\s+NULL|NULL|PRIMARY\s+KEY|UNIQUE|ENCODE\s+\w+|DISTKEY|SORTKEY|IDENTITY\s*\(\d+\s*,\s*\d+\)"
    r"|DEFAULT\s+(?:'[^']*'|-?\d+(?:\.\d+)?|NULL|GETDATE\(\)|SYSDATE)))*",
    re.IGNORECASE,
)


def _check_column_type(text: str) -> Iterator[Refusal]:
    word = text.split("(")[0].split()[0].upper()
    if word not in known.TYPES:
        instead = {"TEXT": "VARCHAR(n)"}.get(word, "a documented type")
        yield Refusal(
            f"type {text}", "it is not supported, or not what it says", instead, "c_Supported_data_types.html"
        )
        return
    if word in ("VARCHAR", "NVARCHAR", "CHAR", "CHARACTER") and "(" not in text:
        yield Refusal(
            f"type {text}", "its width is left open, which is 256 or 1", "VARCHAR(n)", "r_Character_types.html"
        )
    try:
        kind = READER.parse_into(sge.DataType, text)[0]
    except SqlglotError:
        yield Refusal(f"type {text}", "it cannot be read", "a documented type", "c_Supported_data_types.html")
        return
    if isinstance(kind, sge.DataType) and word != "INTERVAL":
        yield from check_data_type(kind)


def _split(columns: str) -> Iterator[str]:
    """Split at commas outside of parentheses and quotes."""
    depth, quoted, start = 0, False, 0
    for place, character in enumerate(columns):
        quoted ^= character == '"'
        if not quoted:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if character == "," and depth == 0:
                yield columns[start:place].strip()
                start = place + 1
    yield columns[start:].strip()


def _without_comments(statement: str) -> str:
    """Blank out comments that stand outside of quotes."""
    parts = re.split(r"""('(?:[^'\\]|''|\\.)*'|"(?:[^"]|"")*")""", statement, flags=re.DOTALL)
    for place in range(0, len(parts), 2):
        parts[place] = re.sub(r"--[^\n]*|/\*.*?\*/", " ", parts[place], flags=re.DOTALL)
    return "".join(parts).strip()
