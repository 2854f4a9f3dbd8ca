"""Compile Ibis expressions to SQL that Redshift accepts: the difference from PostgreSQL, as tables and visitors."""

from __future__ import annotations

from typing import Any, ClassVar, NoReturn

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot as sg
import sqlglot.expressions as sge
from ibis.backends.sql.compilers.base import NULL, STAR, AggGen
from ibis.backends.sql.compilers.postgres import PostgresCompiler
from ibis.backends.sql.rewrites import FirstValue, LastValue, lower_log2, lower_sample
from sqlglot.optimizer.eliminate_subqueries import eliminate_subqueries

from marketing_ibis.engines.redshift.compiler.dates import DateVisitors
from marketing_ibis.engines.redshift.compiler.relations import RelationVisitors
from marketing_ibis.engines.redshift.compiler.rewrites import to_redshift
from marketing_ibis.engines.redshift.compiler.sql import FunctionNames, StrictRedshift
from marketing_ibis.engines.redshift.compiler.strings import StringVisitors, refuse_split_alone
from marketing_ibis.engines.redshift.compiler.subqueries import keep_correlation
from marketing_ibis.engines.redshift.compiler.types import RedshiftType
from marketing_ibis.engines.redshift.compiler.unsupported import ABSENT, ONLY_AS_ROWS, refusal_of, refuse_absent

# These take no frame: "Frame clause should not be specified for ranking window functions".
# https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
FRAMELESS = (ops.RankBase, ops.NTile, ops.Lag, ops.Lead, ops.CumeDist, ops.PercentRank)
# These take PARTITION BY only: https://docs.aws.amazon.com/redshift/latest/dg/r_WF_MEDIAN.html
PARTITION_ONLY = (ops.Median, ops.ApproxMedian, ops.Quantile, ops.ApproxQuantile, ops.GroupConcat)
TRUE_TEXTS, FALSE_TEXTS = ("true", "t", "yes", "y", "1"), ("false", "f", "no", "n", "0")
"""What a boolean literal may be: https://docs.aws.amazon.com/redshift/latest/dg/r_Boolean_type.html"""

_VARCHAR = sge.DataType.Type.VARCHAR
MARKED = {dt.Boolean: sge.DataType.Type.BOOLEAN} | dict.fromkeys(
    (dt.Int8, dt.Int16, dt.Int32, dt.Int64), sge.DataType.Type.BIGINT
)
"""Types that decide whether Redshift takes an expression, which its text alone does not tell."""


