"""A lineage server receives events of every model; a run does not depend on the server."""

from __future__ import annotations

import builtins
import socket
import time
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from marketing_ibis.build.run import RunResults, run_plan
from marketing_ibis.engines import ENGINES
from marketing_ibis.engines.base import Attachment, Settings
from marketing_ibis.engines.dialect import Relation
from marketing_ibis.errors import RunFailed
from marketing_ibis.outputs.openlineage import open_emitter, sender
from tests.outputs.openlineage.server import lineage_server
from tests.shop import AS_OF, Shop, failing, make_shop

KEY = "key-that-nobody-sees"
RUN, TOTALS = "marketing_ibis.run", "marketing_ibis.dbt_marketing.totals"


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return make_shop(tmp_path)


def run(shop: Shop, environment: dict[str, str], warnings: list[str] | None = None) -> RunResults:
    messages: list[str] = []
    emitter = open_emitter(
        environment,
        shop.project.compile(AS_OF),
        shop.plan(),
        ENGINES["duckdb"].places({"path": shop.database}),
        command="run",
        as_of=AS_OF,
        project=shop.project.package,
        warn=messages.append,
    )
    with emitter, shop.open() as target:
        results = run_plan(shop.plan(), target, on_start=emitter.started, on_result=emitter.finished)
        emitter.ended(results)
    if warnings is None:
        assert messages == []
    else:
        warnings += messages
    return results


def test_every_model_starts_and_completes_within_its_run(shop: Shop) -> None:
    with lineage_server() as server:
        assert run(shop, {"OPENLINEAGE_URL": server.url, "OPENLINEAGE_API_KEY": KEY}).published
    models = {f"marketing_ibis.dbt_marketing.{name}" for name in ("stg_sales", "totals", "halves", "report")}
    assert server.states() == {job: ["START", "COMPLETE"] for job in (RUN, *models)}
    assert set(server.requests) == {("/api/v1/lineage", f"Bearer {KEY}")}
    (run_id,) = {event["run"]["runId"] for event in server.of(RUN)}
    for event in server.events:
        UUID(event["run"]["runId"])
        assert datetime.fromisoformat(event["eventTime"]).tzinfo
        assert event["schemaURL"].endswith("#/$defs/RunEvent")
        assert event["producer"].startswith("urn:marketing-ibis:")
        if event["job"]["name"] != RUN:
            assert event["run"]["facets"]["parent"]["run"]["runId"] == run_id
    assert server.events[0]["job"]["name"] == server.events[-1]["job"]["name"] == RUN


def test_an_event_names_inputs_and_outputs(shop: Shop) -> None:
    with lineage_server() as server:
        run(shop, {"OPENLINEAGE_URL": server.url})
    event = server.of(TOTALS)[-1]
    (read,), (written,) = event["inputs"], event["outputs"]
    assert written["namespace"] == read["namespace"] == f"duckdb://{shop.database.as_posix()}"
    assert (read["name"], written["name"]) == (
        "warehouse.dbt_marketing.stg_sales",
        "warehouse.dbt_marketing.totals",
    )
    fields = [(f["name"], f["type"], f["description"]) for f in written["facets"]["schema"]["fields"]]
    assert fields == [("n", "int64", "Sales."), ("cents", "int64", "All.")]
    assert written["outputFacets"]["outputStatistics"]["rowCount"] == 1
    assert "SELECT" in event["job"]["facets"]["sql"]["query"]
    assert event["run"]["facets"]["nominalTime"]["nominalStartTime"] == "2024-05-15T00:00:00Z"
    staging = server.of("marketing_ibis.dbt_marketing.stg_sales")[0]
    assert [table["name"] for table in staging["inputs"]] == ["warehouse.dbt_production.sales"]


def origin(table: str, field: str, **how: str) -> tuple[str, str, dict[str, str]]:
    return f"warehouse.{table}", field, how


def origins(listed: list[dict[str, Any]], database: Path) -> list[tuple[str, str, dict[str, str]]]:
    """Return input fields as the facet's schema has them: a named column and one transformation each."""
    assert all(set(one) == {"namespace", "name", "field", "transformations"} for one in listed)
    assert {one["namespace"] for one in listed} <= {f"duckdb://{database.as_posix()}"}
    return [(one["name"], one["field"], *one["transformations"]) for one in listed]


