"""What a page says of data tests: what each means, and the worst results first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from marketing_ibis.build.latest_results import TestKey, TestResult
from marketing_ibis.model import DataTest
from marketing_ibis.plurals import plural

ORDER = ("error", "fail", "warn", "skipped", "", "pass")
"""Results as a page lists them; a test without one comes before those that passed."""
WORDS = {"error": "error", "fail": "fail", "warn": "warn", "skipped": "skipped", "": "not run", "pass": "pass"}


@dataclass(frozen=True, slots=True)
class ShownTest:
    """A data test with what it means, the query of what fails, and its newest result."""

    data_test: DataTest
    meaning: str
    query: str
    outcome: TestResult | None

    @property
    def status(self) -> str:
        """The newest result, "" for none."""
        return self.outcome.status if self.outcome else ""

    @property
    def keys(self) -> str:
        """The keys of the first rows that failed, as text."""
        keys = self.outcome.keys if self.outcome else ()
        return "; ".join(", ".join(f"{name} {value}" for name, value in key.items()) for key in keys)


def shown_tests(
    table: str, data_tests: Iterable[DataTest], results: Mapping[TestKey, TestResult], queries: Mapping[str, str]
) -> list[ShownTest]:
    """Return the tests of a table, failures first."""
    tests = [ShownTest(c, meaning(c), queries.get(c.name, ""), results.get((table, c.name))) for c in data_tests]
    return sorted(tests, key=lambda test: ORDER.index(test.status) if test.status in ORDER else 0)


def summary_of(tests: Sequence[ShownTest]) -> str:
    """Return how many tests there are, and how many have each result."""
    counts = Counter(test.status for test in tests)
    head = plural("test", len(tests))
    if not set(counts) - {""}:
        return f"{head}, not run yet"
    statuses = sorted(counts, key=lambda status: (status != "pass", ORDER.index(status) if status in ORDER else 0))
    return f"{head}: {', '.join(f'{counts[status]:,} {WORDS.get(status, status)}' for status in statuses)}"


def meaning(data_test: DataTest) -> str:
    """Return a sentence that says what a test expects."""
    expected = f"{_expected(data_test)}."
    where = "" if data_test.where is None else " Only rows that meet a condition are tested."
    limits = [f"warns if {data_test.warn_if}"] if data_test.warn_if != "!=0" else []
    limits += (
        [f"fails if {data_test.error_if}"] if data_test.error_if != "!=0" and data_test.severity == "error" else []
    )
    limits_text = f" By number of failures, it {' and '.join(limits)}." if limits else ""
    return f"{expected}{where}{limits_text}"


def _expected(data_test: DataTest) -> str:
    arguments = data_test.arguments if isinstance(data_test.arguments, tuple) else (data_test.arguments,)
    column = f"``{data_test.column}``"
    match data_test.test, arguments:
        case "not_null", _:
            return f"{column} is never empty"
        case "unique", _:
            return f"No two rows have the same {column}"
        case "unique_combination_of_columns", names:
            return f"No two rows have the same {_join(names, 'and')}"
        case "accepted_values", values:
            return f"{column} is {_join(values, 'or')}"
        case "positive_value", _:
            return f"{column} is more than 0"
        case "non_negative", _:
            return f"{column} is 0 or more"
        case "percentage_range", (low, high):
            return f"{column} is from {low} to {high}"
        case "recency_freshness", (days,):
            return f"{column} is at most {days} days before the as-of date"
        case "table_freshness", (days,):
            return f"The newest {column} is at most {days} days before the as-of date"
        case "not_after_as_of", _:
            return f"{column} is not after the as-of date"
        case "not_before", (day,):
            return f"{column} is not before {day}"
        case "valid_email", _:
            return f"{column} has the form of an e-mail address"
        case "relationships", (to, field):
            return f"Every {column} exists in ``{to}.{field}``"
        case "matches_parent", (to, field, by, key):
            return f"{column} equals ``{field}`` of the row of ``{to}`` whose ``{key}`` is ``{by}``"
        case "min_row_count", (rows,):
            return f"The table has at least {rows} row{'' if rows == 1 else 's'}"
        case "row_count_equals", (balance,):
            return f"The number of rows equals: {balance}"
        case "sum_equals", (balance,):
            return f"The sum of {column} equals: {balance}"
    return _custom(data_test)


def _custom(data_test: DataTest) -> str:
    """Return what a project says of its own test."""
    description = " ".join(str(data_test.arguments).split()).rstrip(".") if isinstance(data_test.arguments, str) else ""
    return description or (
        "Every row meets a condition" if data_test.test == "expression_is_true" else "The query finds no rows"
    )


def _join(values: Sequence[object], word: str) -> str:
    texts = [f"``{value}``" for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} {word} {texts[-1]}"
