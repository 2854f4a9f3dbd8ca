"""The gate refuses what AWS does not document, names it, and lets pass what AWS documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import ibis
import psycopg
import pytest
import sqlglot.expressions as sge
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.build.plan import Schemas, build_statements, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.redshift import gate
from marketing_ibis.engines.redshift.compiler import compiler
from marketing_ibis.engines.redshift.gate import queries, statements, vocabulary
from marketing_ibis.engines.redshift.gate.functions import CATALOG, FUNCTIONS
from marketing_ibis.engines.redshift.gate.grammar import CALLS, OPERATIONS, PARTS
from marketing_ibis.errors import RefusedByRedshift
from tests.engines.redshift.corpus import ACCEPTED, REJECTED, TABLES
from tests.engines.redshift.operations import CASES, expression_of, redshift_sql
from tests.paths import ROOT
from tests.postgres_server import fresh_database
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

HOW_TO = ROOT / "docs" / "how-to" / "redshift.md"
GUIDE = "https://docs.aws.amazon.com/redshift/latest/dg/"
QUERIES = sorted(
    name for name, entry in ACCEPTED.items() if entry.sql.startswith("SELECT") and "FROM sales" in entry.sql
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[psycopg.Connection]:
    with fresh_database() as uri, psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(TABLES)
        yield connection


@pytest.mark.parametrize("name", REJECTED)
def test_postgres_accepts_what_the_gate_refuses(name: str, postgres: psycopg.Connection) -> None:
    with postgres.transaction(force_rollback=True):
        assert postgres.execute(REJECTED[name].sql).statusmessage


def test_what_aws_leaves_out_is_refused_by_its_name() -> None:
    for name, entry in REJECTED.items():
        refusals = gate.check(entry.sql)
        message = [str(refusal) for refusal in refusals if entry.construct.lower() in refusal.construct.lower()]
        assert message, f"{name}: {entry.construct} is in none of {list(map(str, refusals))}"
        assert all(GUIDE in line and ".html)" in line for line in message), name
        with pytest.raises(RefusedByRedshift, match="Model a: "):
            gate.require(entry.sql, subject="Model a")


def test_what_aws_documents_passes() -> None:
    found = {name: [str(refusal) for refusal in gate.check(entry.sql)] for name, entry in ACCEPTED.items()}
    assert not {name: refusals for name, refusals in found.items() if refusals}


def test_the_corpus_is_large_and_cites_the_guide() -> None:
    assert len(REJECTED) >= 150
    assert len(ACCEPTED) >= 100
    assert all(entry.page.endswith(".html") for entry in (*REJECTED.values(), *ACCEPTED.values()))
    assert all(entry.construct for entry in REJECTED.values())


@given(
    name=st.sampled_from(QUERIES),
    alias=st.sampled_from(["", " AS made", ' AS "made"', " + 1 AS made"]),
    word=st.text("abcdefghijklmnopqrstuvwxyz_", min_size=3, max_size=12).filter(str.isidentifier),
)
def test_a_call_of_any_other_name_is_refused(name: str, alias: str, word: str) -> None:
    if word.upper() in FUNCTIONS or word.upper() in CATALOG or word.upper() in vocabulary.TYPES:
        return
    sql = ACCEPTED[name].sql.replace(" FROM sales", f", my_{word}(salesid){alias} FROM sales", 1)
    assert any(f"MY_{word}".upper() in refusal.construct for refusal in gate.check(sql))


UNDOCUMENTED_NODES = sorted(
    name
    for name, kind in vars(sge).items()
    if isinstance(kind, type)
    and issubclass(kind, sge.Expression)
    and name not in (*PARTS, *OPERATIONS, *CALLS, "Expression", "Expr")
)


def test_the_syntax_that_is_known_is_a_small_part_of_sqlglot() -> None:
    assert len(UNDOCUMENTED_NODES) > 500
    assert {*PARTS, *OPERATIONS, *CALLS} <= set(vars(sge)), "a kind of node was renamed"


@pytest.mark.parametrize("name", ["running_sum", "listagg", "joins"])
def test_a_node_of_any_other_kind_is_refused(name: str) -> None:
    for kind in UNDOCUMENTED_NODES:
        tree = queries.parse_query(ACCEPTED[name].sql)
        tree.expressions[0].replace(sge.alias_(getattr(sge, kind)(), "odd"))
        refusals = list(queries.check_tree(tree))
        assert any(refusal.column == "odd" for refusal in refusals), kind


@pytest.mark.parametrize("kind", sorted(PARTS))
def test_a_part_that_is_not_documented_is_refused(kind: str) -> None:
    node = getattr(sge, kind)
    needed = {part: child_of(kind, part) for part, is_needed in node.arg_types.items() if is_needed}

    def refusals(**extra: object) -> int:
        tree = sge.select("a").from_("t").where(node(**needed, **extra).copy())
        return len(list(queries.check_tree(tree)))

    for part in sorted(set(node.arg_types) - PARTS[kind]):
        assert refusals(**{part: True}) > refusals(), part


def child_of(kind: str, part: str) -> sge.Expression | list[sge.Expression]:
    if part == "to":
        return sge.DataType.build("int")
    if part == "expressions":
        return [sge.column("b")]
    return sge.select("b") if kind in ("Union", "Intersect", "Except") else sge.column("b")


def test_a_function_with_one_argument_too_many_is_refused() -> None:
    for name, function in FUNCTIONS.items():
        if function.most > 20:
            continue
        call = f"{name}({', '.join(f'a{number}' for number in range(function.most + 1))})"
        refusals = gate.check(f"SELECT {call} FROM t")
        assert any(f"function {name}" in str(each) or "cannot be read" in str(each) for each in refusals), name


# What leaves the compiler


def test_every_operation_passes_as_text_too() -> None:
    for name in CASES:
        sql = redshift_sql(expression_of(name))
        queries.passed_queries.clear()
        assert gate.check(f"{sql} ") == (), name


def test_every_statement_of_a_build_passes_as_text_too() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    plan = build_plan(
        dataflow, list(dataflow.models), ENGINES["redshift"].dialect(), Schemas(readers=("group analysts",))
    )
    sent = [statement for step in plan.steps() for statement in build_statements(plan, step)]
    queries.passed_queries.clear()
    statements._check.cache_clear()
    assert gate.check_script([*script(plan), *sent]) == ()


@ibis.udf.scalar.builtin
def age(a: str, b: str) -> int:  # type: ignore[empty-body]
    """A function of PostgreSQL that Redshift does not run on tables."""


@ibis.udf.scalar.builtin
def f_distance(a: str, b: str) -> int:  # type: ignore[empty-body]
    """A function that a user has created."""


def test_to_sql_refuses_with_column_operation_and_page() -> None:
    table = ibis.table({"a": "string", "b": "string"}, name="t")
    expression = table.select("a", years=age(table.a, table.b))
    with pytest.raises(RefusedByRedshift) as caught:
        ibis.to_sql(expression, dialect="redshift")
    assert "column years: function AGE: it runs on the leader node only" in caught.value.message
    assert f"({GUIDE}c_SQL_functions_leader_node_only.html)" in caught.value.message
    assert caught.value.message in HOW_TO.read_text("utf-8"), "the page shows another message"


def test_the_example_of_local_time_is_compiled() -> None:
    (example,) = (text for text in HOW_TO.read_text("utf-8").split("```python\n") if "def convert_timezone" in text)
    variables: dict[str, object] = {"ibis": ibis}
    exec(example.partition("```")[0], variables)
    sql = ibis.to_sql(variables["orders"].select(local=variables["local"]), dialect="redshift")  # type: ignore[attr-defined]
    assert """CONVERT_TIMEZONE('UTC', 'Europe/Berlin', "t0"."ordered_at") AS "local\"""" in sql


