"""Write all data tests as one script: each view and each control total that they need is computed once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from marketing_ibis.engines.dialect import Dialect, Relation
from marketing_ibis.model.vocabulary import THRESHOLD
from marketing_ibis.testing.batches import Batch, DataTestQuery, Expected, difference, number_alias
from marketing_ibis.testing.view_cache import SUFFIX, cached_columns

RESULTS = "marketing_ibis_test_results"
TOTAL_SUFFIX, NUMBERS_SUFFIX = "__total", "__numbers"
OPERATORS = {"==": "=", "!=": "<>"}
"""Comparisons of thresholds that not every engine writes the same way."""
ORDER = "CASE status WHEN 'fail' THEN 1 WHEN 'warn' THEN 2 ELSE 3 END, node, test_name"


def data_test_script(batches: Sequence[Batch], dialect: Dialect, relations: Mapping[str, Relation]) -> tuple[str, ...]:
    """Return the statements that test published tables; the last one lists every test, failures first.

    Tests of columns that a source need not have are not part of it.
    """
    complete = [batch for batch in batches if not batch.columns]
    queries = [(batch, query) for batch in complete for query in batch.queries]
    if not queries:
        return ()
    views = {batch.node: batch.view for batch in complete if batch.view}
    script = _Script(dialect, relations, complete, views, _total_tables(complete))
    statements = [*dialect.open_session("marketing_ibis: tests"), *script.create_results(queries)]
    statements += [statement for view in script.views for statement in script.compute_view(view)]
    statements += [statement for total in script.totals for statement in script.compute_total(total)]
    for place, batch in enumerate(complete):
        statements += script.run_batch(batch, place)
    results = dialect.identifier(RESULTS)
    statements.append(f"SELECT node, test_name, severity, failures, status\nFROM {results}\nORDER BY {ORDER}")
    return dialect.approve(statements, "The script of the data tests cannot be written")


@dataclass(frozen=True, slots=True)
class _Script:
    """The tests of ``batches``, which read temporary tables in place of views.

    ``views`` are the types of the columns of each view that is tested, ``totals`` the temporary table of each control
    total, by its SELECT.
    """

    dialect: Dialect
    relations: Mapping[str, Relation]
    batches: Sequence[Batch]
    views: Mapping[str, Mapping[str, str]]
    totals: Mapping[str, str]

    def create_results(self, queries: Sequence[tuple[Batch, DataTestQuery]]) -> tuple[str, ...]:
        node_width = max(len(batch.node.encode()) for batch, _ in queries)
        name_width = max(len(query.data_test.name.encode()) for _, query in queries)
        columns = (
            f"node VARCHAR({node_width})",
            f"test_name VARCHAR({name_width})",
            "severity VARCHAR(5)",
            "failures BIGINT",
            "status VARCHAR(4)",
        )
        table = self.dialect.identifier(RESULTS)
        return self._drop(RESULTS), f"CREATE TEMPORARY TABLE {table} ({', '.join(columns)})"

    def compute_view(self, view: str) -> tuple[str, ...]:
        columns, _ = self._cached_columns(view)
        return self._create(f"{view}{SUFFIX}", f"SELECT {columns}\nFROM {self.dialect.relation(self.relations[view])}")

    def _cached_columns(self, view: str) -> tuple[str, str]:
        expected = (query.expected for batch in self.batches for query in batch.queries)
        uses = [total.uses for total in expected if isinstance(total, Expected)]
        return cached_columns(self.dialect, view, self.views[view], [*(batch.uses for batch in self.batches), *uses])

    def compute_total(self, select: str) -> tuple[str, ...]:
        return self._create(self.totals[select], self._resolve(select))

    def run_batch(self, batch: Batch, place: int) -> tuple[str, ...]:
        """Return the statements that compute the numbers of a batch in one pass, and record what they mean."""
        numbers = f"{batch.node}_{place}{NUMBERS_SUFFIX}"
        rows = "\nUNION ALL\n".join(
            self._result_row(batch, query, number_alias(n), numbers) for n, query in enumerate(batch.queries)
        )
        insert = f"INSERT INTO {self.dialect.identifier(RESULTS)}\n{rows}"
        return *self._create(numbers, self._resolve(batch.select)), insert

    def _result_row(self, batch: Batch, query: DataTestQuery, number: str, numbers: str) -> str:
        data_test = query.data_test
        failures, source = f"COALESCE({number}, 0)", self.dialect.identifier(numbers)
        if query.expected is not None:
            expected = self._expected(query.expected)
            source = f"(SELECT {failures} AS actual, {expected} AS expected FROM {source}) AS compared"
            failures = f"CASE WHEN {difference(is_exact=query.is_exact)} THEN 1 ELSE 0 END"
        failing = (
            f"WHEN {failures} {_comparison(data_test.error_if)} THEN 'fail' " if data_test.severity == "error" else ""
        )
        warning = f"WHEN {failures} {_comparison(data_test.warn_if)} THEN 'warn'"
        texts = (batch.node, data_test.name, data_test.severity)
        names = [f"CAST({self.dialect.literal(text)} AS VARCHAR({len(text.encode())}))" for text in texts]
        status = f"CAST(CASE {failing}{warning} ELSE 'pass' END AS VARCHAR(4))"
        return f"SELECT {', '.join(names)}, CAST({failures} AS BIGINT), {status}\nFROM {source}"

    def _expected(self, expected: Expected | int) -> str:
        if isinstance(expected, int):
            return str(expected)
        column, table = self.dialect.identifier(expected.column), self.dialect.identifier(self.totals[expected.select])
        return f"{expected.times} * COALESCE((SELECT {column} FROM {table}), 0)"

    def _resolve(self, select: str) -> str:
        """Return ``select`` reading temporary tables in place of views, and published tables."""
        for view in self.views:
            if self.dialect.placeholder(view) in select:
                select = select.replace(self.dialect.placeholder(view), self._cached_columns(view)[1])
        return self.dialect.resolve(select, self.relations)

    def _create(self, name: str, select: str) -> tuple[str, ...]:
        return self._drop(name), f"CREATE TEMPORARY TABLE {self.dialect.identifier(name)} AS\n{select}"

    def _drop(self, name: str) -> str:
        return f"DROP TABLE IF EXISTS {self.dialect.identifier(name)}"


def _total_tables(batches: Sequence[Batch]) -> dict[str, str]:
    expected = [query.expected for batch in batches for query in batch.queries]
    names = {total.select: total.name for total in expected if isinstance(total, Expected)}
    return {select: f"{name}_{place}{TOTAL_SUFFIX}" for place, (select, name) in enumerate(names.items(), 1)}


def _comparison(threshold: str) -> str:
    """Return a threshold as SQL has it."""
    ((operator, number),) = THRESHOLD.findall(threshold)
    return f"{OPERATORS.get(operator, operator)} {number}"