class RedshiftCompiler(DateVisitors, StringVisitors, RelationVisitors, PostgresCompiler):  # type: ignore[misc]
    """Write what Redshift documents and refuse the rest."""

    __slots__ = ()

    dialect = StrictRedshift
    type_mapper = RedshiftType
    agg = AggGen(supports_filter=False, supports_order_by=False)
    supports_qualify = True
    rewrites = (*PostgresCompiler.rewrites,)

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
        ops.Log10: "dlog10",  # LOG runs on the leader node only
        ops.Power: "power",
        ops.RandomScalar: "random",
        ops.StringLength: "len",
    }
    UNSUPPORTED_OPS = (*ABSENT, *ONLY_AS_ROWS)

    def __init__(self) -> None:
        super().__init__()
        self.f = FunctionNames()

    def to_sqlglot(self, expr: Any, *, limit: Any = None, params: Any = None) -> sge.Expression:
        """Return the statement's tree; what writes it as text, ``StrictRedshift``, sends it through the gate."""
        op = to_redshift(expr.as_table().op())
        refuse_absent(op)
        tree = super(PostgresCompiler, self).to_sqlglot(op.to_expr(), limit=limit, params=params)
        if op.find(ops.Subquery):
            tree = keep_correlation(tree)
        # A chain of named queries reads from the top down; nests read from the inside out.
        chained = eliminate_subqueries(tree)
        nodes = list(chained.walk())
        refuse_split_alone(nodes)
        for node in nodes:
            if isinstance(node, sge.CTE | sge.Table):
                _quote_name(node)
            elif isinstance(node, sge.Select):
                _type_texts(node)
        return chained

    def visit_Undefined(self, op: ops.Node, **_: Any) -> NoReturn:
        """Refuse an operation, saying what to write instead."""
        raise refusal_of(op)

    def visit_node(self, op: ops.Node, **arguments: Any) -> Any:
        """Compile an operation; one that is refused for its arguments is named."""
        try:
            return super().visit_node(op, **arguments)
        except com.UnsupportedOperationError as error:
            raise com.UnsupportedOperationError(f"{type(op).__name__}: {error}") from error

    def cast(self, arg: Any, to: dt.DataType) -> sge.Cast:
        """Cast to the type as Redshift spells it."""
        return sge.Cast(this=sge.convert(arg), to=self.type_mapper.from_ibis(to), copy=False)

    def visit_IsNan(self, op: ops.IsNan, *, arg: sge.Expression) -> sge.Expression:
        return sge.EQ(this=arg, expression=self.NAN)

    def visit_IfElse(self, op: ops.IfElse, *, bool_expr: Any, true_expr: Any, false_null_expr: Any) -> sge.Expression:
        return sge.Case(ifs=[self.if_(bool_expr, true_expr)], default=false_null_expr)

    def visit_CountStar(self, op: ops.CountStar, *, arg: Any, where: Any) -> sge.Expression:
        return self.f.count(STAR if where is None else sge.Case(ifs=[self.if_(where, 1)]))

    def visit_Count(self, op: ops.Count, *, arg: sge.Expression, where: Any) -> sge.Expression:
        return self.agg.count(arg, where=where)

    def visit_Round(self, op: ops.Round, *, arg: sge.Expression, digits: sge.Expression | None) -> sge.Expression:
        """Round; the function keeps its argument's type: https://docs.aws.amazon.com/redshift/latest/dg/r_ROUND.html."""
        return self.cast(self.f.round(arg, *([] if digits is None else [digits])), op.dtype)

    def visit_BitwiseOr(self, op: Any, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Add the bits that only the right has; no sum overflows."""
        return self.binop(sge.Add, left, self._bits_only_of(right, left))

    def visit_BitwiseXor(self, op: Any, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Add the bits that only one side has."""
        return self.binop(sge.Add, self._bits_only_of(left, right), self._bits_only_of(right, left))

    def visit_BitwiseNot(self, op: Any, *, arg: sge.Expression) -> sge.Expression:
        """Turn every bit, which in two's complement is -1 less the number."""
        return self.binop(sge.Sub, sge.convert(-1), arg)

    def visit_Arbitrary(self, op: ops.Arbitrary, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Take the smallest: any value will do, and this one is the same on every run."""
        return self.visit_Min(op, arg=arg, where=where)

    def visit_Mean(self, op: ops.Mean, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Average as doubles: AVG of integers is truncated, https://docs.aws.amazon.com/redshift/latest/dg/r_AVG.html."""
        return self.agg.avg(self._double(op.arg, arg), where=where)

    def visit_Median(self, op: ops.Median, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Take the middle; of numbers as a double."""
        return self.agg.median(self._double(op.arg, arg) if op.arg.dtype.is_numeric() else arg, where=where)

    visit_ApproxMedian = visit_Median

    def visit_LagLead(self, op: Any, *, arg: Any, offset: Any, default: Any) -> sge.Expression:
        """Look rows back or ahead; a default became a CASE before."""
        return self.f[type(op).__name__](arg, *([] if offset is None else [offset]))

    visit_Lag = visit_Lead = visit_LagLead

    def visit_Log(self, op: ops.Log, *, arg: sge.Expression, base: sge.Expression | None) -> sge.Expression:
        """Divide natural logarithms: LOG runs on the leader node only."""
        arg = self.f.ln(self._double(op.arg, arg))
        return arg if base is None else self._quotient(arg, self.f.ln(self._double(op.base, base)))

    def visit_CountDistinct(self, op: ops.CountDistinct, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Count distinct values; exactly, also where an estimate was asked for."""
        value = arg if where is None else sge.Case(ifs=[self.if_(where, arg)])
        return sge.Count(this=sge.Distinct(expressions=[value]))

    visit_ApproxCountDistinct = visit_CountDistinct

    def visit_VarianceStandardDevCovariance(self, op: Any, *, how: str, where: Any, arg: Any) -> sge.Expression:
        """Compute with doubles."""
        name = "var" if isinstance(op, ops.Variance) else "stddev"
        return self.agg[f"{name}_{'samp' if how == 'sample' else 'pop'}"](self._double(op.arg, arg), where=where)

    visit_Variance = visit_StandardDev = visit_VarianceStandardDevCovariance

    def visit_TryCast(self, op: ops.TryCast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Cast text or give NULL: https://docs.aws.amazon.com/redshift/latest/dg/r_TRY_CAST.html."""
        if not op.arg.dtype.is_string() or to.is_boolean():
            return self.visit_Cast(op, arg=arg, to=to)
        return sge.TryCast(this=arg, to=self.type_mapper.from_ibis(to), safe=True)

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

    def visit_Modulus(self, op: ops.Modulus, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Take MOD of numbers; of doubles what is left after whole parts."""
        if op.left.dtype.is_floating() or op.right.dtype.is_floating():
            whole = self.f.trunc(self._quotient(self._double(op.left, left), right))
            return self.binop(sge.Sub, left.copy(), self.binop(sge.Mul, whole, right.copy()))
        return self.f.mod(left, right)

    def visit_Divide(self, op: ops.Divide, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Divide as doubles: Redshift truncates integers and reduces the scale of decimals.

        https://docs.aws.amazon.com/redshift/latest/dg/r_numeric_computations201.html
        """
        return self._quotient(self._double(op.left, left), self._double(op.right, right))

    def visit_Field(self, op: ops.Field, *, rel: sge.Expression, name: str) -> sge.Column:
        """Name a column, marked with its type where the gate asks for it."""
        column: sge.Column = super().visit_Field(op, rel=rel, name=name)
        kind = MARKED.get(type(op.dtype))
        if kind is not None:
            column.type = kind
        return column

    def visit_Sum(self, op: ops.Sum, *, arg: sge.Expression, where: Any) -> sge.Expression:
        """Add up, booleans as 0 and 1; whole numbers stay BIGINT, of which SUM would make a NUMERIC.

        https://docs.aws.amazon.com/redshift/latest/dg/r_SUM.html
        """
        value = self.visit_Cast(ops.Cast(op.arg, dt.int64), arg=arg, to=dt.int64) if op.arg.dtype.is_boolean() else arg
        total = self.agg.sum(value, where=where)
        return self.cast(total, op.dtype) if op.dtype.is_integer() else total

    def visit_Quantile(self, op: ops.Quantile, *, arg: Any, quantile: Any, where: Any) -> sge.Expression:
        """Interpolate between numbers, pick among other values."""
        is_number = op.arg.dtype.is_numeric()
        value = self._double(op.arg, arg) if is_number else arg
        if where is not None:
            value = sge.Case(ifs=[self.if_(where, value)])
        function = self.f.percentile_cont(quantile) if is_number else self.f.percentile_disc(quantile)
        return _within_group(function, [sge.Ordered(this=value)])

    visit_ApproxQuantile = visit_Quantile

    def visit_FloorDivide(self, op: ops.FloorDivide, *, left: sge.Expression, right: sge.Expression) -> sge.Expression:
        """Round down, also below zero; integers exactly, since a double holds 15 digits only."""
        if not (op.left.dtype.is_integer() and op.right.dtype.is_integer()):
            return self.cast(self.f.floor(self.visit_Divide(op, left=left, right=right)), op.dtype)
        left = self.cast(left, dt.int64)
        if _is_never_negative(op.left) and _is_never_negative(op.right):
            return self._quotient(left, right)
        remainder = self.f.mod(self.binop(sge.Add, self.f.mod(left, right), right), right)
        return self._quotient(self.binop(sge.Sub, left.copy(), remainder), right.copy())

    def visit_GroupConcat(
        self, op: ops.GroupConcat, *, arg: Any, sep: Any, where: Any, order_by: Any
    ) -> sge.Expression:
        """Join text: https://docs.aws.amazon.com/redshift/latest/dg/r_LISTAGG.html."""
        if not isinstance(op.sep, ops.Literal):
            raise com.UnsupportedOperationError("LISTAGG takes a constant separator only; write it as a literal.")
        joined = self.agg.listagg(self._text(op.arg, arg), where=where)
        joined.append("expressions", sep)
        return _within_group(joined, order_by) if order_by else joined

    def visit_NonNullLiteral(self, op: ops.Literal, *, value: Any, dtype: dt.DataType) -> sge.Expression | None:
        """Write dates and times as casts of text: there is no MAKE_DATE."""
        if dtype.is_date() or dtype.is_time():
            return self.cast(value.isoformat(), dtype)
        if dtype.is_timestamp():
            return self.cast(value.isoformat(sep=" "), dtype)
        if dtype.is_interval():
            return self._make_interval(sge.convert(value), dtype.unit)
        if dtype.is_uuid():
            return sge.convert(str(value))
        if dtype.is_binary():
            return self.f.from_hex(value.hex())  # https://docs.aws.amazon.com/redshift/latest/dg/r_FROM_HEX.html
        if dtype.is_array() or dtype.is_map() or dtype.is_struct() or dtype.is_json():
            self.type_mapper.from_ibis(dtype)
            raise com.UnsupportedOperationError(f"Redshift takes no literal of {dtype} here; write text and parse it.")
        return self.visit_DefaultLiteral(op, value=value, dtype=dtype)

    def visit_Cast(self, op: ops.Cast, *, arg: sge.Expression, to: dt.DataType) -> sge.Expression:
        """Cast, by CASE where Redshift has no conversion."""
        source = op.arg.dtype
        if source.is_boolean() and to.is_string():
            return sge.Case(ifs=[self.if_(arg, "true"), self.if_(sg.not_(sge.paren(arg)), "false")])
        if source.is_boolean() and to.is_numeric():
            return self.cast(sge.Case(ifs=[self.if_(arg, 1), self.if_(sg.not_(sge.paren(arg)), 0)]), to)
        if source.is_string() and to.is_boolean():
            text = self.f.lower(arg)
            return sge.Case(
                ifs=[self.if_(text.isin(*TRUE_TEXTS), sge.true()), self.if_(text.isin(*FALSE_TEXTS), sge.false())]
            )
        if source.is_numeric() and to.is_boolean():
            return sge.NEQ(this=arg, expression=sge.convert(0))
        if source.is_timestamp() and to.is_integer():
            return self.cast(self._extract("epoch", arg), to)
        if source.is_integer() and to.is_timestamp():
            return self._from_epoch(arg, "second")
        if source.is_integer() and to.is_interval():
            return self._make_interval(arg, to.unit)
        return self.cast(arg, to)

    def visit_WindowFunction(
        self, op: ops.WindowFunction, *, how: str, func: Any, start: Any, end: Any, group_by: Any, order_by: Any
    ) -> sge.Expression:
        """Write OVER with the frame that the function takes, always of ROWS."""
        if how == "range" and (start is not None or end is not None):
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
        call = func.this if isinstance(func, sge.Cast) else func
        window = super().visit_WindowFunction(
            op, how="rows", func=call, start=start, end=end, group_by=group_by, order_by=order_by
        )
        if isinstance(op.func, FRAMELESS) or not order_by:
            window.set("spec", None)
        return sge.Cast(this=window, to=func.to) if isinstance(func, sge.Cast) else window

    def _quotient(self, left: sge.Expression, right: sge.Expression) -> sge.Div:
        """Divide without the cast that sqlglot adds to a division of unknown types."""
        return sge.Div(this=self._add_parens(left), expression=self._add_parens(right), typed=True)

    # Only AND and shifts are documented for bits: https://docs.aws.amazon.com/redshift/latest/dg/r_OPERATOR_SYMBOLS.html
    def _bits_only_of(self, one: sge.Expression, other: sge.Expression) -> sge.Expression:
        return self.binop(sge.Sub, one.copy(), self.binop(sge.BitwiseAnd, one.copy(), other.copy()))

    def _double(self, op: ops.Value, arg: sge.Expression) -> sge.Expression:
        if isinstance(op, ops.Literal) and op.dtype.is_numeric() and not op.dtype.is_decimal():
            return self.cast(arg, dt.float64)
        if op.dtype.is_float64():
            return arg
        if op.dtype.is_boolean():
            return self.visit_Cast(ops.Cast(op, dt.float64), arg=arg, to=dt.float64)
        return self.cast(arg, dt.float64)

    def _text(self, op: ops.Value, arg: sge.Expression) -> sge.Expression:
        return arg if op.dtype.is_string() else self.visit_Cast(ops.Cast(op, dt.string), arg=arg, to=dt.string)


def _quote_name(named: sge.CTE | sge.Table) -> None:
    if named.alias:
        named.set("alias", sge.TableAlias(this=sge.to_identifier(named.alias, quoted=True)))
    if isinstance(named, sge.Table):
        named.set("this", sge.to_identifier(named.name, quoted=True))


def _type_texts(select: sge.Select) -> None:
    """Give a string that is a column by itself its type: Redshift leaves it unknown, and then fails to compare it.

    A set operation finds the type from both of its sides.
    """
    if isinstance(select.parent, sge.SetOperation):
        return
    for value in select.expressions:
        text = value.this if isinstance(value, sge.Alias) else value
        if text.is_string:
            width = sge.DataTypeParam(this=sge.convert(max(1, len(text.name.encode()))))
            text.replace(sge.Cast(this=text.copy(), to=sge.DataType(this=_VARCHAR, expressions=[width])))


def _is_never_negative(op: ops.Value) -> bool:
    """Return whether a whole number is 0 or more by the way it is made."""
    if isinstance(op, ops.Literal):
        return bool(op.value is not None and op.value >= 0)
    if isinstance(op, ops.WindowFunction):
        return _is_never_negative(op.func)
    if isinstance(op, ops.Add | ops.Multiply):
        return _is_never_negative(op.left) and _is_never_negative(op.right)
    if isinstance(op, ops.Subtract):  # a rank counts from 1 in SQL and from 0 in Ibis
        is_rank = isinstance(op.left, ops.WindowFunction) and isinstance(op.left.func, ops.RankBase | ops.NTile)
        return is_rank and isinstance(op.right, ops.Literal) and op.right.value == 1
    return isinstance(op, ops.Count | ops.CountStar | ops.CountDistinct | ops.StringLength | ops.RankBase | ops.NTile)


def _within_group(function: sge.Expression, order: list[sge.Ordered]) -> sge.WithinGroup:
    return sge.WithinGroup(this=function, expression=sge.Order(expressions=list(order)))
