"""Translate function calls, alone and as windows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlglot import exp

from tests.engines.redshift.standin.errors import Untranslatable


def words(text: str) -> frozenset[str]:
    """Return the words of a string."""
    return frozenset(text.split())


NATIVE = words(
    """abs acos any_value ascii asin atan atan2 bit_and bit_or bool_and bool_or btrim chr coalesce cos cot count
    cume_dist current_database current_schema degrees first_value greatest grouping initcap lag last_value lead least
    left lower lpad ltrim max md5 min mod nth_value nullif octet_length percent_rank pg_backend_pid pi quote_ident
    quote_literal radians random repeat replace reverse right row_number rpad rtrim sin strpos tan timezone to_char
    to_date to_hex to_number to_timestamp translate upper"""
)
"""Functions that PostgreSQL has under the same name, with the same arguments and result."""

SHIMS = words(
    """add_months array_concat array_contains can_json_parse ceil charindex concat convert_timezone date_part_year
    floor fnv_hash from_hex from_varbyte get_array_length getdate is_array is_bigint is_valid_json is_valid_json_array
    json_parse json_serialize json_typeof last_day months_between next_day octetindex regexp_count regexp_instr
    regexp_replace regexp_substr round sha1 sha2 sign split_part split_to_array strtol sum to_varbyte trunc version"""
)
"""Functions that shims.sql creates in schema redshift under the same name."""

RENAMED = {
    "array": "jsonb_build_array",
    "ceiling": "redshift.ceil",
    "char_length": "length",
    "character_length": "length",
    "func_sha1": "redshift.sha1",
    "len": "length",
    "length": "length",
    "nvl": "coalesce",
    "object": "jsonb_build_object",
    "replicate": "repeat",
    "sha": "redshift.sha1",
    "textlen": "length",
}

DOUBLE = {
    "cbrt": "cbrt",
    "dexp": "exp",
    "dlog1": "ln",
    "dlog10": "redshift.log10",
    "exp": "exp",
    "ln": "ln",
    "log": "redshift.log10",
    "pow": "power",
    "power": "power",
    "sqrt": "sqrt",
}
"""DOUBLE PRECISION whatever the argument; PostgreSQL would stay in NUMERIC."""

RESULTS = {
    "dense_rank": "INT",
    "ntile": "BIGINT",
    "rank": "INT",
    "stddev": "DOUBLE PRECISION",
    "stddev_pop": "DOUBLE PRECISION",
    "stddev_samp": "DOUBLE PRECISION",
    "var_pop": "DOUBLE PRECISION",
    "var_samp": "DOUBLE PRECISION",
    "variance": "DOUBLE PRECISION",
}
"""The same function, another type of result: c_Window_functions, r_STDDEV_functions, r_VARIANCE_functions."""

MOMENTS = {
    "add_months": (0,),
    "convert_timezone": (-1,),
    "date_part": (1,),
    "date_part_year": (0,),
    "date_trunc": (1,),
    "dateadd": (2,),
    "datediff": (1, 2),
    "last_day": (0,),
    "months_between": (0, 1),
    "next_day": (0,),
}
"""Which arguments are moments: a bare literal there is a TIMESTAMP, where PostgreSQL would read one with a zone."""

PARTS = {
    "millennium": "mil mils millennia",
    "century": "c cent cents centuries",
    "decade": "dec decs decades",
    "epoch": "",
    "year": "y yr yrs years",
    "quarter": "qtr qtrs quarters",
    "month": "mon mons months",
    "week": "w weeks",
    "dow": "dayofweek dw weekday",
    "doy": "dayofyear dy yearday",
    "day": "d days",
    "hour": "h hr hrs hours",
    "minute": "m min mins minutes",
    "second": "s sec secs seconds",
    "millisecond": "ms msec msecs msecond mseconds millisec millisecs millisecon milliseconds",
    "microsecond": "microsec microsecs usecond useconds us usec usecs microseconds",
}
PART_NAMES = {word: part for part, words in PARTS.items() for word in (part, *words.split())}
"""r_Dateparts_for_datetime_functions; m is a minute."""

COMPARISONS = words(
    """date_cmp date_cmp_timestamp date_cmp_timestamptz interval_cmp timestamp_cmp timestamp_cmp_date
    timestamp_cmp_timestamptz timestamptz_cmp timestamptz_cmp_date timestamptz_cmp_timestamp"""
)

NEVER_TRUNCATED = ("millennium", "century", "decade", "epoch", "dow", "doy")


@dataclass(frozen=True, slots=True)
class Call:
    """A function call with everything around it that belongs to it."""

    node: exp.Anonymous
    root: exp.Expression
    order: exp.Order | None = None
    window: exp.Window | None = None
    ignores_nulls: bool = False

    @property
    def name(self) -> str:
        """The function's name."""
        return str(self.node.name).lower()

    @property
    def arguments(self) -> list[exp.Expression]:
        """The arguments, without DISTINCT."""
        first = self.node.expressions[:1]
        return list((first[0] if first and isinstance(first[0], exp.Distinct) else self.node).expressions)

    @property
    def is_distinct(self) -> bool:
        """Whether the arguments were counted once each."""
        return any(isinstance(each, exp.Distinct) for each in self.node.expressions)

    def over(self, function: exp.Expression, *, order: exp.Order | None = None, frame: str = "") -> exp.Expression:
        """Put a function under this call's window, if it has one; order and frame replace the window's."""
        if self.window is None:
            return function
        window = self.window.copy()
        window.set("this", function)
        if order is not None or frame:
            window.set("order", order)
            window.set("spec", _frame(frame))
        return window