def test_a_function_that_a_user_declares_passes_as_a_query_and_in_a_table() -> None:
    table = ibis.table({"a": "string", "b": "string"}, name="t")
    query = ibis.to_sql(table.select("a", far=f_distance(table.a, table.b)), dialect="redshift")
    assert gate.check(f"CREATE TABLE distances AS {query}") == ()
    queries.passed_queries.clear()
    assert "F_DISTANCE: it is neither documented nor in allowed_functions" in str(gate.check(f"{query} ")[0])


def test_the_functions_of_the_settings_pass() -> None:
    statements = (
        "SELECT f_distance(a, b) FROM t",
        "SELECT s.f_distance(a, 1, 2) FROM t GROUP BY s.f_distance(a, 1, 2)",
    )
    assert all(gate.check(statement) for statement in statements)
    gate.allow_functions(["s.f_distance"])
    try:
        assert [gate.check(statement) for statement in statements] == [(), ()]
        assert gate.check("SELECT age(a, b) FROM t")
    finally:
        gate.allow_functions([])


@pytest.mark.parametrize(
    ("value", "construct"),
    [
        (sge.Cast(this=sge.column("b", "t"), to=sge.DataType.build("varchar(9)")), "a cast of a boolean to text"),
        (sge.Sum(this=sge.column("b", "t")), "SUM of a boolean"),
        (sge.Anonymous(this="UPPER", expressions=[sge.column("b", "t")]), "UPPER of a boolean"),
        (sge.DPipe(this=sge.column("b", "t"), expression=sge.Literal.string("x")), "|| of a boolean"),
        (sge.Anonymous(this="AVG", expressions=[sge.column("n", "t")]), "AVG of whole numbers"),
    ],
)
def test_what_only_a_type_decides_is_refused(value: sge.Expression, construct: str) -> None:
    table = ibis.table({"b": "boolean", "n": "int64"}, name="t")
    compiled = compiler.to_sqlglot(table.mutate(c=~table.b, m=table.n + 1))
    marked = {column.name: column.type for column in compiled.find_all(sge.Column) if column.type}
    for column in value.find_all(sge.Column):
        column.type = marked[column.name]
    with pytest.raises(RefusedByRedshift, match=f"column odd: {construct}".replace("|", r"\|")):
        sge.select(value.as_("odd")).from_("t").sql(dialect=compiler.dialect)


