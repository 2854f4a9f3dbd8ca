"""A small shop, described for artifacts."""

from __future__ import annotations

from marketing_ibis.artifacts import Described, Invocation
from marketing_ibis.dialects import DIALECTS
from marketing_ibis.suites import build_suites, declared_checks
from tests.unit.shop import AS_OF, Shop

INVOCATION = Invocation("run", "duckdb", AS_OF, {"select": ["marts"]})


def described(shop: Shop, *names: str) -> Described:
    """Return the shop with the plan of ``names``, or of every model."""
    dataflow = shop.project.compile(AS_OF)
    checks, dialect = declared_checks(dataflow, shop.project.tests), DIALECTS["duckdb"]()
    suites = build_suites(dataflow, checks, dialect)
    plan = shop.plan(*names)
    return Described(shop.project.root, shop.project.nodes(), dataflow, plan, checks, suites, shop.database.stem)
