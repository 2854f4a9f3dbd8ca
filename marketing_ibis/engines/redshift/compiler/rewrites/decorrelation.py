"""Keep correlated subqueries that Redshift supports where they are, and join the others by their key.

https://docs.aws.amazon.com/redshift/latest/dg/r_correlated_subqueries.html
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import ibis.common.exceptions as com
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops

from marketing_ibis.engines.redshift.compiler.operations import CorrelatedRows
from marketing_ibis.engines.redshift.compiler.rewrites.correlated import to_plain
from marketing_ibis.engines.redshift.compiler.rewrites.keyed_rows import (
    ADVICE,
    DomainKeys,
    EqualKeys,
    Keyed,
    KeyedRows,
    aggregate_by_key,
    topmost_reductions,
)
from marketing_ibis.engines.redshift.compiler.rewrites.scopes import Scopes, Values, inputs, moved_fields, own_values

PASSING = (ops.Filter, ops.Sort, ops.Limit, ops.DropNull)
"""Relations that have the columns of their input."""


@dataclass(frozen=True, slots=True)
class JoinedRows:
    """Rows that are joined to the query around a subquery, where ``conditions`` over both are true."""

    rows: ops.Relation
    conditions: tuple[ops.Value, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """A subquery's value over the query around it and rows that are joined to it."""

    value: ops.Value
    joined: tuple[JoinedRows, ...]


def decorrelate(root: ops.Relation) -> ops.Relation:
    """Return a relation whose correlated subqueries Redshift supports.

    Raises:
        UnsupportedOperationError: a correlated subquery has no form that Redshift supports.
    """
    return Decorrelation(root).rewrite(root)


