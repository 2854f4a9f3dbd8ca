"""Exports from Redshift: to S3 by UNLOAD, to a file through the driver."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest

from marketing_ibis.build.plan import Schemas
from marketing_ibis.build.planning import build_plan
from marketing_ibis.build.run import run_plan
from marketing_ibis.engines.redshift.target import RedshiftTarget
from marketing_ibis.errors import SourceError
from marketing_ibis.outputs.export import Export, plan_export, run_unload, unload, write_export
from tests.engines.redshift.proxy import Proxy
from tests.engines.redshift.warehouse import cluster, open_target, query
from tests.shop import AS_OF, make_shop

PLACE = "s3://bucket/lists/halves.csv"


@pytest.fixture(scope="module")
def proxy() -> Iterator[Proxy]:
    with cluster() as proxy:
        yield proxy


@pytest.fixture
def target(proxy: Proxy) -> Iterator[RedshiftTarget]:
    with open_target(proxy) as target:
        yield target


def halves(target: RedshiftTarget, folder: Path, *, build: bool) -> Export:
    shop = make_shop(folder)
    dataflow = shop.project.compile(AS_OF)
    if build:
        run_plan(build_plan(dataflow, tuple(dataflow.models), target.dialect, Schemas()), target)
    model = dataflow.models["halves"]
    return plan_export(model, "dbt_marketing", target.dialect, where="half > 60.5", include_pii=False)


def test_what_is_not_built_is_not_unloaded(target: RedshiftTarget, tmp_path: Path) -> None:
    export = halves(target, tmp_path, build=False)
    with pytest.raises(SourceError, match="has not been built"):
        run_unload(export, target, unload(export, target.dialect, PLACE, None))


def test_rows_are_unloaded_and_counted(proxy: Proxy, target: RedshiftTarget, tmp_path: Path) -> None:
    export = halves(target, tmp_path, build=True)
    assert run_unload(export, target, unload(export, target.dialect, PLACE, None)) == 1
    assert query(proxy, "SELECT id, half FROM public.unloaded") == [(2, 125.0)]


def test_rows_are_fetched_into_a_file_while_the_server_sends_them(
    proxy: Proxy, target: RedshiftTarget, tmp_path: Path
) -> None:
    export = halves(target, tmp_path, build=True)
    proxy.statements.clear()
    assert write_export(export, target, tmp_path / "halves.csv") == 1
    assert proxy.count("FETCH FORWARD") >= 1
    assert (tmp_path / "halves.csv").read_text() == '"id","half"\n2,125\n'


def test_rows_are_fetched_within_a_transaction_by_what_a_single_node_allows(
    proxy: Proxy, target: RedshiftTarget
) -> None:
    """Redshift ends a transaction with the first statement that it refuses, so that no other size can be tried."""
    proxy.statements.clear()
    with target.transaction():
        (batch,) = target.batches("SELECT 1 AS n", pa.schema([("n", pa.int64())]))
    assert batch.to_pylist() == [{"n": 1}]
    assert proxy.count("FETCH FORWARD 1000 ") == proxy.count("FETCH FORWARD") > 0
