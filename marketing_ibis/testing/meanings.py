"""Say in a sentence what each data test expects."""

from __future__ import annotations

from collections.abc import Sequence

from marketing_ibis.model import DataTest


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
