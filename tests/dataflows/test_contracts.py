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


@pytest.mark.parametrize("name", MODELS)
@law
def test_values_keep_the_contract(name: str, case: Case) -> None:
    columns = {column.name: column for column in MODELS[name].declaration.contract.columns}
    for row in case.tables[name]:
        assert list(row) == list(columns)
        for column, value in row.items():
            assert value is not None or columns[column].nullable, f"{column} is NULL"
            assert value is None or type(value) is _type(columns[column].type), f"{column} is {value!r}"
            width = columns[column].width
            assert not width or value is None or len(str(value).encode()) <= width, (
                f"{column} is wider than {width}: {value!r}"
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


@pytest.mark.parametrize("name", MODELS)
def test_every_label_that_a_model_writes_fits_its_column(name: str) -> None:
    labels = [
        literal.value
        for literal in MODELS[name].expression.op().find(ops.Literal)
        if literal.dtype.is_string() and literal.value
    ]
    widths = [column.width for column in MODELS[name].declaration.contract.columns if column.width]
    assert not widths or all(len(label.encode()) <= max(widths) for label in labels)


@pytest.mark.parametrize("name", MODELS)
@law
def test_the_grain_is_unique(name: str, case: Case) -> None:
    grain = MODELS[name].declaration.grain
    keys = Counter(tuple(row[column] for column in grain) for row in case.tables[name])
    assert all(count == 1 for count in keys.values())


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


@pytest.mark.parametrize("model", KEYS)
def test_the_jaffle_shop_equals_the_reference(model: str) -> None:
    shop = sources_from_csv(JAFFLE)
    actual = build_tables(shop, JAFFLE_AS_OF)[model]
    assert not differences(model, actual, reference_tables(shop, JAFFLE_AS_OF)[model])
