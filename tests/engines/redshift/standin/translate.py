"""Translate Redshift SQL to PostgreSQL that means the same, or refuse."""

from __future__ import annotations

import re
from collections.abc import Mapping

# sqlglot keeps what a generator knew at its first use, and Ibis adds to that of PostgreSQL when this is imported.
import ibis.backends.sql.dialects  # noqa: F401
from sqlglot import ErrorLevel, exp
from sqlglot.dialects.postgres import Postgres

from tests.engines.redshift.standin import ddl, routines
from tests.engines.redshift.standin.data_types import Catalogue, digits_of, division_scale, to_postgres, width
from tests.engines.redshift.standin.errors import Untranslatable
from tests.engines.redshift.standin.functions import call, cast, part_name, translate_call
from tests.engines.redshift.standin.lexer import split_statements
from tests.engines.redshift.standin.paths import expand_elements, expand_paths, is_path
from tests.engines.redshift.standin.reader import read
from tests.engines.redshift.standin.refusals import refuse_spelling, refuse_uses
from tests.engines.redshift.standin.selects import expand_aliases, expand_qualify, name_calls

QUERIES = ("SELECT", "WITH", "(", "INSERT", "UPDATE", "DELETE", "MERGE")

UNCHANGED = re.compile(
    r"(BEGIN|START TRANSACTION|COMMIT|END|ROLLBACK|ABORT)( (WORK|TRANSACTION))?$"
    r"|DROP (TABLE|VIEW|SCHEMA) |CREATE SCHEMA |COMMENT ON (TABLE|VIEW|COLUMN|SCHEMA) |(GRANT|REVOKE) |TRUNCATE "
    r"|ALTER TABLE \S+ (RENAME TO|RENAME COLUMN|DROP COLUMN|OWNER TO) |ANALYZE( \S+( ?\([^()]*\))?)?$|VACUUM( \S+)?$"
    r"|LOCK |SHOW \w+$|(SET|RESET) (timezone|search_path|statement_timeout|datestyle|client_encoding)\b",
    re.IGNORECASE,
)
"""Statements that both databases write and understand alike."""

PARAMETERS = ("query_group", "enable_result_cache_for_session", "wlm_query_slot_count", "application_name")
"""Settings of a Redshift session that change no result."""


def unknown_tables(schema: str | None, table: str) -> Mapping[str, str]:
    """Describe no table."""
    del schema, table
    return {}


def translate(sql: str, catalogue: Catalogue = unknown_tables) -> str:
    """Return PostgreSQL's form of one or more statements, joined by semicolons.

    Raises:
        Untranslatable: For the first statement without a faithful form.
    """
    return ";\n".join(translate_statement(statement, catalogue) for statement in split_statements(sql))


def translate_statement(statement: str, catalogue: Catalogue = unknown_tables) -> str:
    """Return PostgreSQL's form of one statement that the lexer has cut out."""
    statement = re.sub(r"\A\s+|\s+\Z", "", statement)
    head = " ".join(statement[:200].upper().split())
    refuse_spelling(statement)
    if head.startswith("EXPLAIN "):
        return "EXPLAIN " + translate_statement(statement[len("EXPLAIN ") :], catalogue)
    if head.startswith(QUERIES):
        return to_sql(translate_tree(read(statement), catalogue))
    if head.startswith("CREATE") and re.match(r"CREATE (OR REPLACE )?VIEW ", head):
        return _view(statement, catalogue)
    if head.startswith("CREATE") and ddl.CREATE_TABLE.match(statement):
        return _table(statement, catalogue)
    if added := ddl.ADD_COLUMN.match(statement):
        return f"{added[1]} {to_sql(_translated_definition(ddl.column_definition(added[2])))}"
    if routines.STATEMENT.match(statement):
        return routines.translate_routine(statement)
    if UNCHANGED.match(" ".join(statement.split())):
        # PostgreSQL's roles are users, groups and roles in one.
        is_grant = head.startswith(("GRANT ", "REVOKE "))
        return re.sub(r"\b(TO|FROM)\s+ROLE\s", r"\1 ", statement, flags=re.IGNORECASE) if is_grant else statement
    return _setting(statement)


def translate_tree(tree: exp.Expression, catalogue: Catalogue, *, is_stored: bool = False) -> exp.Expression:
    """Return the tree of a query, maybe one of a table or view, or of a statement that changes rows."""
    refuse_uses(tree, catalogue, is_stored=is_stored)
    expand_elements(tree)
    expand_paths(tree)
    expand_aliases(tree, catalogue)
    name_calls(tree)
    tree = expand_qualify(tree, catalogue)
    tree = exp.Paren(this=tree)
    _divide(tree, catalogue)
    _translate_nodes(tree)
    return tree.this


def _translated_definition(tree: exp.Expression) -> exp.Expression:
    # Defaults are expressions too.
    _divide(tree, unknown_tables)
    _translate_nodes(tree)
    return tree


