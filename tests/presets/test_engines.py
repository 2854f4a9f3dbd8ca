"""The adapters of presets on the other engines: built on PostgreSQL, and as SQL that Redshift takes."""

from __future__ import annotations

import os
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from marketing_ibis.engines import ENGINES
from marketing_ibis.presets import TITLES
from marketing_ibis.project.scaffold import write_project
from marketing_ibis.project.scaffold.preset_files import preset_files
from marketing_ibis.project.settings import load_project
from tests.engines.postgres.warehouse import settings_of
from tests.invocation import invoke as run
from tests.postgres_server import fresh_database
from tests.presets.expected import expected_shop
from tests.presets.published import published_shop

THOROUGH = os.environ.get("HYPOTHESIS_PROFILE") == "thorough"


@pytest.mark.parametrize("preset", TITLES)
def test_redshift_takes_the_adapters(preset: str, tmp_path: Path) -> None:
    write_project(tmp_path, preset_files("shop", preset))
    project = load_project(tmp_path)
    if "exchange_rates" in project.declared_nodes():
        project = replace(project, optional_sources=("exchange_rates",))
    adapters = [name for name, node in project.nodes().items() if node.layer == "adapters"]
    assert {"raw_customers", "raw_orders", "raw_payments"} <= set(adapters)
    dataflow = project.compile(date(2024, 3, 31), needed=adapters)
    dialect = ENGINES["redshift"].dialect().reading(dataflow.sources)
    assert all(dialect.approve([dialect.select(dataflow.models[name].expression)]) for name in adapters)


@pytest.mark.parametrize("preset", TITLES if THOROUGH else ("shopify-csv",))
def test_the_sample_gives_the_same_orders_on_postgresql(
    preset: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, own_modules: None
) -> None:
    monkeypatch.chdir(tmp_path)
    write_project(tmp_path, preset_files("shop", preset))
    with fresh_database() as address:
        settings = settings_of(address)
        (tmp_path / "profiles.yml").write_text(
            "shop: {target: server, outputs: {server: {type: postgres, schema: analytics, user: postgres,"
            f" password: '', host: '{settings['host']}', port: 5432, dbname: {settings['dbname']}}}}}}}\n",
            "utf-8",
        )
        run("seed", "--from", "sample", "--target", "postgres")
        run("run", "--select", "+orders stg_customers", "--target", "postgres")
        with psycopg.connect(address) as connection:
            shop = published_shop(lambda sql: connection.execute(sql).fetchall())
    assert shop == expected_shop(preset, tmp_path / "sample")
