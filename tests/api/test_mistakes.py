"""What a program passes wrongly is named, with the next step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import ibis
import pandas as pd
import pytest

import marketing_ibis
from marketing_ibis import Project
from marketing_ibis.errors import ConfigurationError, MarketingIbisError, SourceError, TargetUnavailable, UsageError
from tests.api import IBIS_WARNINGS
from tests.remembering import compiled_once
from tests.shop import AS_OF, SHOP, make_shop

pytestmark = IBIS_WARNINGS

ORDERS = {"id": "int64", "user_id": "int64", "order_date": "date", "status": "string", "cycle_name": "string"}


def orders(**changes: str) -> ibis.Table:
    return ibis.table({name: kind for name, kind in (ORDERS | changes).items() if kind}, name="orders")


@pytest.fixture(autouse=True)
def compiled() -> Iterator[None]:
    with compiled_once():
        yield


@pytest.mark.parametrize(
    ("call", "kind", "message"),
    [
        (
            lambda: Project({"raw_order": orders()}),
            UsageError,
            r"raw_order in sources is not a source\.\nDid you mean raw_orders",
        ),
        (
            lambda: Project({"raw_orders": orders(user_id="", user="int64")}),
            SourceError,
            r"The source table raw_orders has no column user_id\.\nDid you mean user",
        ),
        (
            lambda: Project({"raw_orders": orders(id="float64")}),
            SourceError,
            "Column id of the source table raw_orders is float64, declared int64",
        ),
        (
            lambda: Project({"raw_orders": orders(id="string")}),
            SourceError,
            r'id of the source table raw_orders is string, declared int64\.\nIf .* set id_type = "string"',
        ),
        (
            lambda: Project({"raw_orders": orders(order_date="timestamp('UTC')")}),
            SourceError,
            "order_date of the source table raw_orders is a timestamp with a time zone, declared date",
        ),
        (
            lambda: Project({"raw_orders": pd.DataFrame({"id": [1]})}),  # type: ignore[dict-item]
            UsageError,
            r"raw_orders is of type DataFrame, not an Ibis table\.\nMake an Ibis table of it: ibis\.memtable",
        ),
        (lambda: Project([orders()]), UsageError, "sources is of type list, not a mapping"),  # type: ignore[arg-type]
        (lambda: Project({}, as_of="2024-02-30"), UsageError, "as_of: '2024-02-30' is not a date: the calendar"),
        (lambda: Project({}, as_of=datetime(2024, 5, 15)), UsageError, r"is an instant|is the instant"),
        (lambda: Project({}, as_of=20240515), UsageError, "as_of is 20240515, not a date"),  # type: ignore[arg-type]
        (
            lambda: Project({}, vars={"rfm_rule": {"score_groups": 4}}),
            ConfigurationError,
            r"sets rfm_rule, which no model uses\.\nDid you mean rfm_rules",
        ),
        (
            lambda: Project({}, vars={"rfm_rules": {"score_groups": "four"}}),
            ConfigurationError,
            r"rfm_rules\.score_groups is 'four', not a whole number",
        ),
        (
            lambda: Project({}, settings={"id_typ": "string"}),
            ConfigurationError,
            r"id_typ is unknown\.\nDid you mean id_type",
        ),
        (
            lambda: Project({}).table("customer"),
            MarketingIbisError,
            r"The model or source customer does not exist\.\nDid you mean customers",
        ),
        (
            lambda: Project({"raw_orders": orders()}).table("stg_payments"),
            SourceError,
            r"The source raw_payments is missing\.\nPass its table: sources=",
        ),
        (lambda: Project.from_settings("nowhere"), ConfigurationError, "The project folder nowhere does not exist"),
        (
            lambda: Project.from_settings(target="postgress"),
            UsageError,
            r"The target postgress does not exist\.\nDid you mean postgres",
        ),
        (lambda: Project.from_settings().table("orders"), TargetUnavailable, "There is no database"),
    ],
)
def test_mistakes(
    call: Callable[[], Any],
    kind: type[MarketingIbisError],
    message: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(kind, match=message):
        call()
    assert list(tmp_path.iterdir()) == [], "nothing is written"


def test_sources_on_two_connections() -> None:
    customers = {"id": [1], "first_name": ["a"], "last_name": ["b"]}
    first, second = ibis.duckdb.connect(), ibis.duckdb.connect()
    tables = {
        "raw_customers": first.create_table("customers", ibis.memtable(customers).to_pyarrow()),
        "raw_orders": second.create_table("orders", schema=ibis.schema(ORDERS)),
    }
    with pytest.raises(UsageError, match="raw_customers and raw_orders are on different connections"):
        Project(tables)


def test_tables_of_the_target(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("ALTER TABLE dbt_production.sales RENAME cents TO cent")
    with (
        Project.from_settings(shop.root, database=shop.database, as_of=AS_OF) as project,
        pytest.raises(SourceError, match=r"dbt_production\.sales has no column cents\.\nDid you mean cent"),
    ):
        project.table("totals")
    with duckdb.connect(str(shop.database)) as connection:
        connection.execute("DROP TABLE dbt_production.sales")
    with (
        Project.from_settings(shop.root, database=shop.database, as_of=AS_OF) as project,
        pytest.raises(SourceError, match=r"The source table dbt_production\.sales does not exist"),
    ):
        project.table("totals")


def test_amounts_of_a_mapped_table_are_whole_cents(tmp_path: Path) -> None:
    settings = """
        [tool.marketing_ibis.sources.raw_sales]
        columns = { cents = "total" }
        amount_unit = "dollars"
        """
    source = SHOP["raw_sales"].replace('"Price."', '"Price.", unit="cents"')
    shop = make_shop(tmp_path, settings=settings, raw_sales=source)
    for total, error in (("total", ""), ("total / 16", r"has 3 amounts not in whole cents, such as -")):
        with duckdb.connect(str(shop.database)) as connection:
            values = f"SELECT id, ({total})::DOUBLE AS total FROM (VALUES (1, 1.0), (2, 2.5), (3, -0.05)) t(id, total)"
            connection.execute(f"CREATE OR REPLACE TABLE dbt_production.sales AS {values}")
        with Project.from_settings(shop.root, database=shop.database, as_of=AS_OF) as project:
            if error:
                with pytest.raises(SourceError, match=error):
                    project.table("totals")
            else:
                assert project.to_pandas("totals")["cents"].tolist() == [350]


def test_a_database_that_is_written_is_in_use(tmp_path: Path) -> None:
    shop = make_shop(tmp_path)
    project = Project.from_settings(shop.root, database=shop.database, as_of=AS_OF)
    with duckdb.connect(str(shop.database)), pytest.raises(TargetUnavailable, match="open in this process already"):
        project.table("totals")
    assert project.table("totals").count().execute() == 1


def test_thresholds_by_keyword() -> None:
    low, high = (
        Project({}, as_of=date(2024, 5, 15), vars={"campaign_rules": {"win_back_above_days": days}})
        for days in (30, 3_000)
    )
    texts = [str(project._dataflow.inputs["campaign_rules"]) for project in (low, high)]
    assert "win_back_above_days=30" in texts[0]
    assert "win_back_above_days=3000" in texts[1]


def test_the_package_names_what_it_has() -> None:
    assert "Project" in dir(marketing_ibis)
    with pytest.raises(AttributeError, match="has no attribute 'Projekt'"):
        marketing_ibis.Projekt  # noqa: B018