def call(name: str, *arguments: exp.Expression) -> exp.Anonymous:
    """Return a call of a function by name."""
    return exp.Anonymous(this=name, expressions=[argument.copy() for argument in arguments])


def cast(value: exp.Expression, type_: str) -> exp.Cast:
    """Return a value under a type of PostgreSQL."""
    return exp.Cast(this=value, to=exp.DataType.build(type_, dialect="postgres"))


def part_name(node: exp.Expression) -> exp.Literal:
    """Return a part of a date, bare or quoted, under its full name."""
    if node.name.lower() not in PART_NAMES:
        raise Untranslatable(f"part of a date: {node.sql('redshift')}")
    return exp.Literal.string(PART_NAMES[node.name.lower()])


def call_of(node: exp.Anonymous) -> Call:
    """Collect what belongs to a call: WITHIN GROUP, IGNORE NULLS, OVER."""
    root: exp.Expression = node
    order, window, ignores_nulls = None, None, False
    while isinstance(root.parent, (exp.WithinGroup, exp.IgnoreNulls, exp.RespectNulls, exp.Window)):
        if root.parent.this is not root:
            break
        root = root.parent
        if isinstance(root, exp.WithinGroup):
            order = root.expression
        elif isinstance(root, exp.Window):
            window = root
        else:
            ignores_nulls = isinstance(root, exp.IgnoreNulls)
    return Call(node, root, order, window, ignores_nulls)


def translate_call(node: exp.Anonymous) -> None:
    """Replace a call, with its WITHIN GROUP and OVER, by PostgreSQL's.

    Raises:
        Untranslatable: For a function, or a use of one, that has no faithful form.
    """
    found = call_of(node)
    _refuse_other_order(found)
    if found.is_distinct and len(found.arguments) > 1 and found.name != "listagg":
        raise Untranslatable(f"{found.name} of several DISTINCT arguments")
    inner = node.expressions[0] if len(node.expressions) == 1 else None
    if isinstance(inner, (exp.IgnoreNulls, exp.RespectNulls)):
        node.set("expressions", [inner.this])
        found = replace(found, ignores_nulls=isinstance(inner, exp.IgnoreNulls))
    _cast_moments(found)
    found.root.replace(_translated(found))


SORTING = ("listagg", "median", "percentile_cont", "percentile_disc")
"""Aggregates of which all in one query must sort by the same values: r_MEDIAN."""


def _refuse_other_order(found: Call) -> None:
    select = found.node.find_ancestor(exp.Select)
    if found.name not in SORTING or found.window is not None or select is None:
        return
    keys = found.arguments if found.name == "median" else found.order.expressions if found.order else []
    order = ", ".join(map(_sort_key, keys))
    if select.meta.setdefault("sorted_by", order) != order:
        raise Untranslatable("within group ORDER BY clauses for aggregate functions must be the same")