def test_an_event_names_the_origins_of_each_column(shop: Shop) -> None:
    with lineage_server() as server:
        run(shop, {"OPENLINEAGE_URL": server.url})
    for event in server.events:
        read = {table["name"] for table in event["inputs"]}
        for written in event["outputs"]:
            facet = written["facets"]["columnLineage"]
            assert facet["_schemaURL"].endswith(
                "/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet"
            )
            assert facet["_producer"].startswith("urn:marketing-ibis:")
            # The schema facet lists the same columns, and the inputs the same tables.
            assert set(facet["fields"]) == {column["name"] for column in written["facets"]["schema"]["fields"]}
            found = [one for field in facet["fields"].values() for one in field["inputFields"]]
            assert {one[0] for one in origins([*found, *facet["dataset"]], shop.database)} <= read
    staging, halves = (
        server.of(f"marketing_ibis.dbt_marketing.{name}")[-1]["outputs"][0]["facets"]["columnLineage"]
        for name in ("stg_sales", "halves")
    )
    sales = "dbt_production.sales"
    assert origins(staging["dataset"], shop.database) == [origin(sales, "cents", type="INDIRECT")]
    assert origins(staging["fields"]["cents"]["inputFields"], shop.database) == [
        origin(sales, "cents", type="DIRECT", subtype="IDENTITY")
    ]
    assert origins(halves["fields"]["half"]["inputFields"], shop.database) == [
        origin("dbt_marketing.stg_sales", "cents", type="DIRECT")
    ]
    assert halves["dataset"] == []


def test_a_failure_fails_its_model_and_the_run_and_completes_nothing(tmp_path: Path) -> None:
    with lineage_server() as server:
        assert not run(make_shop(tmp_path, totals=failing("totals")), {"OPENLINEAGE_URL": server.url}).published
    states = server.states()
    assert states[TOTALS] == ["START", "FAIL"]
    assert states[RUN] == ["START", "FAIL"]
    assert states["marketing_ibis.dbt_marketing.halves"] == ["START", "ABORT"]
    assert "marketing_ibis.dbt_marketing.report" not in states
    assert server.of(TOTALS)[-1]["run"]["facets"]["errorMessage"]["message"]
    assert "totals" in server.of(RUN)[-1]["run"]["facets"]["errorMessage"]["message"]


def test_a_run_that_stops_halfway_fails(shop: Shop) -> None:
    def stop(emitter: Any) -> None:
        with emitter:
            emitter.started(next(shop.plan().steps()))
            raise RunFailed("The connection was lost.")

    with lineage_server() as server:
        environment = {"OPENLINEAGE_URL": server.url}
        dataflow, plan = shop.project.compile(AS_OF), shop.plan()
        places = ENGINES["duckdb"].places({"path": shop.database})
        emitter = open_emitter(
            environment, dataflow, plan, places, command="run", as_of=AS_OF, project="marketing_ibis", warn=pytest.fail
        )
        with pytest.raises(RunFailed):
            stop(emitter)
    last = server.of(RUN)[-1]
    assert last["eventType"] == "FAIL"
    assert last["run"]["facets"]["errorMessage"]["message"] == "The connection was lost."


def test_endpoint_and_namespace_are_settings(shop: Shop) -> None:
    with lineage_server() as server:
        environment = {"OPENLINEAGE_ENDPOINT": "lineage/in", "OPENLINEAGE_NAMESPACE": "nightly"}
        run(shop, {"OPENLINEAGE_URL": server.url, **environment})
    assert {path for path, _ in server.requests} == {"/lineage/in"}
    assert {event["job"]["namespace"] for event in server.events} == {"nightly"}


@pytest.mark.parametrize(
    "environment",
    [{}, {"OPENLINEAGE_URL": " "}, {"OPENLINEAGE_URL": "http://127.0.0.1:1", "OPENLINEAGE_DISABLED": "true"}],
)
def test_no_event_is_sent_unless_configured(shop: Shop, environment: dict[str, str]) -> None:
    assert run(shop, environment).published


def test_a_server_that_refuses_is_one_warning(shop: Shop) -> None:
    warnings: list[str] = []
    with lineage_server(status=401) as server:
        environment = {"OPENLINEAGE_URL": server.url, "OPENLINEAGE_API_KEY": KEY}
        assert run(shop, environment, warnings).published
    assert warnings == [f"10 of 10 lineage events did not reach {server.url}: it responded with status 401."]
    assert len(server.events) == sender.FAILURES_IN_A_ROW


