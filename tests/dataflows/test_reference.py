"""The reference reproduces the golden example, so that it can test the models."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

import pytest

from tests.dataflows.comparison import GOLDEN_MODELS, KEYS, differences, golden_rows
from tests.paths import GOLDEN
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, golden_sources

Row = dict[str, object]


@pytest.mark.parametrize("model", GOLDEN_MODELS)
def test_reference_gives_the_golden_rows(model: str, request: pytest.FixtureRequest) -> None:
    actual = reference_tables(golden_sources(), GOLDEN_AS_OF)[model]
    if request.config.getoption("--update-golden"):
        add_columns(model, actual)
    expected = golden_rows(model)
    assert len(actual) == len(expected)
    assert not differences(model, actual, expected)


def add_columns(model: str, reference: list[Row]) -> None:
    """Add the missing columns to the golden rows from the reference, without changing their values."""
    path, keys = GOLDEN / "expected" / f"{model}.json", KEYS[model]
    by_key = {
        tuple(row[key] for key in keys): row
        for row in ({column: in_json(value) for column, value in row.items()} for row in reference)
    }
    golden = json.loads(path.read_text("utf-8")) if path.is_file() else list(by_key.values())
    completed = [row | _lacking(row, by_key[tuple(row[key] for key in keys)]) for row in golden]
    path.write_text(json.dumps(completed, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _lacking(row: Row, of_reference: Row) -> Row:
    return {column: value for column, value in of_reference.items() if column not in row}


def in_json(value: object) -> object:
    """Return a value as the golden rows have it: JSON has neither dates nor decimals."""
    return str(value) if isinstance(value, Decimal) else value.isoformat() if isinstance(value, date) else value
