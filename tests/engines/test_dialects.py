"""What a dialect writes without a compiler is what its compiler, or sqlglot, would write."""

from __future__ import annotations

import ibis.expr.datatypes as dt
import pytest
import sqlglot.expressions as sge
from hypothesis import given
from hypothesis import strategies as st

from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.engines.duckdb.target import open_duckdb
from marketing_ibis.engines.plain_rows import PlainRows

DIALECTS = {name: engine.dialect() for name, engine in ENGINES.items()}
DECIMALS = st.integers(1, 38).flatmap(lambda digits: st.tuples(st.just(digits), st.integers(0, digits)))


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    return DIALECTS[request.param]


def test_the_names_of_types_are_those_of_ibis(dialect: Dialect) -> None:
    assert dialect.type_names
    assert dialect.type_names == {text: str(dialect.parse_type(text)) for text in dialect.type_names}


def test_the_words_of_ddl_are_those_of_the_compiler(dialect: Dialect) -> None:
    written = {name: str(dialect.compiler.type_mapper.to_string(dt.dtype(name))) for name in dialect.column_types}
    assert dialect.column_types == written
    assert dialect.column_type(dt.int64(nullable=False)) == dialect.column_types["int64"]
    assert dialect.column_type("time") == str(dialect.compiler.type_mapper.to_string(dt.time))


@given(digits=DECIMALS)
def test_decimals_are_known_without_a_compiler(digits: tuple[int, int]) -> None:
    for dialect in DIALECTS.values():
        decimal = dt.Decimal(*digits)
        assert dialect.column_type(decimal) == str(dialect.compiler.type_mapper.to_string(decimal))
        text = f"DECIMAL({digits[0]},{digits[1]})"
        assert dialect.type_name(text) == str(dialect.parse_type(text)) == str(decimal)


@pytest.mark.parametrize("text", ["character varying(12)", "character(3)", "character varying"])
def test_strings_of_servers_have_no_length(text: str) -> None:
    assert DIALECTS["postgres"].type_name(text) == DIALECTS["redshift"].type_name(text) == "string"


@given(text=st.text(st.characters(codec="utf-8")))
def test_names_and_literals_are_quoted_as_sqlglot_quotes_them(text: str) -> None:
    for dialect in DIALECTS.values():
        writer = dialect.compiler.dialect
        assert dialect.literal(text) == sge.Literal.string(text).sql(dialect=writer)
        if text:
            assert dialect.identifier(text) == sge.to_identifier(text, quoted=True).sql(dialect=writer)


@given(st.lists(st.tuples(st.none() | st.just(1), st.none() | st.sampled_from(["", "abcd", "éé", "abcde", "éé!"]))))
def test_a_fault_is_found_where_one_is_counted(rows: list[tuple[int | None, str | None]]) -> None:
    dialect, relation = ENGINES["duckdb"].dialect(), Relation("main", "words")
    with open_duckdb() as target:
        target.execute("CREATE TABLE words (n INTEGER, word TEXT)")
        target.append_rows(relation, PlainRows.of({"n": "int32", "word": "string"}, rows))
        for required, widths in ((["n", "word"], {"word": 4}), (["n"], {}), ([], {"word": 4})):
            (counts,) = target.query(dialect.count_faults(relation, required, widths))
            assert bool(target.query(dialect.find_fault(relation, required, widths))) == any(counts)
