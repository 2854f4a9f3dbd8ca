"""Kinds of syntax that AWS documents, as sqlglot names them, and what to write in place of some that it does not."""

from __future__ import annotations

from marketing_ibis.dialects.redshift.gate.refusal import Refusal

_QUERY = "with_ order limit offset"
PARTS: dict[str, frozenset[str]] = {
    kind: frozenset(parts.split())
    for kind, parts in {
        # https://docs.aws.amazon.com/redshift/latest/dg/r_SELECT_synopsis.html
        "Select": f"{_QUERY} kind expressions from_ joins where group having qualify distinct exclude connect",
        "Union": f"{_QUERY} this expression distinct",
        "Intersect": f"{_QUERY} this expression distinct",
        "Except": f"{_QUERY} this expression distinct",
        "Subquery": f"{_QUERY} this alias",
        "With": "expressions recursive",
        "CTE": "this alias",
        "Distinct": "expressions",
        "From": "this",
        "Table": "this db alias joins pivots",
        "TableAlias": "this columns",
        "Join": "this side kind method on using",
        "Where": "this",
        "Group": "expressions grouping_sets cube rollup all",
        "GroupingSets": "expressions",
        "Cube": "expressions",
        "Rollup": "expressions",
        "Having": "this",
        "Qualify": "this",
        "Connect": "start connect",
        "Prior": "this",
        "Order": "expressions",
        "Ordered": "this desc nulls_first",
        "Limit": "expression",
        "Offset": "expression",
        "Pivot": "alias expressions fields unpivot include_nulls columns",
        "PivotAlias": "this alias",
        # https://docs.aws.amazon.com/redshift/latest/dg/c_Window_functions.html
        "Window": "this partition_by order spec alias over",
        "WindowSpec": "kind start start_side end end_side exclude over",
        "WithinGroup": "this expression",
        "IgnoreNulls": "this",
        "RespectNulls": "this",
        # https://docs.aws.amazon.com/redshift/latest/dg/r_expressions.html and its neighbours
        "Alias": "this alias",
        "Between": "this low high",
        "Boolean": "this",
        "Case": "this ifs default",
        "Cast": "this to safe",
        "Column": "this table db",
        "DataType": "this expressions nested kind",
        "DataTypeParam": "this expression",
        "Exists": "this expression",
        "Identifier": "this quoted",
        "If": "this true false",
        "In": "this expressions query",
        "Interval": "this unit",
        "IntervalSpan": "this expression",
        "Literal": "this is_string",
        "Star": "except_",
        "TryCast": "this to safe requires_string",
        "Tuple": "expressions",
        "Like": "this expression negate",
        "ILike": "this expression negate",
        "Is": "this expression",
    }.items()
}
"""Nodes of the grammar, with their parts; a part that is not named here is refused where it is filled."""

OPERATIONS = frozenset(
    "Add And AtTimeZone BitwiseAnd BitwiseLeftShift BitwiseRightShift Collate DPipe Div Dot EQ Escape GT GTE LT LTE Mod Mul"
    " NEQ Neg Not Null Or Paren Pow RegexpLike SimilarTo Sub Var".split()
)
CALLS = frozenset(
    "Abs Acos Anonymous AnyValue ApproxDistinct Array ArrayConcat ArrayContains ArrayDistinct ArrayExcept ArrayIntersect"
    " ArrayPosition Ascii Asin Atan Atan2 Avg BitwiseAndAgg BitwiseOrAgg Cbrt Ceil Chr Coalesce Concat ConvertTimezone Cos"
    " Cot Count CumeDist CurrentDatabase CurrentDate CurrentSchema CurrentSchemas CurrentTimestamp CurrentUser"
    " CurrentVersion DecodeCase Degrees DenseRank Exp Extract FarmFingerprint FirstValue Floor FromBase Getbit Greatest"
    " GroupConcat Grouping GroupingId Hll Initcap IsArray JSONExtractScalar Lag LastDay LastValue Lead Least Left Length Ln"
    " LogicalAnd LogicalOr Lower LowerHex MD5 Max Median Min MonthsBetween NextDay NthValue Ntile Nullif Nvl2 Pad ParseJSON"
    " PercentRank PercentileCont PercentileDisc Pi Radians Rand Rank RegexpCount RegexpExtract RegexpInstr RegexpReplace"
    " Repeat Replace Reverse Right Round RowNumber SHA SHA2 SessionUser Sign Sin Soundex SplitPart Sqrt Stddev StddevPop"
    " StddevSamp StrPosition StrToDate StrToTime StringToArray Substring Sum Tan TimeToStr TimestampTrunc ToNumber Translate"
    " Trim Trunc TsOrDsAdd TsOrDsDiff Upper Variance VariancePop".split()
)
"""What calls are read as. Which function it is, and with how many arguments, the tokens tell."""