def test_an_unreachable_server_is_one_warning_without_its_secrets(shop: Shop) -> None:
    with socket.socket() as taken:
        # Bound and not listening, so every connection is refused.
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        warnings: list[str] = []
        url = f"http://user:{KEY}@127.0.0.1:{port}/path?token={KEY}"
        assert run(shop, {"OPENLINEAGE_URL": url, "OPENLINEAGE_API_KEY": KEY}, warnings).published
    assert warnings == [f"10 of 10 lineage events did not reach http://127.0.0.1:{port}: it cannot be reached."]


def test_a_server_that_never_answers_costs_a_bounded_wait(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sender, "SECONDS_PER_EVENT", 0.4)
    monkeypatch.setattr(sender, "SECONDS_AT_THE_END", 0.6)
    warnings: list[str] = []
    with lineage_server(delay=30) as server:
        began = time.monotonic()
        assert run(shop, {"OPENLINEAGE_URL": server.url}, warnings).published
        assert time.monotonic() - began < 15
    assert len(warnings) == 1
    assert "no response within" in warnings[0]


@pytest.mark.parametrize("url", ["nonsense", "http://", f"//user:{KEY}@"])
def test_an_invalid_address_is_reported(shop: Shop, url: str) -> None:
    warnings: list[str] = []
    assert run(shop, {"OPENLINEAGE_URL": url}, warnings).published
    assert warnings == ["OPENLINEAGE_URL is not an address such as http://localhost:5000; no lineage events are sent."]


def test_a_missing_client_is_reported_with_what_to_install(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    original = builtins.__import__

    def without_client(name: str, *arguments: Any, **options: Any) -> Any:
        if name.startswith("marketing_ibis.outputs.openlineage.events"):
            raise ImportError("No module named 'openlineage'")
        return original(name, *arguments, **options)

    monkeypatch.setattr(builtins, "__import__", without_client)
    warnings: list[str] = []
    assert run(shop, {"OPENLINEAGE_URL": "http://127.0.0.1:1"}, warnings).published
    assert "pip install 'marketing-ibis[openlineage]'" in warnings[0]


@pytest.mark.parametrize(
    ("engine", "settings", "namespace", "table"),
    [
        pytest.param("duckdb", {"path": Path("/data/w.duckdb")}, "duckdb:///data/w.duckdb", "w.s.t", id="duckdb"),
        pytest.param(
            "postgres", {"host": "db", "port": 5433, "dbname": "shop"}, "postgres://db:5433", "shop.s.t", id="postgres"
        ),
        pytest.param("postgres", {"host": "db", "dbname": "shop"}, "postgres://db:5432", "shop.s.t", id="default port"),
        pytest.param(
            "redshift",
            {"host": "shop.c1abc.eu-west-1.redshift.amazonaws.com", "dbname": "dev"},
            "redshift://shop.eu-west-1:5439",
            "dev.s.t",
            id="cluster",
        ),
        pytest.param(
            "redshift", {"host": "127.0.0.1", "port": 1, "dbname": "d"}, "redshift://127.0.0.1:1", "d.s.t", id="proxy"
        ),
    ],
)
def test_tables_are_named_as_other_tools_name_them(engine: str, settings: Settings, namespace: str, table: str) -> None:
    places = ENGINES[engine].places(settings)
    assert places.of(Relation("s", "t")) == (namespace, table)


@pytest.mark.parametrize(
    ("engine", "settings", "namespace", "table"),
    [
        pytest.param(
            "duckdb",
            {"path": Path("/data/w.duckdb"), "attach": (Attachment("raw", "/lake/r.duckdb"),)},
            "duckdb:///lake/r.duckdb",
            "r.s.t",
            id="file",
        ),
        pytest.param(
            "redshift",
            {"host": "127.0.0.1", "port": 1, "dbname": "d"},
            "redshift://127.0.0.1:1",
            "raw.s.t",
            id="server",
        ),
    ],
)
def test_tables_of_other_databases_belong_to_these(engine: str, settings: Settings, namespace: str, table: str) -> None:
    assert ENGINES[engine].places(settings).of(Relation("s", "t", "raw")) == (namespace, table)
