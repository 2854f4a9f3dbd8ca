"""A small shop, described for artifacts."""

from __future__ import annotations

from marketing_ibis.engines import ENGINES
from marketing_ibis.outputs.artifacts import CompiledProject, Invocation
from marketing_ibis.testing.collect import build_batches, declared_data_tests
from tests.shop import AS_OF, Shop

INVOCATION = Invocation("run", "duckdb", AS_OF, {"select": ["marts"]})


def described(shop: Shop, *names: str) -> CompiledProject:
    """Return the shop with the plan of ``names``, or of every model."""
    dataflow = shop.project.compile(AS_OF)
    data_tests, dialect = declared_data_tests(dataflow, shop.project.tests), ENGINES["duckdb"].dialect()
    batches = build_batches(dataflow, data_tests, dialect)
    plan = shop.plan(*names)
    return CompiledProject(
        shop.project.root, shop.project.nodes(), dataflow, plan, data_tests, batches, shop.database.stem
    )