def test_a_text_that_says_more_than_its_tree_is_read_again() -> None:
    tree = sge.select("a").from_("t")
    with pytest.raises(RefusedByRedshift, match="window function"):
        gate.require_tree(tree, "SELECT a FROM t WHERE ROW_NUMBER() OVER (ORDER BY a) = 1")


def test_a_query_is_remembered_without_the_names_of_its_tables_only() -> None:
    first = 'SELECT "t0"."a" FROM "x"."b" AS "t0"'
    gate.require_tree(queries.parse_query(first), first)
    assert queries.without_relations(first) in queries.passed_queries
    assert queries.without_relations('SELECT "t0"."a" FROM "y"."c" AS "t0"') in queries.passed_queries
    for other in ('SELECT "t0"."b" FROM "x"."b" AS "t0"', 'SELECT "t0"."a" FROM "pg_catalog"."b" AS "t0"'):
        assert queries.without_relations(other) not in queries.passed_queries


def test_a_statement_that_ends_a_transaction_is_refused_inside_one() -> None:
    assert [r.construct for r in gate.check_script(["BEGIN", "TRUNCATE TABLE a", "COMMIT", "TRUNCATE TABLE a"])] == [
        "TRUNCATE"
    ]
    with pytest.raises(RefusedByRedshift, match="VACUUM"):
        gate.require("VACUUM a", in_transaction=True)
    gate.require("VACUUM a")


def test_a_statement_of_17_million_bytes_is_refused() -> None:
    (refusal,) = gate.check(f"SELECT '{'x' * 17_000_000}' FROM t")
    assert "16 MB at most" in str(refusal)


def test_a_plan_refuses_statements_around_a_query_too() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    plan = build_plan(dataflow, ["orders"], ENGINES["redshift"].dialect(), Schemas(models="a" * 128))
    (step,) = plan.steps()
    with pytest.raises(RefusedByRedshift, match=r"Model orders cannot be built on redshift: name aaa.* 128 bytes"):
        build_statements(plan, step)
    with pytest.raises(RefusedByRedshift, match="128 bytes"):
        script(plan)


def test_a_model_is_refused_by_its_name() -> None:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    model = dataflow.models["stg_customers"]
    text = model.expression.columns[1]
    odd = model.expression.mutate(**{text: age(model.expression[text], "x").cast("string")})
    changed = replace(dataflow, models={**dataflow.models, "stg_customers": replace(model, expression=odd)})
    message = f"Model stg_customers cannot be compiled for redshift: .*column {text}: function AGE"
    with pytest.raises(RefusedByRedshift, match=message):
        build_plan(changed, ["stg_customers"], ENGINES["redshift"].dialect(), Schemas())
