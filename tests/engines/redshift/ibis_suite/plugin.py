"""A plugin of pytest: make Ibis' tests find both backends, and write down the outcome of each test."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import marketing_ibis.engines.redshift.ibis_backend as redshift
from tests.engines.redshift.ibis_suite.configurations import PostgresTests, RedshiftTests

OUTCOMES = "IBIS_SUITE_OUTCOMES"
"""The variable that names the file of outcomes."""
MARKERS = ("notimpl", "notyet", "never", "xfail_version", "backend", "core", "benchmark", "examples", "geospatial")
BACKENDS = """athena bigquery clickhouse databricks datafusion druid duckdb exasol flink impala mysql mssql oracle
polars postgres materialize risingwave pyspark redshift singlestoredb snowflake sqlite trino tpch tpcds"""

_outcomes: dict[str, tuple[str, str]] = {}


def _register(name: str, **members: Any) -> None:
    module = ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


_register("ibis.backends.postgres.tests.conftest", TestConf=PostgresTests)
_register("ibis.backends.redshift.tests.conftest", TestConf=RedshiftTests)
sys.modules["ibis.backends.redshift"] = redshift


def pytest_configure(config: pytest.Config) -> None:
    """Declare the markers that Ibis' own settings declare."""
    for marker in (*MARKERS, *BACKENDS.split()):
        config.addinivalue_line("markers", f"{marker}: of Ibis")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Note how a test ended; a failure of its set-up or its end counts as its own."""
    if report.when == "call" or not report.passed:
        outcome = "xfailed" if hasattr(report, "wasxfail") and report.skipped else report.outcome
        reason = "" if report.passed else _last_line(report)
        _outcomes.setdefault(report.nodeid, (outcome, reason))
        if outcome == "failed":
            _outcomes[report.nodeid] = (outcome, reason)


def _last_line(report: pytest.TestReport) -> str:
    crash = getattr(report.longrepr, "reprcrash", None)
    return str(crash.message if crash else report.longrepr)[:600]


def pytest_sessionfinish() -> None:
    """Write the outcomes."""
    if OUTCOMES in os.environ:
        Path(os.environ[OUTCOMES]).write_text(json.dumps(_outcomes, indent=1), "utf-8")
