"""Translate the definitions of tables and views."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlglot import exp
from sqlglot.tokens import Token, TokenType

from tests.engines.redshift.standin.data_types import kind, to_postgres, width
from tests.engines.redshift.standin.errors import Untranslatable
from tests.engines.redshift.standin.reader import READER, read

NAME = r'(?:"[^"]+"|[\w$#]+)(?:\s*\.\s*(?:"[^"]+"|[\w$]+))*'
CREATE_TABLE = re.compile(r"CREATE\s+(?:(?:LOCAL\s+)?TEMP(?:ORARY)?\s+)?TABLE\s", re.IGNORECASE)
ADD_COLUMN = re.compile(rf"(ALTER\s+TABLE\s+{NAME}\s+ADD)\s+(?:COLUMN\s+)?(.*)", re.IGNORECASE | re.DOTALL)
VIEW = re.compile(
    rf"(?P<header>CREATE\s+(?P<replace>OR\s+REPLACE\s+)?VIEW\s+(?P<name>{NAME})\s*(?P<columns>\([^()]*\))?)\s*"
    r"AS\s+(?P<query>.*?)(?P<late>\s+WITH\s+NO\s+SCHEMA\s+BINDING)?",
    re.IGNORECASE | re.DOTALL,
)

STORAGE = {"DISTSTYLE": 1, "ENCODE": 1, "BACKUP": 1, "DISTKEY": 0, "SORTKEY": 0, "COMPOUND": 0, "INTERLEAVED": 0}
"""How a table is stored changes no result: the words, and how many words their value takes apart from a list."""

UNENFORCED = (exp.PrimaryKeyColumnConstraint, exp.UniqueColumnConstraint, exp.Reference)
"""Keys that Redshift only notes: t_Defining_constraints."""

UNENFORCED_ITEMS = ("PRIMARY", "UNIQUE", "FOREIGN", "CONSTRAINT")


@dataclass(frozen=True, slots=True)
class View:
    """The parts of CREATE VIEW."""

    header: str
    name: str
    query: str
    is_late: bool
    is_replacing: bool


def split_table(statement: str) -> tuple[str, str | None]:
    """Return a CREATE TABLE without words about storage, and the query of a CREATE TABLE AS."""
    kept: list[str] = []
    tokens = READER.tokenize(statement)
    depth = place = 0
    while place < len(tokens):
        token = tokens[place]
        word = token.text.upper()
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth == 0 and token.token_type == TokenType.ALIAS:
            return " ".join(kept), statement[token.end + 1 :].strip()
        if word in STORAGE and token.token_type != TokenType.IDENTIFIER and _is_attribute(tokens, place):
            place = _after_storage(tokens, place)
            continue
        kept.append(_identity(tokens, place) or statement[token.start : token.end + 1])
        place += 1
    return " ".join(kept), None


def _is_attribute(tokens: list[Token], place: int) -> bool:
    # A column may have such a name: it follows a comma or the bracket that opens the list.
    return tokens[place - 1].token_type not in (TokenType.COMMA, TokenType.L_PAREN)


def _after_storage(tokens: list[Token], place: int) -> int:
    after = place + 1 + STORAGE[tokens[place].text.upper()]
    if after < len(tokens) and tokens[place].text.upper() in ("DISTKEY", "SORTKEY"):
        if tokens[after].token_type == TokenType.L_PAREN:
            while tokens[after].token_type != TokenType.R_PAREN:
                after += 1
            return after + 1
        if tokens[after].text.upper() == "AUTO":
            return after + 1
    return after


def _identity(tokens: list[Token], place: int) -> str | None:
    # IDENTITY(seed, step): r_CREATE_TABLE_NEW. PostgreSQL counts without gaps, which Redshift does not promise.
    is_bare = tokens[place].text.upper() == "IDENTITY" and tokens[place - 1].text.upper() != "AS"
    return "GENERATED ALWAYS AS IDENTITY" if is_bare and _is_attribute(tokens, place) else None


def table_definition(statement: str) -> exp.Expression:
    """Return a CREATE TABLE whose columns have PostgreSQL's types and no keys."""
    opening = statement.index("(")
    items = split_items(statement[opening + 1 : statement.rindex(")")])
    columns = [item for item in items if item.split()[0].upper() not in UNENFORCED_ITEMS]
    if any(item.split()[0].upper() == "LIKE" for item in columns):
        raise Untranslatable("CREATE TABLE LIKE")
    tree = read(f"{statement[:opening]} ({', '.join(_with_seed(item) for item in columns)})")
    for column in list(tree.find_all(exp.ColumnDef)):
        _define(column)
    return tree


