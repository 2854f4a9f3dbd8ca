"""Operations that Redshift lacks, with what to write instead."""

from __future__ import annotations

import ibis.expr.operations as ops

_ARRAYS = "There are no arrays; keep one row for each element."
_JSON = "Read JSON text with a user-defined function, or load it as columns."

ABSENT: dict[type[ops.Node], str] = {
    ops.ArrayCollect: "Join text with group_concat, or keep the rows.",
    ops.MultiQuantile: "Ask for each quantile by itself.",
    ops.ApproxMultiQuantile: "Ask for each quantile by itself.",
    ops.BitXor: "Combine bit_or and bit_and, or add up bits modulo 2.",
    ops.Kurtosis: "Compute it from sums of powers.",
    ops.CountDistinctStar: "Take `.distinct()` first and count its rows.",
    ops.Levenshtein: "Compare with SOUNDEX or outside of the warehouse.",
    ops.RandomUUID: "Take MD5 of a key.",
    ops.RowID: "Order by a key and take `ibis.row_number()`.",
    ops.TimeFromHMS: "Cast text to a time.",
    ops.StringToTime: "Cast text to a time.",
    ops.Time: "Keep the timestamp, or write it with strftime.",
    ops.RegexSplit: "Take pieces with split and an index.",
    ops.Hash: "Take a digest: `.hexdigest('md5')`.",
    ops.FindInSet: "Write a CASE.",
    ops.TypeOf: "The types of an expression are known when it is compiled: `.type()`.",
    ops.TableUnnest: _ARRAYS,
    ops.Unnest: "Only an array that is spelled out, or an `ibis.range` of literals, becomes rows.",
    ops.IntegerRange: "Only `ibis.range(...).unnest()` of literals becomes rows.",
    ops.TimestampRange: "Unnest an `ibis.range` of numbers and step from the first date.",
    ops.Array: _ARRAYS,
    ops.ArrayConcat: _ARRAYS,
    ops.ArrayContains: _ARRAYS,
    ops.ArrayLength: _ARRAYS,
    ops.ArraySlice: _ARRAYS,
    ops.ArrayStringJoin: "Join columns with `ibis.literal(',').join([...])`, rows with group_concat.",
    ops.StructColumn: "Keep a column for each field.",
    ops.StructField: "Keep a column for each field.",
    ops.Map: "Keep a column for each key.",
    ops.MapGet: "Keep a column for each key.",
    ops.JSONGetItem: _JSON,
    ops.UnwrapJSONString: _JSON,
    ops.UnwrapJSONInt64: _JSON,
    ops.UnwrapJSONFloat64: _JSON,
    ops.UnwrapJSONBoolean: _JSON,
}
"""Each is refused by name when compiling: https://docs.aws.amazon.com/redshift/latest/dg/c_unsupported-postgresql-features.html"""
