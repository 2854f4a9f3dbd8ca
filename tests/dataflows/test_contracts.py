"""Every model matches its contract: grain, types and NULLs; and the two paths to an order agree."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from decimal import Decimal

import ibis.expr.operations as ops
import pytest

from marketing_ibis.engines import ENGINES
from tests.dataflows.cases import Case, law
from tests.dataflows.comparison import KEYS, Row, differences
from tests.paths import JAFFLE
from tests.reference import reference_tables
from tests.sources import GOLDEN_AS_OF, Options, golden_shop, sources_from_csv
from tests.warehouse import MODEL_SCHEMA, build_tables, compiled_dataflow, compiled_for, open_warehouse, select_of

MODELS = compiled_dataflow(GOLDEN_AS_OF).models
PYTHON_TYPES = {"int64": int, "int32": int, "string": str, "boolean": bool, "date": date, "timestamp": datetime}
JAFFLE_AS_OF = date(2018, 4, 10)


def _type(name: str) -> type:
    return Decimal if name.startswith("decimal") else PYTHON_TYPES.get(name, int if name == "id" else float)


@law
def test_values_keep_the_contract(case: Case) -> None:
    for name, model in MODELS.items():
        columns = {column.name: column for column in model.declaration.contract.columns}
        for row in case.tables[name]:
            assert list(row) == list(columns), name
            for column, value in row.items():
                assert value is not None or columns[column].nullable, f"{name}.{column} is NULL"
                assert value is None or type(value) is _type(columns[column].type), f"{name}.{column} is {value!r}"
                width = columns[column].width
                assert not width or value is None or len(str(value).encode()) <= width, (
                    f"{name}.{column} is wider than {width}: {value!r}"
                )


@pytest.mark.parametrize("options", [Options(), golden_shop().options], ids=["required", "every"])
def test_duckdb_computes_the_types_of_the_contract(options: Options) -> None:
    warehouse = open_warehouse(compiled_for(GOLDEN_AS_OF, options))
    for name, model in warehouse.dataflow.models.items():
        if not model.row_function:
            select = select_of(warehouse.dataflow, ENGINES["duckdb"].dialect(), name)
            computed = warehouse.connection.execute(f"DESCRIBE {select}").fetchall()
            declared = warehouse.connection.execute(f"DESCRIBE {MODEL_SCHEMA}.{name}").fetchall()
            assert [column[:2] for column in computed] == [column[:2] for column in declared], name


def test_every_label_that_a_model_writes_fits_its_column() -> None:
    for name, model in MODELS.items():
        literals = model.expression.op().find(ops.Literal)
        labels = [each.value for each in literals if each.dtype.is_string() and each.value]
        widths = [column.width for column in model.declaration.contract.columns if column.width]
        assert not widths or not [label for label in labels if len(label.encode()) > max(widths)], name


@law
def test_the_grain_is_unique(case: Case) -> None:
    for name, model in MODELS.items():
        keys = Counter(tuple(row[column] for column in model.declaration.grain) for row in case.tables[name])
        assert not {key: count for key, count in keys.items() if count > 1}, name


@law
def test_adding_up_the_activity_gives_the_order_facts(case: Case) -> None:
    activity: dict[object, list[Row]] = defaultdict(list)
    for row in case.tables["stg_customer_activity"]:
        if row["order_date"] is not None and row["order_date"] <= case.as_of:  # type: ignore[operator]
            activity[row["order_id"]].append(row)
    facts = {row["order_id"]: row for row in case.tables["int_order_facts"]}
    assert facts.keys() == activity.keys()
    for order, rows in activity.items():
        payments = [row for row in rows if row["payment_id"] is not None]
        assert facts[order]["cents"] == sum(int(str(row["amount_cents"] or 0)) for row in payments)
        assert facts[order]["payment_count"] == len(payments)
        assert facts[order]["has_promo"] == any(row["is_promotional"] for row in payments)
        assert facts[order]["customer_id"] == rows[0]["customer_id"]


def test_the_jaffle_shop_equals_the_reference() -> None:
    shop = sources_from_csv(JAFFLE)
    actual, expected = build_tables(shop, JAFFLE_AS_OF), reference_tables(shop, JAFFLE_AS_OF)
    assert not [line for model in KEYS for line in differences(model, actual[model], expected[model])]