def to_sql(tree: exp.Expression) -> str:
    """Write a tree as PostgreSQL; a construct that sqlglot knows PostgreSQL to lack is an error."""
    generator = Postgres().generator(unsupported_level=ErrorLevel.RAISE, normalize_functions=False)
    return str(generator.generate(tree, copy=False))


def _divide(tree: exp.Expression, catalogue: Catalogue) -> None:
    # Types are read before any division is rewritten: one operand may be another division.
    scales = []
    for node in tree.find_all(exp.Div):
        left, right = digits_of(node.this, catalogue), digits_of(node.expression, catalogue)
        is_decimal = left and right and not (left.is_integer and right.is_integer)
        scales.append((node, division_scale(left, right) if left and right and is_decimal else None))
    for node, scale in reversed(scales):
        arguments = [node.this, node.expression]
        if scale is not None:
            decimals = [_marked(cast(each.copy(), "NUMERIC")) for each in arguments]
            arguments = [*decimals, exp.Literal.number(scale)]
        node.replace(_marked(call("redshift.divide", *arguments)))


def _marked(node: exp.Expression) -> exp.Expression:
    # PostgreSQL's own types must not be read as Redshift's: a bare NUMERIC would become (18,0).
    node.meta["is_translated"] = True
    return node


def _translate_nodes(tree: exp.Expression) -> None:
    # From the leaves up: a call is copied into what replaces it, with its arguments as they are then.
    for node in reversed(list(tree.walk(bfs=False))):
        _translate_node(node)


def _translate_node(node: exp.Expression) -> None:
    if node.meta.get("is_translated"):
        return
    if isinstance(node, exp.Anonymous):
        translate_call(node)
    elif isinstance(node, exp.TryCast):
        node.replace(_try_cast(node))
    elif isinstance(node, exp.Cast):
        node.replace(_cast(node))
    elif isinstance(node, exp.Extract):
        node.replace(call("redshift.extract", part_name(node.this), node.expression))
    elif isinstance(node, exp.CurrentTimestamp):
        node.replace(call("redshift.sysdate"))
    elif isinstance(node, exp.StrPosition):
        node.replace(call("strpos", node.this, node.args["substr"]))
    elif isinstance(node, (exp.Pow, exp.Sqrt, exp.Cbrt)):
        operands = [each for each in (node.this, node.args.get("expression")) if each is not None]
        name = {exp.Pow: "power", exp.Sqrt: "sqrt", exp.Cbrt: "cbrt"}[type(node)]
        node.replace(call(name, *(cast(each.copy(), "DOUBLE PRECISION") for each in operands)))


def _cast(node: exp.Cast) -> exp.Expression:
    target = to_postgres(node.to, in_table=False)
    if target == "JSONB":
        return call("to_jsonb", cast(node.this.copy(), "TEXT") if node.this.is_string else node.this.copy())
    if target == "BYTEA":
        return call("redshift.to_varbyte", node.this, exp.Literal.string("utf8"))
    if is_path(node.this):
        node = exp.Cast(this=call("redshift.super_text", node.this), to=node.to)
    bytes_ = width(node.to) if target.startswith("VARCHAR") else None
    if bytes_ is None:
        return cast(node.this.copy(), target)
    fitted = call("redshift.fit", cast(node.this.copy(), "VARCHAR"), exp.Literal.number(bytes_))
    return cast(fitted, target)


def _try_cast(node: exp.TryCast) -> exp.Expression:
    target = to_postgres(node.to, in_table=False)
    if target.startswith("VARCHAR"):
        return _cast(node)
    value = node.this.copy()
    if isinstance(value, exp.Literal) and value.is_string:
        value = cast(value, "TEXT")
    tried = call("redshift.try_cast", value, exp.Literal.string(target), cast(exp.null(), target))
    return cast(tried, target)


def _table(statement: str, catalogue: Catalogue) -> str:
    header, query = ddl.split_table(statement)
    if query is None:
        return to_sql(_translated_definition(ddl.table_definition(header)))
    return f"{header} AS {to_sql(translate_tree(read(query), catalogue, is_stored=True))}"


def _view(statement: str, catalogue: Catalogue) -> str:
    view = ddl.split_view(statement)
    tree = read(view.query)
    if view.is_late:
        ddl.require_schemas(tree)
    query = to_sql(translate_tree(tree, catalogue, is_stored=True))
    return ddl.late_view(view, query) if view.is_late else f"{view.header} AS {query}"


def _setting(statement: str) -> str:
    match = re.fullmatch(r"SET\s+(?:SESSION\s+)?(\w+)\s*(?:=|\s+TO\s)\s*('[^']*'|\w+)", statement, re.IGNORECASE)
    if match and match[1].lower() in PARAMETERS:
        return f"SET redshift.{match[1].lower()} TO {match[2]}"
    match = re.fullmatch(r"RESET\s+(\w+)", statement, re.IGNORECASE)
    if match and match[1].lower() in PARAMETERS:
        return f"RESET redshift.{match[1].lower()}"
    raise Untranslatable(statement[:200])
