"""Each Ibis operation is compiled and run, or refused by name; the page lists which."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Iterator

import ibis
import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import pytest
from ibis.common.annotations import ValidationError

from marketing_ibis.engines.redshift.compiler.unsupported import ABSENT, ONLY_AS_ROWS
from tests.engines.redshift.matrix import BASES, PARTS_OF_OTHERS, Operation, operations_of_ibis, page, states
from tests.engines.redshift.operations import redshift_sql
from tests.paths import ROOT

PAGE = ROOT / "docs" / "reference" / "redshift-operations.md"

TYPES = (
    "int64",
    "string",
    "float64",
    "boolean",
    "date",
    "time",
    "timestamp",
    "json",
    "geometry",
    "point",
    "linestring",
    "array<int64>",
    "array<string>",
    "array<array<int64>>",
    "array<boolean>",
    "map<string, int64>",
    "struct<a: int64>",
)
TABLE = ibis.table({f"c{number}": dtype for number, dtype in enumerate(TYPES)}, name="t", database="ops")
INTERVAL = ibis.interval(hours=1).op()
VALUES = (
    *(TABLE[name].op() for name in TABLE.columns),
    INTERVAL,
    *(ibis.literal(value).op() for value in (1, 0.5, "a", "D")),
)


def _vectorized(kind: type[ops.VectorizedUDF]) -> ibis.Expr:
    return kind(lambda values: values, (TABLE.c0.op(),), (dt.int64,), dt.int64).to_expr()


BY_HAND = {
    ops.ArrayFilter: lambda: TABLE.c11.filter(lambda x: x > 1),
    ops.ArrayMap: lambda: TABLE.c11.map(lambda x: x + 1),
    ops.ArrayConcat: lambda: TABLE.c11.concat(TABLE.c11),
    ops.GeoConvert: lambda: TABLE.c8.convert("EPSG:4326", "EPSG:3857"),
    ops.AnalyticVectorizedUDF: lambda: _vectorized(ops.AnalyticVectorizedUDF),
    ops.ElementWiseVectorizedUDF: lambda: _vectorized(ops.ElementWiseVectorizedUDF),
    ops.ReductionVectorizedUDF: lambda: _vectorized(ops.ReductionVectorizedUDF),
    ops.Kurtosis: lambda: TABLE.c2.kurtosis(),
    ops.ArrayZip: lambda: TABLE.c11.zip(TABLE.c12),
    ops.Array: lambda: ibis.array([TABLE.c0]),
    ops.StructColumn: lambda: ibis.struct({"a": TABLE.c0}),
    ops.StructField: lambda: TABLE.c16["a"],
    ops.MultiQuantile: lambda: TABLE.c0.quantile([0.1, 0.5]),
    ops.ApproxMultiQuantile: lambda: TABLE.c0.approx_quantile([0.1, 0.5]),
    ops.Hash: lambda: TABLE.c1.hash(),
    ops.HashBytes: lambda: TABLE.c1.hashbytes("md5"),
    ops.BetweenTime: lambda: TABLE.c6.time().between("06:00", "20:00"),
    ops.TimeTruncate: lambda: TABLE.c5.truncate("h"),
    ops.RowID: lambda: TABLE.rowid(),
    ops.CountDistinctStar: lambda: TABLE.nunique(),
    ops.Unnest: lambda: TABLE.select(a=TABLE.c11.unnest(), b=TABLE.c12.unnest()),
    ops.TimestampRange: lambda: ibis.range(TABLE.c6, TABLE.c6, ibis.interval(hours=1)),
    ops.WindowAggregate: lambda: TABLE.window_by(TABLE.c6).tumble(size=ibis.interval(hours=1)).agg(n=TABLE.count()),
}
"""Operations that the arguments above do not cover."""


def instances(operation: Operation) -> Iterator[ibis.Expr]:
    """Yield expressions of an operation, for every choice of arguments that its types allow."""
    if operation in BY_HAND:
        yield BY_HAND[operation]()
        return
    required = [p for p in operation.__signature__.parameters.values() if p.default is inspect.Parameter.empty]
    for arguments in itertools.product(VALUES, repeat=len(required)):
        try:
            yield operation(*arguments).to_expr()
        except (ValidationError, com.IbisError, TypeError, ValueError, AttributeError):
            continue


def test_every_operation_has_exactly_one_state() -> None:
    found = {operation: [entry.state for entry in states(operation)] for operation in operations_of_ibis()}
    wrong = {operation.__name__: claimed for operation, claimed in found.items() if len(claimed) != 1}
    assert not wrong, "add a case to tests/engines/redshift/operations, or a reason to unsupported.py of the compiler"


def test_what_is_declared_exists() -> None:
    names = {operation.__name__ for operation in operations_of_ibis()}
    assert names >= BASES | set(PARTS_OF_OTHERS)
    assert set(operations_of_ibis()) >= set(ABSENT) | set(ONLY_AS_ROWS)


def test_bases_are_bases() -> None:
    bases = [operation for operation in operations_of_ibis() if operation.__name__ in BASES]
    assert [base.__name__ for base in bases if not base.__subclasses__()] == []


@pytest.mark.parametrize("operation", sorted(ABSENT | ONLY_AS_ROWS, key=lambda cls: cls.__name__))
def test_refusal_names_the_operation_and_what_to_write_instead(operation: Operation) -> None:
    instance = next(instances(operation), None)
    assert instance is not None, f"nothing makes a {operation.__name__}: write one into BY_HAND"
    with pytest.raises(com.OperationNotDefinedError) as refused:
        redshift_sql(instance.as_table())
    reason = (ABSENT | ONLY_AS_ROWS)[operation]
    assert str(refused.value) == f"{operation.__name__} is not supported on Redshift. {reason}"


def test_page_is_what_the_tests_say(request: pytest.FixtureRequest) -> None:
    if request.config.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page(), "pytest tests/engines/redshift/test_matrix.py --update-golden"