_FEATURES = "c_unsupported-postgresql-features.html"
_TYPES = "c_unsupported-postgresql-datatypes.html"
_FUNCTIONS = "c_unsupported-postgresql-functions.html"
NODES: dict[str, Refusal] = {
    "Filter": Refusal(
        "FILTER (WHERE ...)", "it is a syntax error", "AGG(CASE WHEN c THEN x END)", "c_Aggregate_Functions.html"
    ),
    "Lateral": Refusal("LATERAL", "it is not supported", "a join", _FEATURES),
    "Values": Refusal("VALUES as a table", "it is not supported", "a union of SELECTs", _FEATURES),
    "NullSafeEQ": Refusal(
        "IS NOT DISTINCT FROM", "it fails when it runs", "a = b OR (a IS NULL AND b IS NULL)", _FUNCTIONS
    ),
    "NullSafeNEQ": Refusal(
        "IS DISTINCT FROM", "it fails when it runs", "a comparison with NULLs spelled out", _FUNCTIONS
    ),
    "TableSample": Refusal("TABLESAMPLE", "it is not in the grammar", "WHERE RANDOM() < 0.1", "r_FROM_clause30.html"),
    "Bracket": Refusal("a subscript", "there is no array type", "SPLIT_PART", _TYPES),
    "Fetch": Refusal("FETCH FIRST", "it is not in the grammar", "LIMIT", "r_ORDER_BY_clause.html"),
    "Unnest": Refusal("UNNEST", "there are no arrays", "one row for each element", _FEATURES),
    "Lock": Refusal("FOR UPDATE", "reads lock nothing", "SELECT without it", "r_SELECT_synopsis.html"),
    "Overlaps": Refusal("OVERLAPS", "it is not documented", "comparisons of both ends", "r_date_comparison.html"),
}
PLACES: dict[tuple[str, str], Refusal] = {
    ("Select", "windows"): Refusal(
        "WINDOW", "named windows are a syntax error", "the window in each OVER", "c_Window_functions.html"
    ),
    ("Select", "into"): Refusal("SELECT INTO", "it makes a table", "CREATE TABLE AS", "r_SELECT_INTO.html"),
    ("Distinct", "on"): Refusal(
        "DISTINCT ON", "it is not in the grammar", "QUALIFY ROW_NUMBER() OVER (...) = 1", "r_SELECT_list.html"
    ),
    ("CTE", "materialized"): Refusal("AS MATERIALIZED", "it is not in the grammar", "AS", "r_WITH_clause.html"),
    ("Between", "symmetric"): Refusal(
        "BETWEEN SYMMETRIC", "it is not documented", "LEAST and GREATEST", "r_range_condition.html"
    ),
    ("Table", "ordinality"): Refusal("WITH ORDINALITY", "it is not in the grammar", "ROW_NUMBER()", _FEATURES),
    ("Limit", "limit_options"): Refusal(
        "LIMIT with options", "it takes a number", "LIMIT n", "r_ORDER_BY_clause.html"
    ),
}
"""Parts of a node that AWS leaves out, with what to write."""
