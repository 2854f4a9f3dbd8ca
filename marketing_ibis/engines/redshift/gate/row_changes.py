"""Check statements that change rows, as the queries that compute what they write.

https://docs.aws.amazon.com/redshift/latest/dg/r_UPDATE.html, r_DELETE.html, r_MERGE.html and r_INSERT_30.html
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

import sqlglot.expressions as sge

from marketing_ibis.engines.redshift.gate import functions, vocabulary
from marketing_ibis.engines.redshift.gate.calls import function_name
from marketing_ibis.engines.redshift.gate.notation import Part
from marketing_ibis.engines.redshift.gate.parsing import Statement, fold
from marketing_ibis.engines.redshift.gate.refusal import Refusal


def query_of(statement: Statement) -> str:
    """Return the query that computes what UPDATE, DELETE or MERGE write, and finds the rows that they change."""
    target = " ".join([*statement.texts("written_table")[:1], *_aliases(statement)])
    sources = [target, *statement.texts("read_tables"), *statement.texts("merged_table")]
    values = [*statement.texts("assigned_value"), *statement.texts("row_value")] or ["1"]
    with_queries = ""
    if statement.words()[0] == "WITH":
        head = statement.tokens[statement.find("written_table")[0].start - 1]
        words = statement.words()
        verb = next(place for place in range(len(words)) if statement.tokens[place] is head)
        while words[verb] not in ("UPDATE", "DELETE"):
            verb -= 1
        with_queries = statement.text[: statement.tokens[verb].start]
    selections = ", ".join(
        f"{value} AS v{place}" for place, value in enumerate(v for v in values if v.upper() != "DEFAULT")
    )
    where = "".join(f" WHERE {condition}" for condition in statement.texts("row_condition"))
    return f"{with_queries}SELECT {selections or '1'} FROM {', '.join(sources)}{where}"


def _aliases(statement: Statement) -> list[str]:
    merged = statement.find("merged_table")
    aliases = [part for part in statement.find("row_alias") if not merged or part.end <= merged[0].start]
    return [f"AS {statement.text_of(part)}" for part in aliases]


def check_changes(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong with the columns that UPDATE, DELETE or MERGE set and with the tables that they read."""
    yield from _check_repeats("SET", statement.names("assigned_column"), statement.page)
    for part in statement.find("read_tables"):
        if statement.rule == "update" and {"LEFT", "RIGHT", "FULL"} & set(_outer_words(statement, part)):
            reason = "FROM of an UPDATE has inner joins only"
            yield Refusal("an outer join", reason, "a subquery in WHERE", statement.page)
    if statement.rule == "merge":
        target = fold(statement.texts("written_table")[0])
        if fold(statement.texts("table")[0]) == target:
            yield Refusal("MERGE of a table into itself", "source and target differ", "a copy", statement.page)
        yield from _check_repeats("INSERT", statement.names("column_name"), statement.page)
        yield from _check_count(statement)
        yield from _check_new_rows(statement, target)


def _check_new_rows(statement: Statement, target: str) -> Iterator[Refusal]:
    """Yield a refusal where the row of MERGE's INSERT reads the target, which has no row for it."""
    source = statement.find("merged_table")[0]
    names = {target} - {fold(word) for word in statement.words(source)}
    for row in statement.find("row"):
        words = statement.words(row)
        for name, sign in itertools.pairwise(words):
            if sign == "." and fold(name) in names:
                reason = "no row of the target matches"
                yield Refusal(f"{fold(name)} in INSERT", reason, "a column of the source", statement.page)
                return


def _outer_words(statement: Statement, part: Part) -> Iterator[str]:
    """Yield the words of a part that are outside of parentheses."""
    depth = 0
    for word in statement.words(part):
        depth += (word == "(") - (word == ")")
        if depth == 0:
            yield word


def check_values(tree: sge.Expression, page: str) -> Iterator[Refusal]:
    """Yield what cannot be computed from one row: aggregates and window functions, outside of subqueries."""
    for projection in tree.expressions:
        for call in projection.find_all(sge.Func, sge.Window):
            is_window = isinstance(call, sge.Window)
            name = "a window function" if is_window else function_name(call)
            if (is_window or name in functions.AGGREGATES) and call.find_ancestor(sge.Select) is tree:
                yield Refusal(name, "a value is computed from one row", "a subquery that computes it", page)
                break


def check_inserted(statement: Statement) -> Iterator[Refusal]:
    """Yield what is wrong with the columns of INSERT, and with the number of values in its rows."""
    yield from _check_repeats("INSERT", statement.names("column_name"), statement.page)
    yield from _check_count(statement)


def computed_values(statement: Statement) -> list[str]:
    """Return the values of rows that are computed."""
    values = []
    for part in statement.find("row_value"):
        first = statement.tokens[part.start]
        if part.end > part.start + 1 or first.kind in ("word", "name"):
            text = statement.text_of(part)
            if text.upper() not in ("DEFAULT", "NULL", "TRUE", "FALSE"):
                values.append(text)
    return values


def check_constants(tree: sge.Expression, page: str, *, is_single: bool) -> Iterator[Refusal]:
    """Yield what the rows of VALUES cannot hold: columns, as no table is read, and subqueries among several rows."""
    if not is_single and tree.find(sge.Subquery):
        reason = "VALUES with several rows takes none"
        yield Refusal("a subquery in VALUES", reason, "INSERT ... SELECT", page)
    for column in tree.find_all(sge.Column):
        name = column.name.lower()
        if (
            column.find_ancestor(sge.Select) is tree
            and name not in vocabulary.VALUES
            and name not in vocabulary.DATE_PARTS
        ):
            yield Refusal(f"column {column.name} in VALUES", "no table is read there", "INSERT ... SELECT", page)
            return


def check_width(statement: Statement, columns: Sequence[str] | None) -> Iterator[Refusal]:
    """Yield a refusal where a list of columns is not as long as the query that fills them."""
    column_names = statement.texts("column_name")
    yield from check_unique(statement, column_names or columns or ())
    if column_names and columns is not None and len(columns) != len(column_names):
        reason = f"the query has {len(columns)} columns"
        yield Refusal(f"a list of {len(column_names)} columns", reason, "one name per column", statement.page)


def check_unique(statement: Statement, columns: Sequence[str]) -> Iterator[Refusal]:
    """Yield the columns that a table or view would have twice."""
    names = Counter(fold(name) for name in columns if name)
    for name in [name for name, times in names.items() if times > 1 and statement.rule.startswith("create")]:
        construct = f"column {name} of a table or view"
        yield Refusal(construct, "it is there twice", "another name for one of them", statement.page)


def _check_repeats(construct: str, names: Sequence[str], page: str) -> Iterator[Refusal]:
    for name, times in Counter(names).items():
        if times > 1:
            yield Refusal(f"{construct} of {name}", "the column is listed twice", "it once", page)


def _check_count(statement: Statement) -> Iterator[Refusal]:
    rows = statement.find("row")
    if not rows:
        return
    ends = [part.end for part in statement.find("row_value")]
    place = 0
    column_count = len(statement.find("column_name"))
    first = 0
    for number, row in enumerate(rows):
        count = 0
        while place < len(ends) and ends[place] <= row.end:
            place, count = place + 1, count + 1
        first = first or count
        if count != (column_count or first):
            reason = f"it has {count} values, not {column_count or first}"
            yield Refusal(f"row {number + 1} of VALUES", reason, "one value per column", statement.page)
            return
