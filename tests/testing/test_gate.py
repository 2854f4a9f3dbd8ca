"""Data tests decide what is published: an error stops dependents and publishing, a warning does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketing_ibis.build.plan import Plan, Schemas
from marketing_ibis.build.planning import build_plan, column_types
from marketing_ibis.build.run import RunResults, run_batches, run_plan
from marketing_ibis.data_tests import not_null, unique
from marketing_ibis.engines import ENGINES
from marketing_ibis.errors import CompileError, ConfigurationError, RunFailed, SourceError, UnknownModel
from marketing_ibis.model import column, inherited
from marketing_ibis.testing.collect import declared_data_tests
from marketing_ibis.testing.run import DataTestRunner, evaluate, table_name
from tests.shop import AS_OF, SHOP, Shop, make_shop

IMPORT = "from marketing_ibis.data_tests import *\n"
MODELS = "dbt_marketing"
SALES = "lambda raw_sales: raw_sales"


def with_test(text: str, test: str) -> str:
    """Return a node of the shop whose key has a test."""
    head = 'column("id", "int64", "'
    start = text.index(head)
    end = text.index(")", start)
    return f"{IMPORT}{text[:end]}, tests=({test},){text[end:]}".replace(IMPORT, f"\n        {IMPORT}        ", 1)


def shop_with(folder: Path, *, settings: str = "", **tests: str) -> Shop:
    return make_shop(folder, settings=settings, **{node: with_test(SHOP[node], test) for node, test in tests.items()})


def plan_of(shop: Shop, *names: str) -> Plan:
    dataflow = shop.project.compile(AS_OF)
    data_tests = declared_data_tests(dataflow, shop.project.tests)
    return build_plan(dataflow, names or tuple(dataflow.nodes), ENGINES["duckdb"].dialect(), Schemas(), data_tests)


def build(shop: Shop, *names: str, audit: str = "", warn_error: bool = False, fail_fast: bool = False) -> RunResults:
    plan = plan_of(shop, *names)
    with shop.open() as target:
        runner = DataTestRunner(target, plan.relations, warn_error=warn_error, audit=audit)
        return run_plan(plan, target, test_runner=runner, fail_fast=fail_fast)


def outcome(results: RunResults) -> tuple[dict[str, str], dict[str, str]]:
    return {r.step.name: r.status for r in results.results}, {c.name: c.status for c in results.data_tests}


def query(shop: Shop, sql: str) -> list[tuple[object, ...]]:
    with shop.open() as target:
        return target.query(sql)


def test_an_error_of_a_model_stops_what_is_built_from_it_and_the_publish(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves="accepted_values((1,))")
    results = build(shop)
    steps, tests = outcome(results)
    assert steps == {"stg_sales": "success", "totals": "success", "halves": "success", "report": "skipped"}
    assert tests == {"accepted_values_halves_id": "fail"}
    assert not results.published
    (skipped,) = [result for result in results.results if result.status == "skipped"]
    assert skipped.message == "accepted_values_halves_id failed"
    (failed,) = results.data_tests
    assert (failed.failures, failed.keys) == (1, ({"id": 2},))
    # The candidate is kept for inspection.
    assert query(shop, failed.failing) == [(2, 125.0)]


def test_an_error_of_a_source_stops_every_model_that_reads_it(tmp_path: Path) -> None:
    results = build(shop_with(tmp_path, raw_sales="accepted_values((1,))"))
    steps, tests = outcome(results)
    assert set(steps.values()) == {"skipped"}
    assert tests == {"accepted_values_raw_sales_id": "fail"}
    assert not results.published


def test_what_stood_before_still_stands(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves="accepted_values((1, 2))")
    assert build(shop).published
    query(shop, "INSERT INTO dbt_production.sales VALUES (4, 50)")
    assert not build(shop).published
    assert query(shop, f"SELECT n FROM {MODELS}.totals") == [(2,)]


def test_a_warning_publishes(tmp_path: Path) -> None:
    results = build(shop_with(tmp_path, halves='accepted_values((1,), severity="warn")'))
    assert results.published
    assert outcome(results)[1] == {"accepted_values_halves_id": "warn"}


def test_warn_error_makes_it_stop(tmp_path: Path) -> None:
    results = build(shop_with(tmp_path, halves='accepted_values((1,), severity="warn")'), warn_error=True)
    assert not results.published
    assert outcome(results)[1] == {"accepted_values_halves_id": "fail"}


def test_fail_fast_builds_and_asks_nothing_after_a_failed_test(tmp_path: Path) -> None:
    late = "custom(lambda table, halves: table.id > halves.count(), name='late')"
    shop = shop_with(tmp_path, stg_sales=late, halves="accepted_values((1,))")
    steps, tests = outcome(build(shop, fail_fast=True))
    assert steps["report"] == "skipped"
    assert sorted(tests.values()) == ["fail", "skipped"]
    assert sorted(outcome(build(shop))[1].values()) == ["fail", "fail"]


@pytest.mark.parametrize(
    ("options", "failures", "status"),
    [
        ({"error_if": ">1"}, 1, "warn"),
        ({"error_if": ">1"}, 2, "fail"),
        ({"error_if": ">1", "warn_if": ">1"}, 1, "pass"),
        ({"severity": "warn", "warn_if": ">=3"}, 2, "pass"),
        ({"severity": "warn", "warn_if": ">=3"}, 3, "warn"),
        ({"severity": "warn", "error_if": ">0"}, 3, "warn"),
        ({}, 0, "pass"),
        ({}, 1, "fail"),
        ({"error_if": "= 2"}, 2, "fail"),
        ({"error_if": "<>2", "warn_if": "!=2"}, 2, "pass"),
    ],
)
def test_thresholds_are_dbt_s(options: dict[str, str], failures: int, status: str) -> None:
    assert evaluate(not_null(**options), failures) == status


def test_settings_override_a_single_test(tmp_path: Path) -> None:
    settings = """
        [tool.marketing_ibis.tests.accepted_values_halves_id]
        severity = "warn"
        warn_if = ">5"
        """
    results = build(shop_with(tmp_path, settings=settings, halves="accepted_values((1,))"))
    assert outcome(results)[1] == {"accepted_values_halves_id": "pass"}


def test_settings_of_a_test_that_does_not_exist_are_reported(tmp_path: Path) -> None:
    settings = '[tool.marketing_ibis.tests.accepted_values_halves]\nseverity = "warn"\n'
    with pytest.raises(ConfigurationError, match=r"accepted_values_halves is not a test") as e:
        build(shop_with(tmp_path, settings=settings, halves="accepted_values((1,))"))
    assert "accepted_values_halves_id" in e.value.hint


@pytest.mark.parametrize(
    ("test", "error", "message"),
    [
        ('relationships("nowhere", "id")', UnknownModel, "refers to nowhere, which is not a model"),
        ('relationships("raw_sales", "idd")', CompileError, "compares with column idd, which raw_sales does not have"),
        (
            'matches_parent("raw_sales", "id", by="id", key="key")',
            CompileError,
            "compares with column key, which raw_sales does not have",
        ),
        ("unique(), unique()", CompileError, "Two tests are called unique_halves_id"),
        ("unique(name='Own'), not_null(name='own')", CompileError, "called Own and own, differing only in case"),
        ('valid_email(column="")', CompileError, "Test valid_email_halves_id cannot"),
        (
            "unique(where=ibis._.id + 1)",
            CompileError,
            "unique_where_halves_id cannot be built: .*where= is int64, not",
        ),
        (
            "custom(lambda table: None)",
            CompileError,
            "Test _lambda__halves_id cannot be built: .*returns NoneType, ne",
        ),
        ("custom(lambda table: table.id)", CompileError, "cannot be built: .*returns IntegerColumn, neither a boolean"),
        (
            f"sum_equals(total({SALES}.count(), 'n'))",
            CompileError,
            "<lambda> returns IntegerScalar, not a table of one",
        ),
        (f"sum_equals(total({SALES}.nothing, 'n'))", CompileError, r"halves_id cannot be built: Attr.*\n?.*"),
        (f"sum_equals(total({SALES}, 'ids'))", CompileError, "Test sum_equals_halves_id: <lambda> has no column ids"),
        ("custom(lambda table: table.nothing > 1, name='own')", CompileError, "Test own cannot be built"),
        ("custom(lambda table: exit(0), name='own')", CompileError, "Test own cannot be built: SystemExit: 0"),
    ],
)
def test_an_invalid_test_is_reported_before_anything_is_built(
    tmp_path: Path, test: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        plan_of(shop_with(tmp_path, halves=test))


@pytest.mark.parametrize("settings", ["", 'pii = { halves = ["id"] }'], ids=["alike", "personal in one"])
def test_columns_with_tests_belong_to_one_relation(tmp_path: Path, settings: str) -> None:
    shop = shop_with(tmp_path, settings=settings, stg_sales="unique()")
    package = shop.project.dataflows[0]
    head = f"from {package}.stg_sales import COLUMNS as COLUMNS_OF_SALES\n"
    file = shop.root / package / "halves.py"
    file.write_text(head + file.read_text().replace('column("id", "int64", "Key.")', "COLUMNS_OF_SALES[0]"))
    with pytest.raises(CompileError, match=r"Column id and its tests are declared in both (stg_sales|halves) and") as e:
        plan_of(shop)
    assert "inherited" in e.value.hint


def test_inherited_columns_leave_their_tests_behind_and_take_their_own() -> None:
    columns = (column("id", "int64", "Key.", tests=(unique(),)), column("day", "date", "Day.", tests=(not_null(),)))
    heirs = inherited(columns, tests={"day": (unique(),)})
    assert [[data_test.test for data_test in heir.tests] for heir in heirs] == [[], ["unique"]]
    assert repr(heirs[0]) == repr(columns[0])
    with pytest.raises(CompileError, match="tests= names day"):
        inherited(columns, "id", tests={"day": (unique(),)})


def test_a_test_waits_for_a_model_that_is_built_later(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves='custom(lambda table, report: table.id < report.count() + 2, name="later")')
    results = build(shop)
    assert outcome(results)[1] == {"later": "pass"}
    assert {batch.stage for batch in plan_of(shop).batches} == {3}


def test_a_test_of_what_is_neither_built_nor_there_is_skipped_with_the_reason(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, stg_sales='relationships("totals", "n")')
    (data_test,) = build(shop, "stg_sales").data_tests
    assert (data_test.status, data_test.message) == ("skipped", "dbt_marketing.totals does not exist")


def test_failing_rows_are_kept_and_dropped_when_they_are_gone(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves='accepted_values((1,), severity="warn")')
    build(shop, audit="audit")
    assert query(shop, "SELECT * FROM audit.accepted_values_halves_id") == [(2, 125.0)]
    query(shop, "DELETE FROM dbt_production.sales WHERE id = 2")
    build(shop, audit="audit")
    with shop.open() as target:
        assert target.relations("audit") == {}


def test_names_of_kept_tables_fit_every_engine() -> None:
    long = [f"{'a' * 70}{end}" for end in "xy"]
    assert len({table_name(name) for name in long}) == 2
    assert all(len(table_name(name)) <= 63 for name in long)
    assert table_name("short") == "short"


def test_an_engine_s_refusal_is_an_error_of_the_test(tmp_path: Path) -> None:
    overflow = "custom(lambda t: (t.id * 10**17 * 10**17).cast('int64') > 0, name='large')"
    results = build(shop_with(tmp_path, halves=overflow))
    assert outcome(results)[1] == {"large": "error"}
    assert not results.published
    assert "range" in results.data_tests[0].message or "verflow" in results.data_tests[0].message


def test_a_test_without_an_answer_says_nothing_of_the_others(tmp_path: Path) -> None:
    tests = (
        "custom(lambda t: (t.id * 10**17 * 10**17).cast('int64') > 0, name='large')",
        "accepted_values((1,), severity='warn')",
        "not_null()",
        "sum_equals(4)",
        "unique()",
        f"sum_equals(total({SALES}.agg(ids=raw_sales.id.sum()), 'ids'), name='added')",
        f"sum_equals(total({SALES}, 'id'), name='several')",
        f"sum_equals(total({SALES}.limit(0), 'id'), name='none')",
    )
    results = build(shop_with(tmp_path, halves=", ".join(tests)))
    assert outcome(results)[1] == {
        "large": "error",
        "accepted_values_halves_id": "warn",
        "not_null_halves_id": "pass",
        "sum_equals_halves_id": "fail",
        "unique_halves_id": "pass",
        "added": "fail",
        "several": "error",
        "none": "error",
    }
    result = {data_test.name: data_test for data_test in results.data_tests}
    assert result["accepted_values_halves_id"].keys == ({"id": 2},)
    assert result["sum_equals_halves_id"].message == "expected 4, got 3"
    assert result["added"].message == "expected 6 (ids), got 3"
    assert result["several"].message == "<lambda> returns 3 rows; a control total must return one."
    assert result["none"].message == "<lambda> returns 0 rows; a control total must return one."


def test_a_source_that_changed_is_reported_by_a_run_of_its_tests(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, raw_sales="positive_value()", stg_sales="unique()")
    assert build(shop).published
    plan = plan_of(shop)
    declared = {name: column_types(source.schema) for name, source in shop.project.compile(AS_OF).sources.items()}
    query(shop, "ALTER TABLE dbt_production.sales RENAME COLUMN id TO number")
    for batch in plan.batches:
        with (
            shop.open() as target,
            pytest.raises(SourceError, match=r"source table dbt_production.sales has no column id"),
        ):
            run_batches([batch], DataTestRunner(target, plan.published), sources=declared)


def test_the_columns_of_a_combination_name_its_failures(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, raw_sales="custom(lambda t: t.count() > 0)")
    file = shop.root / shop.project.dataflows[0] / "raw_sales.py"
    combined = 'tests=(unique_combination_of_columns(("id", "cents"), severity="warn"),), grain='
    file.write_text(file.read_text().replace("grain=", combined))
    query(shop, "INSERT INTO dbt_production.sales VALUES (2, 250)")
    (data_test,) = [data_test for data_test in build(shop).data_tests if data_test.status == "warn"]
    assert data_test.keys == ({"id": 2, "cents": 250},)


def test_data_about_a_person_names_no_failure(tmp_path: Path) -> None:
    for test in ("accepted_values((1,))", "custom(lambda t: t.filter(t.id > 1))", "unique(where=ibis._.id > 1)"):
        shop = shop_with(tmp_path / test[:3], halves=test)
        file = shop.root / shop.project.dataflows[0] / "halves.py"
        file.write_text(file.read_text().replace('"Key.", tests', '"Key.", pii=True, tests'))
        query(shop, "INSERT INTO dbt_production.sales VALUES (2, 250)")
        (data_test,) = build(shop).data_tests
        assert (data_test.status, data_test.failures > 0, data_test.keys) == ("fail", True, ())


def test_what_is_recorded_is_published_with_the_tables_or_not_at_all(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves='accepted_values((1, 2), severity="warn")')
    plan = plan_of(shop)

    def keep(plan: object, results: object, data_tests: object, standing: object) -> list[str]:
        return [f"CREATE TABLE {MODELS}.kept AS SELECT 1 AS n", f"INSERT INTO {MODELS}.nowhere VALUES (1)"]

    with shop.open() as target:
        with pytest.raises(RunFailed, match="Nothing was published"):
            run_plan(plan, target, record=keep)
        assert not [name for name in target.relations(MODELS) if not name.endswith("__candidate")]


def test_suites_of_what_stands(tmp_path: Path) -> None:
    shop = shop_with(tmp_path, halves="accepted_values((1,))", raw_sales="unique()")
    results = build(shop)
    assert not results.published
    plan = plan_of(shop)
    with shop.open() as target, pytest.raises(SourceError, match=r"dbt_marketing.halves does not exist"):
        run_batches(plan.batches, DataTestRunner(target, plan.published))