def _sort_key(key: exp.Expression) -> str:
    # MEDIAN(x) sorts like ORDER BY x, which is ORDER BY x ASC.
    value = key.this if isinstance(key, exp.Ordered) else key
    return f"{value} {bool(key.args.get('desc'))} {bool(key.args.get('nulls_first'))}"


def _translated(found: Call) -> exp.Expression:
    name = found.name
    if found.ignores_nulls:
        return _ignoring_nulls(found)
    if name in REWRITES:
        return REWRITES[name](found)
    if found.order is not None:
        raise Untranslatable(f"{name} WITHIN GROUP")
    if name in COMPARISONS:
        return call("redshift.compare", *found.arguments)
    if name in DOUBLE:
        return call(DOUBLE[name], *(cast(each.copy(), "DOUBLE PRECISION") for each in found.arguments))
    if name in RESULTS:
        return cast(found.over(call(name, *found.node.expressions)), RESULTS[name])
    if name in NATIVE or name in SHIMS or name in RENAMED:
        target = RENAMED.get(name, name if name in NATIVE else f"redshift.{name}")
        return found.over(call(target, *found.node.expressions))
    raise Untranslatable(f"function {name}")


def _cast_moments(found: Call) -> None:
    target = "INTERVAL" if found.name == "interval_cmp" else "TIMESTAMP"
    for place in (0, 1) if found.name in COMPARISONS else MOMENTS.get(found.name, ()):
        if place < len(found.arguments):
            argument = found.arguments[place]
            if isinstance(argument, exp.Literal) and argument.is_string:
                argument.replace(cast(argument.copy(), target))


def _frame(text: str) -> exp.WindowSpec | None:
    if not text:
        return None
    start, end = text.split(" AND ")
    (first, first_side), (last, last_side) = start.rsplit(" ", 1), end.rsplit(" ", 1)
    return exp.WindowSpec(kind="ROWS", start=first, start_side=first_side, end=last, end_side=last_side)


WHOLE = "UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def _not_null(function: exp.Expression, value: exp.Expression) -> exp.Filter:
    is_there = exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))
    return exp.Filter(this=function, expression=exp.Where(this=is_there))


def _ignoring_nulls(found: Call) -> exp.Expression:
    if found.window is None:
        raise Untranslatable(f"{found.name} IGNORE NULLS without OVER")
    value, *rest = found.arguments
    number = int(rest[0].name) if rest and isinstance(rest[0], exp.Literal) else 1
    if len(rest) > 1 or (rest and not isinstance(rest[0], exp.Literal)):
        raise Untranslatable(f"{found.name} IGNORE NULLS with an offset that is not a literal, or with a default")
    is_backward = found.name in ("lag", "last_value")
    frames = {"lag": "UNBOUNDED PRECEDING AND 1 PRECEDING", "lead": "1 FOLLOWING AND UNBOUNDED FOLLOWING"}
    if found.name not in (*frames, "first_value", "last_value", "nth_value"):
        raise Untranslatable(f"{found.name} IGNORE NULLS")
    frame = frames.get(found.name, "")
    order = found.window.args.get("order") if frame else None
    if number == 1:
        aggregate = "redshift.last_not_null" if is_backward else "redshift.first_not_null"
        return found.over(call(aggregate, value), order=order, frame=frame)
    values = found.over(_not_null(call("array_agg", value), value), order=order, frame=frame)
    return call(f"redshift.from_{'end' if is_backward else 'start'}", values, exp.Literal.number(number))


def _average(found: Call) -> exp.Expression:
    total, count = (found.over(call(name, *found.node.expressions)) for name in ("redshift.sum", "count"))
    return call("redshift.mean", total, count)


