"""Check the default values of columns: https://docs.aws.amazon.com/redshift/latest/dg/r_CREATE_TABLE_NEW.html."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace

import sqlglot.expressions as sge
from sqlglot.errors import SqlglotError

from marketing_ibis.engines.redshift.gate import vocabulary
from marketing_ibis.engines.redshift.gate.common_types import check_conversion, describe_conflict
from marketing_ibis.engines.redshift.gate.lexer import tokenize
from marketing_ibis.engines.redshift.gate.literals import check_constant_cast
from marketing_ibis.engines.redshift.gate.parsing import Statement
from marketing_ibis.engines.redshift.gate.queries import parse_query
from marketing_ibis.engines.redshift.gate.refusal import Refusal
from marketing_ibis.engines.redshift.gate.tokens import check_tokens
from marketing_ibis.engines.redshift.gate.type_families import TEXTS, UNTYPED
from marketing_ibis.engines.redshift.gate.value_types import type_of


def check_defaults(statement: Statement, rule: str) -> Iterator[Refusal]:
    """Yield the defaults that are not values of their columns' types, or that read columns or queries."""
    for part in statement.find(rule):
        name, kind = statement.texts("column_name", part)[0], statement.texts("column_type", part)[0]
        words = statement.words(part)
        if ("NOT", "NULL") in itertools.pairwise(words) and ("DEFAULT", "NULL") in itertools.pairwise(words):
            yield Refusal("DEFAULT NULL of a NOT NULL column", "it is never stored", "another value", statement.page)
        for text in statement.texts("default_value", part):
            try:
                query = parse_query(f"SELECT {text}, CAST(NULL AS {kind})")
            except SqlglotError:
                yield from _check_calls(text)
                continue
            refusals = [*_check_default(query, text, statement.page), *_check_calls(text)]
            yield from (refusal.of(name.strip('"')) for refusal in refusals)


def _check_default(query: sge.Expression, text: str, page: str) -> Iterator[Refusal]:
    value, column = query.expressions
    yield from (
        replace(refusal, construct=f"DEFAULT {refusal.construct}") for refusal in check_constant_cast(value, column.to)
    )
    names = [node.name for node in value.find_all(sge.Column) if node.name.lower() not in vocabulary.VALUES]
    if value.find(sge.Query):
        yield Refusal(f"DEFAULT {text}", "it takes no subquery", "a constant", page)
    elif names and not set(map(str.lower, names)) <= vocabulary.DATE_PARTS:
        yield Refusal(f"DEFAULT {text}", f"it reads the column {names[0]}", "a constant", page)
    yield from _check_width(value, column.to, text, page)
    conflict = describe_conflict((type_of(column, {}), None), (type_of(value, {}), value.unnest()))
    source = type_of(value, {})
    if not conflict and source != UNTYPED:
        conflict = next((refusal.construct for refusal in check_conversion(source, type_of(column, {}))), "")
    if conflict:
        yield Refusal(f"DEFAULT {text} of {conflict}", "it has another type than the column", "a value of it", page)


def _check_width(value: sge.Expression, kind: sge.DataType, text: str, page: str) -> Iterator[Refusal]:
    sizes = [int(size.name) for size in kind.expressions if size.name.isdigit()]
    if kind.this in TEXTS and value.is_string and sizes and len(value.name.encode()) > sizes[0]:
        reason = f"the column has {sizes[0]} bytes"
        yield Refusal(f"DEFAULT {text[:40]}", reason, "a shorter value, or a wider column", page)


def _check_calls(text: str) -> Iterator[Refusal]:
    if text.upper() != "CURRENT_TIMESTAMP":
        yield from check_tokens(tokenize(text))