class Decorrelation:
    """Rewrite relations from the leaves up; a subquery is rewritten before the relation that it belongs to."""

    def __init__(self, root: ops.Relation) -> None:
        self._scopes = Scopes()
        self._names = (f"__key_{number}" for number in itertools.count())
        self._rewritten: dict[ops.Relation, ops.Relation] = {}
        self._grouped = _grouped_inputs(root)

    def rewrite(self, rel: ops.Relation) -> ops.Relation:
        """Return a relation without correlated subqueries that Redshift does not support."""
        if rel not in self._rewritten:
            is_grouped = rel in self._grouped
            sources = {source: self.rewrite(source) for source in inputs(rel)}
            moved = rel if all(old is new for old, new in sources.items()) else self._scopes.rebuild(rel, sources, {})
            self._rewritten[rel] = self._rewrite_values(moved, is_grouped)
        return self._rewritten[rel]

    def _rewrite_values(self, rel: ops.Relation, is_grouped: bool) -> ops.Relation:
        subqueries = _subqueries(own_values(rel))
        if not subqueries or isinstance(rel, CorrelatedRows):
            return rel
        values: dict[ops.Node, ops.Node] = {s: s.copy(rel=self.rewrite(s.rel)) for s in subqueries}
        rel = self._scopes.rebuild(rel, {}, {old: new for old, new in values.items() if old != new})
        local = inputs(rel)
        correlated = []
        for subquery in _subqueries(own_values(rel)):
            outside = self._scopes.foreign_fields(subquery.rel)
            # One that reads a query further out is rewritten with that query.
            if outside and all(field.rel in local for field in outside):
                correlated.append(subquery)
        return self._rewrite_correlated(rel, correlated, is_grouped) if correlated else rel

    def _rewrite_correlated(self, rel: ops.Relation, correlated: list[ops.Subquery], is_grouped: bool) -> ops.Relation:
        if isinstance(rel, ops.JoinChain):
            return self._rewrite_join(rel, correlated)
        if isinstance(rel, ops.Aggregate) and not set(correlated) <= _row_subqueries(rel):
            raise com.UnsupportedOperationError(
                f"A subquery reads the rows of a group outside of an aggregate. {ADVICE}"
            )
        plain: dict[ops.Node, ops.Node] = {}
        if isinstance(rel, ops.Filter) or (isinstance(rel, ops.Project) and not is_grouped):
            plain = {s: select for s in correlated if (select := to_plain(s, self._scopes)) is not None}
            rel = self._scopes.rebuild(rel, {}, plain)
        rest = [subquery for subquery in correlated if subquery not in plain]
        if not rest:
            return rel
        joined, values = self._join_answers(rel.parent, rest)
        moved = self._scopes.rebuild(rel, {rel.parent: joined}, values)
        if not isinstance(moved, PASSING):
            return moved
        return ops.Project(moved, {name: ops.Field(moved, name) for name in rel.schema})

    def _rewrite_join(self, rel: ops.JoinChain, correlated: list[ops.Subquery]) -> ops.Relation:
        """Add what subqueries in ON find to the side that they read; what they select is computed above the join."""
        if _subqueries(rel.values.values()):
            fields = dict.fromkeys(field for value in rel.values.values() for field in self._scopes.fields(value))
            names: dict[ops.Field, str] = {field: next(self._names) for field in fields}
            chain = rel.copy(values={name: field for field, name in names.items()})
            over = {field: ops.Field(chain, name) for field, name in names.items()}
            values = {name: self._scopes.substitute(value, over) for name, value in rel.values.items()}
            return self.rewrite(ops.Project(chain, values))
        for table in rel.tables:
            subqueries = [
                s for s in correlated if {field.rel for field in self._scopes.foreign_fields(s.rel)} == {table}
            ]
            if subqueries:
                below = moved_fields({table: table.parent})
                moved = {s: self._scopes.substitute(s, below) for s in subqueries}
                joined, answers = self._join_answers(table.parent, list(moved.values()))
                reference = ops.JoinReference(joined, table.identifier)
                above = moved_fields({joined: reference})
                values = {s: self._scopes.substitute(answers[moved[s]], above) for s in subqueries}
                rel = self._scopes.rebuild(rel, {table: reference}, values)
                return self._rewrite_values(rel, False)
        raise com.UnsupportedOperationError(f"A subquery in ON reads two tables of the join. {ADVICE}")

    def _join_answers(self, parent: ops.Relation, subqueries: list[ops.Subquery]) -> tuple[ops.Relation, Values]:
        """Return a relation with what subqueries find joined to it, and each subquery's value over it."""
        answers = {subquery: self._answer(subquery) for subquery in subqueries}
        first = ops.JoinReference(parent, 0)
        links: list[ops.JoinLink] = []
        values: dict[str, ops.Value] = {name: ops.Field(first, name) for name in parent.schema}
        read: dict[ops.Value, str] = {}
        for joined in dict.fromkeys(joined for answer in answers.values() for joined in answer.joined):
            side = ops.JoinReference(joined.rows, len(links) + 1)
            moved = moved_fields({parent: first, joined.rows: side})
            conditions = tuple(self._scopes.substitute(condition, moved) for condition in joined.conditions)
            links.append(ops.JoinLink("left", side, conditions))
            for name in joined.rows.schema:
                read[ops.Field(joined.rows, name)] = column = next(self._names)
                values[column] = ops.Field(side, name)
        used = {field for answer in answers.values() for field in self._scopes.fields(answer.value)}
        names = {*parent.schema, *(name for field, name in read.items() if field in used)}
        chain = ops.JoinChain(
            first, rest=tuple(links), values={name: value for name, value in values.items() if name in names}
        )
        over = moved_fields({parent: chain}) | {f: ops.Field(chain, name) for f, name in read.items() if f in used}
        return chain, {s: self._scopes.substitute(answer.value, over) for s, answer in answers.items()}

    def _answer(self, subquery: ops.Subquery) -> Answer:
        if isinstance(subquery, ops.ExistsSubquery):
            return self._answer_exists(subquery)
        return self._answer_in(subquery) if isinstance(subquery, ops.InSubquery) else self._answer_scalar(subquery)

    def _answer_scalar(self, subquery: ops.ScalarSubquery) -> Answer:
        rel, value = _compose_projections(subquery.rel, self._scopes)
        if isinstance(rel, ops.Aggregate) and not rel.groups:
            total = self._scopes.substitute(value, {ops.Field(rel, n): metric for n, metric in rel.metrics.items()})
            keys, keyed = self._carry_key(subquery, rel.parent, topmost_reductions(total))
            moved = moved_fields({rel.parent: keyed.rows}) | keys.outer_columns(keyed.rows)
            rows, values = aggregate_by_key(keyed, {"value": total}, moved, self._names, self._scopes)
            return self._answer_by_key(keys, rows, values["value"])
        if not _is_one_row(subquery.rel):
            raise com.UnsupportedOperationError(
                f"A correlated subquery may have several rows; aggregate them or take one with `.limit(1)`. {ADVICE}"
            )
        keys, keyed = self._carry_key(subquery, subquery.rel)
        (name,) = subquery.rel.schema
        return self._answer_by_key(keys, keyed.rows, ops.Field(keyed.rows, name))

    def _answer_exists(self, subquery: ops.ExistsSubquery) -> Answer:
        keys, keyed = self._carry_key(subquery, subquery.rel)
        rows, count = _count_by_key(keyed, ops.CountStar(keyed.rows), next(self._names))
        return self._answer_by_key(keys, rows, ops.NotNull(count))

    def _answer_in(self, subquery: ops.InSubquery) -> Answer:
        """Join the rows that have the value, and count all rows and those without a value."""
        keys, keyed = self._carry_key(subquery, subquery.rel)
        (name,) = subquery.rel.schema
        value = ops.Field(keyed.rows, name)
        counted, nulls = _count_by_key(keyed, ops.CountStar(keyed.rows, where=ops.IsNull(value)), next(self._names))
        fields = Keyed(keyed.rows, keyed.keys).fields(name)
        equal = ops.Distinct(ops.Project(keyed.rows, fields))
        matches = self._join_by_key(keys, equal, ops.Equals(ops.Field(equal, name), subquery.needle))
        is_empty = ops.IsNull(nulls)
        is_unknown = ops.Or(ops.Greater(nulls, 0), ops.IsNull(subquery.needle))
        has_match = ops.NotNull(ops.Field(matches.rows, name))
        true, false = ops.Literal(True, dtype=dt.boolean), ops.Literal(False, dtype=dt.boolean)
        unknown = ops.Literal(None, dtype=dt.boolean)
        result = ops.SearchedCase((has_match, is_empty, is_unknown), (true, false, unknown), false)
        return self._answer_by_key(keys, counted, self._scopes.substitute(result, {}), matches)

    def _carry_key(
        self, subquery: ops.Subquery, rel: ops.Relation, reductions: Iterable[ops.Value] = ()
    ) -> tuple[KeyedRows, Keyed]:
        """Return rows of a relation of a subquery, by a key that the rows have or else by all that is read."""
        outside = self._scopes.foreign_fields(subquery.rel)
        is_read_above = any(self._scopes.fields(reduction) & outside for reduction in reductions)
        equal = EqualKeys(self._scopes, self._names, outside)
        keyed = None if is_read_above else equal.carry(rel)
        if keyed is not None and keyed.keys:
            return equal, keyed
        domain = DomainKeys(self._scopes, self._names, outside)
        keyed = domain.carry(rel)
        if keyed is None or not keyed.keys:
            raise com.UnsupportedOperationError(f"A correlated subquery has a form that is not supported. {ADVICE}")
        return domain, keyed

    def _join_by_key(self, keys: KeyedRows, rows: ops.Relation, *conditions: ops.Value) -> JoinedRows:
        """Return rows to join by their key; what they contain may need a rewrite, now that it reads the key."""
        rewritten = self.rewrite(rows)
        moved = moved_fields({rows: rewritten})
        further_conditions = tuple(self._scopes.substitute(condition, moved) for condition in conditions)
        return JoinedRows(rewritten, (*keys.key_conditions(rewritten), *further_conditions))

    def _answer_by_key(self, keys: KeyedRows, rows: ops.Relation, value: ops.Value, *further: JoinedRows) -> Answer:
        joined = self._join_by_key(keys, rows)
        return Answer(self._scopes.substitute(value, moved_fields({rows: joined.rows})), (joined, *further))