def _percentile(found: Call) -> exp.Expression:
    if found.name == "median":
        (value,) = found.arguments
        fraction: exp.Expression = exp.Literal.number("0.5")
    else:
        if found.order is None or len(found.order.expressions) != 1:
            raise Untranslatable(f"{found.name} without WITHIN GROUP (ORDER BY one expression)")
        value, (fraction,) = found.order.expressions[0].this, found.arguments
        if found.order.expressions[0].args.get("desc"):
            raise Untranslatable(f"{found.name} in descending order")
    if found.is_distinct:
        raise Untranslatable(f"{found.name} DISTINCT")
    values = found.over(_not_null(call("redshift.sorted", value), value))
    disc = "disc" if found.name == "percentile_disc" else "cont"
    return call(f"redshift.percentile_{disc}", values, fraction)


def _listagg(found: Call) -> exp.Expression:
    given, *rest = found.arguments
    # r_LISTAGG: NULL values and empty strings are ignored.
    value = call("nullif", cast(given.copy(), "TEXT"), exp.Literal.string(""))
    delimiter = rest[0] if rest else exp.Literal.string("")
    order = found.order
    if found.is_distinct and order is not None:
        if [each.this for each in order.expressions] != [given]:
            raise Untranslatable("LISTAGG of DISTINCT values in the order of another expression")
        order = order.copy()
        order.expressions[0].set("this", value.copy())
    if found.window is not None:
        if found.is_distinct:
            values = found.over(_not_null(call("array_agg", value), value), order=order, frame=WHOLE)
            return call("redshift.join_distinct", values, delimiter)
        return found.over(call("string_agg", value, delimiter), order=order, frame=WHOLE)
    values = exp.Distinct(expressions=[value.copy()]) if found.is_distinct else value
    ordered = (
        exp.Order(this=delimiter.copy(), expressions=[each.copy() for each in order.expressions]) if order else None
    )
    return call("string_agg", values, ordered or delimiter)


def _ratio_to_report(found: Call) -> exp.Expression:
    (value,) = found.arguments
    total = found.over(call("redshift.sum", value))
    return exp.Paren(
        this=exp.Div(this=cast(value.copy(), "DOUBLE PRECISION"), expression=cast(total, "DOUBLE PRECISION"))
    )


def _decode(found: Call) -> exp.Expression:
    value, *rest = found.arguments
    pairs, default = rest[: len(rest) // 2 * 2], rest[-1] if len(rest) % 2 else None
    # r_DECODE_expression: unlike CASE it finds NULL.
    branches = [
        exp.If(this=exp.NullSafeEQ(this=value.copy(), expression=search.copy()), true=result.copy())
        for search, result in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    return exp.Case(ifs=branches, default=default.copy() if default is not None else None)


def _nvl2(found: Call) -> exp.Expression:
    value, present, absent = found.arguments
    is_there = exp.Not(this=exp.Is(this=value.copy(), expression=exp.null()))
    return exp.Case(ifs=[exp.If(this=is_there, true=present.copy())], default=absent.copy())


def _with_part(found: Call) -> exp.Expression:
    part = part_name(found.arguments[0])
    if found.name == "date_trunc" and part.name in NEVER_TRUNCATED:
        raise Untranslatable(f"DATE_TRUNC to {part.name}")
    moments = found.arguments[1:]
    if found.name == "datediff":
        moments = [call("redshift.moment", moment) for moment in moments]
    return call(f"redshift.{found.name}", part, *moments)


def _json(found: Call) -> exp.Expression:
    arguments = list(found.arguments)
    # With the last argument, invalid JSON gives NULL.
    lenient = arguments.pop() if isinstance(arguments[-1], exp.Boolean) else exp.false()
    return call(f"redshift.{found.name}", arguments[0], lenient, *arguments[1:])


REWRITES: dict[str, Callable[[Call], exp.Expression]] = {
    "avg": _average,
    "date_part": _with_part,
    "date_trunc": _with_part,
    "dateadd": _with_part,
    "datediff": _with_part,
    "decode": _decode,
    "json_array_length": _json,
    "json_extract_array_element_text": _json,
    "json_extract_path_text": _json,
    "listagg": _listagg,
    "median": _percentile,
    "nvl2": _nvl2,
    "percentile_cont": _percentile,
    "percentile_disc": _percentile,
    "ratio_to_report": _ratio_to_report,
}