def _with_seed(item: str) -> str:
    return re.sub(r"(AS IDENTITY\s*)\(\s*(\d+)\s*,\s*(\d+)\s*\)", r"\1(START WITH \2 INCREMENT BY \3)", item)


def split_items(text: str) -> list[str]:
    """Split a list at the commas outside of brackets and literals."""
    items, depth, start = [], 0, 0
    for match in re.finditer(r"'(?:[^']|'')*'|\"[^\"]*\"|[(),]", text):
        depth += {"(": 1, ")": -1}.get(match[0], 0)
        if match[0] == "," and depth == 0:
            items.append(text[start : match.start()].strip())
            start = match.end()
    return [*items, text[start:].strip()]


def column_definition(text: str) -> exp.Expression:
    """Return the definition of one column."""
    header, _ = split_table(f"CREATE TABLE t ({text})")
    tree = read(header)
    column = tree.find(exp.ColumnDef)
    if column is None:
        raise Untranslatable(f"column {text}")
    _define(column)
    return column


def _define(column: exp.ColumnDef) -> None:
    type_ = column.args["kind"]
    target = to_postgres(type_, in_table=True)
    constraints = [each for each in column.constraints if not isinstance(each.kind, UNENFORCED)]
    keys = [each for each in column.constraints if isinstance(each.kind, exp.PrimaryKeyColumnConstraint)]
    if keys:
        constraints.append(exp.ColumnConstraint(kind=exp.NotNullColumnConstraint()))
    if kind(type_) in ("TEXT", "VARCHAR", "NVARCHAR"):
        # Widths are bytes: r_Character_types.
        bytes_ = width(type_) or int(re.sub(r"\D", "", target))
        size = exp.Anonymous(this="octet_length", expressions=[column.this.copy()])
        check = exp.CheckColumnConstraint(this=exp.LTE(this=size, expression=exp.Literal.number(bytes_)))
        constraints.append(exp.ColumnConstraint(kind=check))
    column.set("kind", exp.DataType.build(target, dialect="postgres"))
    column.set("constraints", constraints)


def split_view(statement: str) -> View:
    """Return the parts of a CREATE VIEW."""
    match = VIEW.fullmatch(statement)
    if match is None:
        raise Untranslatable(statement[:200])
    if match["late"] and match["columns"]:
        raise Untranslatable("a late-binding view with a list of columns")
    return View(match["header"], match["name"], match["query"], bool(match["late"]), bool(match["replace"]))


def require_schemas(tree: exp.Expression) -> None:
    """Refuse a late-binding view that names a table without its schema: r_CREATE_VIEW."""
    known = {cte.alias for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if not table.db and table.name not in known:
            raise Untranslatable(f"table {table.name} of a late-binding view without its schema")


def late_view(view: View, query: str) -> str:
    """Return the call that notes and binds a late-binding view."""
    parts = [part.strip().strip('"').lower() for part in view.name.split(".")]
    if len(parts) != 2:
        raise Untranslatable(f"late-binding view {view.name} without its schema")
    texts = [exp.Literal.string(text).sql("postgres") for text in (*parts, query)]
    return f"CALL redshift.create_late_view({', '.join(texts)}, {str(view.is_replacing).upper()})"