def _count_by_key(keyed: Keyed, count: ops.Value, name: str) -> tuple[ops.Aggregate, ops.Field]:
    """Return one row for each key, and the column with a count of the key's rows."""
    groups = {key: ops.Field(keyed.rows, key) for key in keyed.keys}
    rows = ops.Aggregate(keyed.rows, groups=groups, metrics={name: count})
    return rows, ops.Field(rows, name)


def _compose_projections(rel: ops.Relation, scopes: Scopes) -> tuple[ops.Relation, ops.Value]:
    """Return the relation below projections of one row, and the value of the only column over it."""
    (name,) = rel.schema
    value: ops.Value = ops.Field(rel, name)
    while isinstance(rel, ops.Project) and not value.find(ops.WindowFunction, filter=ops.Value):
        value = scopes.substitute(value, {ops.Field(rel, name): column for name, column in rel.values.items()})
        rel = rel.parent
    return rel, value


def _is_one_row(rel: ops.Relation) -> bool:
    """Return whether a relation has one row at most."""
    while isinstance(rel, ops.Project | ops.Filter | ops.Sort | ops.DropColumns):
        rel = rel.parent
    return (isinstance(rel, ops.Limit) and rel.n == 1) or (isinstance(rel, ops.Aggregate) and not rel.groups)


def _row_subqueries(rel: ops.Aggregate) -> set[ops.Subquery]:
    """Return the subqueries that are computed for each row before rows are grouped."""
    reductions = (reduction for metric in rel.metrics.values() for reduction in topmost_reductions(metric))
    return set(_subqueries((*rel.groups.values(), *reductions)))


def _subqueries(values: Iterable[ops.Value]) -> list[ops.Subquery]:
    """Return the subqueries in values, without those in the relations of others."""
    return list(dict.fromkeys(s for value in values for s in value.find(ops.Subquery, filter=ops.Value)))


def _grouped_inputs(root: ops.Relation) -> frozenset[ops.Relation]:
    """Return relations whose rows are grouped: a planner may move what they compute into GROUP BY."""
    grouped: set[ops.Relation] = set()
    waiting = [(root, False)]
    while waiting:
        rel, is_grouped = waiting.pop()
        if not is_grouped or rel not in grouped:
            if is_grouped:
                grouped.add(rel)
            below = isinstance(rel, ops.Aggregate | ops.Distinct) or (
                is_grouped and isinstance(rel, ops.Project | ops.Filter | ops.Sort)
            )
            waiting += [(source, below) for source in inputs(rel)]
    return frozenset(grouped)
