"""The exact SQL that is sent to Redshift for each model."""

from __future__ import annotations

from functools import cache

import pytest

from marketing_ibis.build.plan import Plan, Schemas, build_statements, script
from marketing_ibis.build.planning import build_plan
from marketing_ibis.engines import ENGINES
from tests.paths import TESTS
from tests.sources import GOLDEN_AS_OF
from tests.warehouse import compiled_dataflow

GOLDEN = TESTS / "golden" / "redshift"
READERS = ("group analysts", "role reporting", "public", "alice")
MODELS = sorted(compiled_dataflow(GOLDEN_AS_OF).models)


@cache
def redshift_plan() -> Plan:
    dataflow = compiled_dataflow(GOLDEN_AS_OF)
    return build_plan(dataflow, list(dataflow.models), ENGINES["redshift"].dialect(), Schemas(readers=READERS))


def statements_of(model: str) -> str:
    (step,) = (step for step in redshift_plan().steps() if step.name == model)
    return "".join(f"{statement};\n" for statement in build_statements(redshift_plan(), step))


@pytest.mark.parametrize("model", MODELS)
def test_statements_are_those_that_were_reviewed(model: str, request: pytest.FixtureRequest) -> None:
    path = GOLDEN / f"{model}.sql"
    if request.config.getoption("--update-golden"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(statements_of(model), "utf-8")
    assert path.is_file(), (
        "it has not been reviewed: pytest tests/engines/redshift/test_sql.py --update-golden, then read it"
    )
    assert statements_of(model) == path.read_text("utf-8")


def test_no_model_is_forgotten_among_the_reviewed() -> None:
    assert {path.stem for path in GOLDEN.glob("*.sql")} == set(MODELS)


def test_compiling_twice_gives_the_same_text() -> None:
    compiled_again = compiled_dataflow.__wrapped__(GOLDEN_AS_OF)
    again = build_plan(compiled_again, MODELS, ENGINES["redshift"].dialect(), Schemas(readers=READERS))
    assert script(again) == script(redshift_plan())
