"""Navigate JSON in columns of type SUPER, by paths: https://docs.aws.amazon.com/redshift/latest/dg/query-super.html."""

from __future__ import annotations

from typing import Any

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import sqlglot.expressions as sge

STEPS = (sge.Dot, sge.Bracket)
PARSED = "__json_"
"""Begins the name of a column that holds JSON parsed from a value, so that a path can start at it."""


class JsonVisitors:
    """Visitors of JSON; part of the compiler."""

    f: Any
    cast: Any
    if_: Any

    def visit_JSONGetItem(self, op: ops.JSONGetItem, *, arg: Any, index: Any) -> sge.Expression:
        """Step into an object or an array; what does not exist is NULL.

        Raises:
            UnsupportedOperationError: Redshift cannot navigate by this name or number.
        """
        step = op.index.value if isinstance(op.index, ops.Literal) else None
        if isinstance(step, str) and step and step == step.lower():
            return sge.Dot(this=arg, expression=sge.to_identifier(step, quoted=True))
        if isinstance(step, str):
            raise com.UnsupportedOperationError(
                f"Redshift navigates by names in lower case, and {step!r} has none; write the JSON with "
                "LOWER_ATTRIBUTE_NAMES first."
            )
        if not isinstance(step, int) or step < 0:
            raise com.UnsupportedOperationError("Redshift navigates by constants; write a name, or a number from 0.")
        return sge.Bracket(this=arg, expressions=[sge.convert(step)])

    # Each unwraps values of one type of JSON: https://docs.aws.amazon.com/redshift/latest/dg/r_json_typeof.html

    def visit_UnwrapJSONString(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._unwrap(self._has_type("string", arg), arg, dt.string)

    def visit_UnwrapJSONInt64(self, op: Any, *, arg: Any) -> sge.Expression:
        """Take whole numbers: https://docs.aws.amazon.com/redshift/latest/dg/r_is_bigint.html."""
        return self._unwrap(self.f.is_bigint(arg), arg, dt.int64)

    def visit_UnwrapJSONFloat64(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._unwrap(self._has_type("number", arg), arg, dt.float64)

    def visit_UnwrapJSONBoolean(self, op: Any, *, arg: Any) -> sge.Expression:
        return self._unwrap(self._has_type("boolean", arg), arg, dt.boolean)

    def _has_type(self, kind: str, arg: Any) -> sge.Expression:
        return sge.EQ(this=self.f.json_typeof(arg), expression=sge.convert(kind))

    def _unwrap(self, condition: sge.Expression, arg: Any, dtype: dt.DataType) -> sge.Expression:
        return sge.Case(ifs=[self.if_(condition, self.cast(arg.copy(), dtype))])


def name_parsed_json(tree: Any) -> Any:
    """Return ``tree`` with every path from a column: what else a path starts at is computed in the query below.

    Raises:
        UnsupportedOperationError: the start of a path is computed from several relations.
    """
    steps = [node for node in tree.find_all(*STEPS) if not isinstance(node.this, (*STEPS, sge.Column))]
    if not steps:
        return tree
    tree = tree.copy()
    for step in [node for node in tree.find_all(*STEPS) if not isinstance(node.this, (*STEPS, sge.Column))]:
        _name_start(step)
    return tree


def _name_start(step: sge.Expression) -> None:
    start = step.this
    select = step.find_ancestor(sge.Select)
    sources = _sources(select)
    read = {column.table for column in start.find_all(sge.Column)} or set(list(sources)[:1])
    if len(read) != 1 or not read <= set(sources):
        raise com.UnsupportedOperationError(
            "JSON that is computed from several relations cannot be navigated on Redshift; "
            "compute it in a column first, with `.mutate(...)` and a join after it."
        )
    (alias,) = read
    source = sources[alias]
    extended = _extend_source(source, alias)
    texts = [value.this.sql() for value in extended.expressions[1:]]
    text = start.sql()
    name = f"{PARSED}{texts.index(text) if text in texts else len(texts)}"
    if text not in texts:
        extended.append("expressions", sge.Alias(this=start.copy(), alias=sge.to_identifier(name, quoted=True)))
    step.set("this", sge.column(name, table=alias, quoted=True))


def _sources(select: Any) -> dict[str, sge.Expression]:
    from_ = select.args.get("from_") if select is not None else None
    relations = [from_.this] if from_ is not None else []
    relations += [join.this for join in (select.args.get("joins") or [])] if select is not None else []
    return {source.alias_or_name: source for source in relations}


def _extend_source(source: sge.Expression, alias: str) -> sge.Select:
    """Return the query that adds columns to a source, in whose place it is."""
    if isinstance(source, sge.Subquery) and source.meta.get(PARSED):
        query: sge.Select = source.this
        return query
    star = sge.Column(this=sge.Star(), table=sge.to_identifier(alias, quoted=True))
    query = sge.Select(expressions=[star])
    subquery = sge.Subquery(this=query, alias=sge.TableAlias(this=sge.to_identifier(alias, quoted=True)))
    subquery.meta[PARSED] = True
    source.replace(subquery)
    query.set("from_", sge.From(this=source))
    return query
