"""Compile Ibis expressions to SQL that Redshift accepts: the difference from PostgreSQL, as tables and visitors."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, AggGen
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.rewrites import FirstValue, LastValue, lower_log2, lower_sample
from ibis.common.graph import Graph
from sqlglot.optimizer.eliminate_subqueries import eliminate_subqueries

from marketing_ibis.engines.redshift.compiler.double_literals import is_decimal_until_cast
from marketing_ibis.engines.redshift.compiler.rewrites.rules import to_redshift
from marketing_ibis.engines.redshift.compiler.sqlglot_dialect import FunctionNames, StrictRedshift
from marketing_ibis.engines.redshift.compiler.trees.constant_columns import type_constants
from marketing_ibis.engines.redshift.compiler.trees.embedded_names import query_over, rename_embedded_queries
from marketing_ibis.engines.redshift.compiler.trees.query_names import name_queries
from marketing_ibis.engines.redshift.compiler.trees.stored_columns import note_columns
from marketing_ibis.engines.redshift.compiler.types import RedshiftType
from marketing_ibis.engines.redshift.compiler.unsupported import ABSENT, ONLY_AS_ROWS, refusal_of, refuse_absent
from marketing_ibis.engines.redshift.compiler.visitors.aggregates import AggregateVisitors
from marketing_ibis.engines.redshift.compiler.visitors.casts import CastVisitors
from marketing_ibis.engines.redshift.compiler.visitors.date_buckets import BucketVisitors
from marketing_ibis.engines.redshift.compiler.visitors.date_differences import DifferenceVisitors, resolve_differences
from marketing_ibis.engines.redshift.compiler.visitors.date_formats import FormatVisitors
from marketing_ibis.engines.redshift.compiler.visitors.dates import DateVisitors
from marketing_ibis.engines.redshift.compiler.visitors.elements import ElementVisitors
from marketing_ibis.engines.redshift.compiler.visitors.json_paths import JsonVisitors, name_parsed_json
from marketing_ibis.engines.redshift.compiler.visitors.literals import LiteralVisitors
from marketing_ibis.engines.redshift.compiler.visitors.numbers import NumberVisitors
from marketing_ibis.engines.redshift.compiler.visitors.random_values import RandomVisitors
from marketing_ibis.engines.redshift.compiler.visitors.relations import RelationVisitors
from marketing_ibis.engines.redshift.compiler.visitors.strings import StringVisitors, refuse_split_alone
from marketing_ibis.engines.redshift.compiler.visitors.super_values import SuperVisitors
from marketing_ibis.engines.redshift.compiler.visitors.urls import UrlVisitors
from marketing_ibis.engines.redshift.gate.nodes import all_nodes
from marketing_ibis.engines.redshift.gate.queries import DECLARED

# These take no frame: "Frame clause should not be specified for ranking window functions".
# https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
FRAMELESS = (ops.RankBase, ops.NTile, ops.Lag, ops.Lead, ops.CumeDist, ops.PercentRank)
# These take PARTITION BY only: https://docs.aws.amazon.com/redshift/latest/dg/r_WF_MEDIAN.html
PARTITION_ONLY = (ops.Median, ops.ApproxMedian, ops.Quantile, ops.ApproxQuantile, ops.GroupConcat)
PATHS = (ops.JSONGetItem, ops.ArrayIndex, ops.StructField)
"""Steps into a value of type SUPER, which must start at a column."""
COMPARISONS = (sge.EQ, sge.NEQ, sge.LT, sge.LTE, sge.GT, sge.GTE, sge.Is, sge.In, sge.Between, sge.Like, sge.ILike)
"""What binds more tightly than NOT, AND and OR, and among itself in an order that versions of PostgreSQL changed."""
MARKED = {dt.Boolean: sge.DataType(this=sge.DataType.Type.BOOLEAN)} | dict.fromkeys(
    (dt.Int8, dt.Int16, dt.Int32, dt.Int64), sge.DataType(this=sge.DataType.Type.BIGINT)
)
"""Types that decide whether Redshift takes an expression, which its text alone does not tell."""


def _parenthesize_operands(comparison: sge.Expression) -> None:
    # From above: a node that is in two places knows only one of them as its parent.
    for key in ("this", "expression", "low", "high"):
        operand = comparison.args.get(key)
        # IS NOT NULL contains a NOT that is a part of it.
        is_null = isinstance(operand, sge.Not) and isinstance(operand.this, sge.Null)
        if isinstance(operand, (sge.Not, sge.Connector, *COMPARISONS)) and not is_null:
            comparison.set(key, sge.Paren(this=operand))


def _untype_nulls(case: sge.Case) -> None:
    """Write a NULL string without its type where another value of the CASE has one.

    A NULL of the widest VARCHAR would make the whole CASE that wide, and every row that is sorted with it.
    """
    choices = [(branch, "true") for branch in case.args["ifs"]] + [(case, "default")]
    nulls = [choice for choice in choices if _is_null_string(choice[0].args.get(choice[1]))]
    others = [node.args.get(key) for node, key in choices if (node, key) not in nulls]
    if any(other is not None and not isinstance(other, sge.Null) for other in others):
        for node, key in nulls:
            node.set(key, None if key == "default" else sge.Null())


def _is_null_string(value: sge.Expression | None) -> bool:
    if not isinstance(value, sge.Cast) or not isinstance(value.this, sge.Null):
        return False
    return bool(value.to.this == sge.DataType.Type.VARCHAR)


class RedshiftCompiler(
    NumberVisitors,
    AggregateVisitors,
    CastVisitors,
    LiteralVisitors,
    DateVisitors,
    FormatVisitors,
    BucketVisitors,
    DifferenceVisitors,
    UrlVisitors,
    JsonVisitors,
    SuperVisitors,
    ElementVisitors,
    StringVisitors,
    RandomVisitors,
    RelationVisitors,
    PostgresCompiler,  # type: ignore[misc]
):
    """Write what Redshift documents and refuse the rest."""

    __slots__ = ()

    dialect = StrictRedshift
    type_mapper = RedshiftType

    agg = AggGen(supports_filter=False, supports_order_by=False)
    supports_qualify = True

    LOWERED_OPS: ClassVar[dict[type[ops.Node], Any]] = {
        ops.Sample: lower_sample(supported_methods=()),
        ops.Log2: lower_log2,
    }

    SIMPLE_OPS: ClassVar[dict[type[ops.Node], str]] = {
        ops.All: "bool_and",
        ops.Any: "bool_or",
        ops.BitAnd: "bit_and",
        ops.BitOr: "bit_or",
        FirstValue: "first_value",
        LastValue: "last_value",
        ops.RandomScalar: "random",
        ops.StringLength: "len",
    }
    UNSUPPORTED_OPS = (*ABSENT, *ONLY_AS_ROWS)

    def __init__(self) -> None:
        super().__init__()
        self.f = FunctionNames()

    def to_sqlglot(self, expr: Any, *, limit: Any = None, params: Any = None) -> sge.Expression:
        """Return the statement's tree; what writes it as text, ``StrictRedshift``, sends it through the gate."""
        root = expr.as_table().op()
        graph = Graph.from_bfs(root)
        op = to_redshift(root, graph)
        operations = tuple(graph if op is root else Graph.from_bfs(op))
        refuse_absent(operations)
        tree = super(PostgresCompiler, self).to_sqlglot(op.to_expr(), limit=limit, params=params)
        if any(isinstance(node, PATHS) for node in operations):
            tree = name_parsed_json(tree)
        if any(isinstance(node, ops.SQLQueryResult | ops.SQLStringView) for node in operations):
            rename_embedded_queries(tree)
        nodes = all_nodes(tree)
        if any(isinstance(node, sge.Subquery | sge.CTE) for node in nodes):
            # A chain of named queries reads from the top down; nests read from the inside out.
            tree = eliminate_subqueries(tree)
            nodes = all_nodes(tree)
        refuse_split_alone(nodes)
        resolve_differences(nodes)
        for node in nodes:
            if isinstance(node, sge.CTE | sge.Table):
                _quote_name(node)
            elif isinstance(node, sge.Select | sge.SetOperation):
                type_constants(node)
            elif isinstance(node, COMPARISONS):
                _parenthesize_operands(node)
            elif isinstance(node, sge.Case):
                _untype_nulls(node)
        note_columns(operations, (node for node in nodes if isinstance(node, sge.Table)))
        name_queries(nodes, {node.name for node in operations if isinstance(node, ops.PhysicalTable)})
        # Ibis takes some statements out of a subquery; the gate checks what has no parent.
        tree.parent = None
        return tree

    def add_query_to_expr(self, *, name: str, table: Any, query: str) -> str:
        """Return the SQL of a user's query that reads an expression by a name."""
        statement = sg.parse_one(query, read=self.dialect)
        return str(query_over(self.to_sqlglot(table), name, statement).sql(self.dialect))

    def visit_Undefined(self, op: ops.Node, **_: Any) -> NoReturn:
        """Refuse an operation, saying what to write instead."""
        raise refusal_of(op)

    def visit_node(self, op: ops.Node, **arguments: Any) -> Any:
        """Compile an operation; one that is refused for its arguments is named."""
        try:
            value = super().visit_node(op, **arguments)
            return self.cast(value, op.dtype) if is_decimal_until_cast(op) else value
        except com.UnsupportedOperationError as error:
            raise com.UnsupportedOperationError(f"{type(op).__name__}: {error}") from error

    def visit_ScalarUDF(self, op: ops.ScalarUDF, **arguments: sge.Expression) -> sge.Expression:
        """Call a function that the user declared; it exists in the database, so the gate allows it."""
        call = PostgresCompiler.visit_ScalarUDF(self, op, **arguments)
        call.meta[DECLARED] = True
        return call

    def cast(self, arg: Any, to: dt.DataType) -> sge.Cast:
        """Cast to the type as Redshift spells it."""
        return sge.Cast(this=sge.convert(arg), to=self.type_mapper.from_ibis(to), copy=False)

    def visit_IfElse(self, op: ops.IfElse, *, bool_expr: Any, true_expr: Any, false_null_expr: Any) -> sge.Expression:
        return sge.Case(ifs=[self.if_(bool_expr, true_expr)], default=false_null_expr)

    def visit_LagLead(self, op: Any, *, arg: Any, offset: Any, default: Any) -> sge.Expression:
        """Look rows back or ahead; a default became a CASE before."""
        return self.f[type(op).__name__](arg, *([] if offset is None else [offset]))

    visit_Lag = visit_Lead = visit_LagLead

    def visit_Equals(self, op: ops.Equals, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Write `row_number() == 0`, which compiles to a number less 1, as the number itself."""
        if isinstance(left, sge.Sub) and left.expression.is_int and right.is_int:
            left, right = left.this, sge.convert(int(right.to_py()) + int(left.expression.to_py()))
        return self.binop(sge.EQ, left, right)

    def visit_Xor(self, op: ops.Xor, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Say "one of them, not both"; Redshift has no XOR of booleans."""
        either = sge.paren(sge.Or(this=sge.paren(left), expression=sge.paren(right)))
        both = sge.paren(sge.And(this=sge.paren(left.copy()), expression=sge.paren(right.copy())))
        return sge.paren(sge.And(this=either, expression=sg.not_(both)))

    def visit_IdenticalTo(self, op: ops.IdenticalTo, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Compare with NULLs spelled out: IS DISTINCT FROM is accepted and fails when it runs."""
        same = self.f.coalesce(sge.EQ(this=left, expression=right), sge.false())
        both_null = sge.And(this=left.copy().is_(NULL), expression=right.copy().is_(NULL))
        return sge.paren(sge.Or(this=same, expression=sge.paren(both_null)))

    def visit_Field(self, op: ops.Field, *, rel: sge.Expression, name: str) -> sge.Column:
        """Name a column, marked with its type where the gate asks for it."""
        column: sge.Column = super().visit_Field(op, rel=rel, name=name)
        kind = MARKED.get(type(op.dtype))
        if kind is not None:
            column.type = kind
        return column

    def visit_WindowFunction(
        self, op: ops.WindowFunction, *, how: str, func: Any, start: Any, end: Any, group_by: Any, order_by: Any
    ) -> sge.Expression:
        """Write OVER with the frame that the function takes, always of ROWS."""
        if how == "range" and (start is not None or end is not None) and not isinstance(op.func, FRAMELESS):
            raise com.UnsupportedOperationError(
                "Redshift has no RANGE frames; order by a unique key and use a frame of rows: `ibis.rows_window(...)`."
            )
        if isinstance(op.func, PARTITION_ONLY) and order_by:
            raise com.UnsupportedOperationError(
                f"{type(op.func).__name__} over a window takes no order on Redshift; leave `order_by` out."
            )
        if not order_by and (start is not None or end is not None):
            raise com.UnsupportedOperationError(
                "A frame of rows needs an order on Redshift; give the window `order_by`."
            )
        if isinstance(op.func, ops.GroupConcat) and isinstance(func, sge.Anonymous) and func.name == "COALESCE":
            raise com.UnsupportedOperationError(
                "LISTAGG without a separator loses empty strings over a window; give group_concat a separator."
            )
        # What is computed from the function, as a cast, is computed from it with its window.
        wrapper = func.copy() if isinstance(func, sge.Cast) or _is_cut_list(func) else None
        call = func if wrapper is None else _wrapped_call(wrapper)
        window = super().visit_WindowFunction(
            op, how="rows", func=call.copy(), start=start, end=end, group_by=group_by, order_by=order_by
        )
        if isinstance(op.func, FRAMELESS) or not order_by:
            window.set("spec", None)
        if wrapper is None:
            return window
        call.replace(window)
        return wrapper


def _quote_name(node: sge.CTE | sge.Table) -> None:
    if node.alias:
        node.set("alias", sge.TableAlias(this=sge.to_identifier(node.alias, quoted=True)))
    if isinstance(node, sge.Table):
        node.set("this", sge.to_identifier(node.name, quoted=True))


def _is_cut_list(func: sge.Expression) -> bool:
    """Return whether a list is computed and its first separator cut off."""
    return isinstance(func, sge.Anonymous) and func.name == "SUBSTRING"


def _wrapped_call(wrapper: sge.Expression) -> sge.Expression:
    inner: sge.Expression = wrapper.this if isinstance(wrapper, sge.Cast) else wrapper.expressions[0]
    return inner
