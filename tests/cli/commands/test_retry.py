"""`retry` repeats what failed or was skipped, as of the same day, with what it needs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from marketing_ibis.outputs.artifacts.previous_run import UNFINISHED_RUN
from tests.engine_shops import ENGINE_NAMES, EngineShop, engine_shop
from tests.invocation import Run, invoke
from tests.shop import AS_OF, SHOP

pytestmark = pytest.mark.usefixtures("own_modules")
SIZES = """
    @model(layer="marts", grain=("n",), columns=(column("n", "int64", "Cents; no NULL is allowed."),))
    def sizes(stg_sales: ir.Table) -> ir.Table:
        '''All cents, but never 350.'''
        return stg_sales.agg(n=stg_sales.cents.sum().nullif(350))
    """
ALL = {*SHOP, "sizes"} - {"raw_sales"}


def retry(shop: EngineShop, *arguments: str, code: int = 0) -> str:
    where = ("--project-dir", str(shop.root), "--target-path", str(shop.root / "target"))
    return " ".join(invoke("retry", *arguments, *where, code=code).output.split())


def record(shop: EngineShop) -> tuple[set[str], dict[str, object]]:
    """Return the models of the last run, and its arguments."""
    document = json.loads((shop.root / "target" / "run_results.json").read_text())
    assert document["metadata"]["env"]["as_of"] == AS_OF.isoformat()
    ids = (result["unique_id"].split(".") for result in document["results"])
    return {name for kind, _, name, *_ in ids if kind == "model"}, document["args"]


def tables(shop: EngineShop) -> set[str]:
    rows = shop.query("SELECT table_name FROM information_schema.tables WHERE table_schema = 'dbt_marketing'")
    return {str(name) for (name,) in rows} & ALL


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_failed_models_are_built_with_what_they_need(engine: str, tmp_path: Path) -> None:
    with engine_shop(engine, tmp_path, sizes=SIZES) as shop:
        shop.run("run", "--threads", "2", code=1)
        assert "4 models that succeeded last time" not in retry(shop, "--all", code=1)
        assert record(shop)[0] == ALL
        output = retry(shop, code=1)
        assert "Retrying 2 models of `run` as of 2024-05-15." in output
        assert (
            "3 models that succeeded last time, but that a failure kept from being published, are not built" in output
        )
        models, arguments = record(shop)
        assert models == {"stg_sales", "sizes"}
        assert (arguments["which"], arguments["threads"]) == ("run", 2)
        assert tables(shop) == set()
        shop.query("INSERT INTO dbt_production.sales VALUES (4, 50)")
        retry(shop)
        assert tables(shop) == {"stg_sales", "sizes"}
        assert "Nothing to retry: nothing failed in the last `run`." in retry(shop)


def test_published_parents_are_not_built_again(tmp_path: Path) -> None:
    with engine_shop("duckdb", tmp_path, sizes=SIZES) as shop:
        shop.run("build", "--publish", "passing", code=1)
        assert tables(shop) == ALL - {"sizes"}
        assert "succeeded last time" not in retry(shop, code=1)
        models, arguments = record(shop)
        assert models == {"sizes"}
        assert arguments["publish"] == "passing"


def test_variables_are_those_of_the_run(run: Run, tmp_path: Path) -> None:
    run("seed", "--demo", "--orders", "100", "--as-of", "2024-05-15", "-q")
    variables = "{campaign_rules: {win_back_above_days: 77}}"
    run("run", "-s", "stg_orders", "--vars", variables, "--as-of", "2024-05-15", "-q")
    results = tmp_path / "target" / "run_results.json"
    document = json.loads(results.read_text())
    document["results"][0]["status"] = "error"
    document["metadata"]["env"]["published"] = "false"
    results.write_text(json.dumps(document))
    run("retry")
    repeated = json.loads(results.read_text())
    assert repeated["args"]["vars"] == variables
    assert repeated["metadata"]["env"]["as_of"] == "2024-05-15"


def test_a_build_that_did_not_end_is_repeated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import marketing_ibis.build.run as running

    def stop(*arguments: object, **options: object) -> None:
        raise KeyboardInterrupt

    with engine_shop("duckdb", tmp_path) as shop:
        with monkeypatch.context() as patch:
            patch.setattr(running, "run_plan", stop)
            shop.run("run", "-s", "+totals", code=130)
        assert (shop.root / "target" / UNFINISHED_RUN).exists()
        retry(shop)
        assert tables(shop) == {"stg_sales", "totals"}
        assert not (shop.root / "target" / UNFINISHED_RUN).exists()
        assert "Nothing to retry" in retry(shop)


def test_failed_tests_are_repeated(tmp_path: Path) -> None:
    tested = SHOP["stg_sales"].replace(
        "\n        COLUMNS", "\n        from marketing_ibis.data_tests import positive_value\n\n        COLUMNS"
    )
    tested = tested.replace('"Price."', '"Price.", tests=(positive_value(),)')
    with engine_shop("duckdb", tmp_path, stg_sales=tested) as shop:
        shop.run("run")
        shop.query("CREATE OR REPLACE VIEW dbt_marketing.stg_sales AS SELECT 1 AS id, -1 AS cents")
        shop.run("test", code=1)
        assert "Retrying 1 test of `test`" in retry(shop, code=1)


@pytest.mark.parametrize(
    ("content", "message", "code"),
    [
        (None, "There is no earlier run in target: run_results.json does not exist. Run `build` first", 2),
        ("{", "cannot be read as the record of a run of marketing_ibis. Run `build` again.", 2),
        ("[]", "cannot be read as the record", 2),
        ('{"metadata": {"env": {}}, "args": {"which": "run"}, "results": []}', "cannot be read as the record", 2),
        (
            '{"metadata": {"env": {"as_of": "2024-05-15"}}, "args": {"which": "seed"}, "results": []}',
            "The last command in target was `seed`, which `retry` does not repeat.",
            2,
        ),
        (
            (
                '{"metadata": {"env": {"as_of": "2024-05-15"}}, "args": {"which": "run"}, "results": '
                '[{"unique_id": "model.x.gone", "status": "error"}]}'
            ),
            "Nothing to retry",
            0,
        ),
    ],
)
def test_what_cannot_be_repeated_is_one_message(
    run: Run, tmp_path: Path, content: str | None, message: str, code: int
) -> None:
    if content is not None:
        (tmp_path / "target").mkdir()
        (tmp_path / "target" / "run_results.json").write_text(content)
    assert message in " ".join(run("retry", code=code).output.split())
